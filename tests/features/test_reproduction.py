import pandas as pd

from helpers.features.reproduction import against_published, within_spread


def frame(**columns: list) -> pd.DataFrame:
    return pd.DataFrame(columns)


def test_figures_agree_when_they_print_the_same() -> None:
    published = frame(rule=["a", "b", "c"], lift=[8.333, 0.583, 2.5])
    ours = frame(rule=["c", "b", "a"], lift=[2.4989, 7 / 12, 25 / 3])
    compared = against_published(published, ours, ["rule"], decimals=3).set_index("rule")
    assert compared["agrees"].to_dict() == {"a": True, "b": True, "c": False}
    assert compared.loc["a", ["published_lift", "reproduced_lift"]].tolist() == [8.333, 25 / 3]


def test_rows_that_only_one_side_has_do_not_agree() -> None:
    compared = against_published(frame(k=["a", "b"], n=[1, 2]), frame(k=["b", "c"], n=[2, 3]), ["k"], decimals=0)
    assert compared.set_index("k")["agrees"].to_dict() == {"a": False, "b": True, "c": False}


def test_a_published_figure_agrees_when_it_lies_within_the_spread_of_the_runs() -> None:
    published = frame(measure=["share_1", "width"], measured_on=["x", "y"], published=[0.44, 0.99])
    runs = frame(share_1=[0.45, 0.438, 0.6], width=[0.97, 0.98, 0.9])
    compared = within_spread(published, runs, decimals=2).set_index("measure")
    assert compared.loc["share_1", ["best", "low", "high", "agrees"]].tolist() == [0.45, 0.438, 0.6, True]
    assert not compared.loc["width", "agrees"]
