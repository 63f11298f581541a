import pandas as pd

from helpers.features.published import against_published


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
