import pandas as pd

from helpers.features.reproduction import NOT_FOUND, NOT_PRINTED, UNKNOWN, lines

NO_REASONS = pd.DataFrame(columns=["of", "figure", "why"])


def frame(**columns: list) -> pd.DataFrame:
    return pd.DataFrame(columns)


def test_figures_agree_when_they_print_the_same() -> None:
    printed = frame(rule=["a", "b", "c"], lift=["8.333", "0.583", "2.5"])
    ours = frame(rule=["c", "b", "a"], lift=[2.4489, 7 / 12, 25 / 3])
    compared = lines(printed, [ours], ["rule"], NO_REASONS).set_index("rule")
    assert compared["agrees"].to_dict() == {"a": True, "b": True, "c": False}
    assert compared["within"].tolist() == [0.0005, 0.0005, 0.05]
    assert compared.loc["a", ["published", "ours"]].tolist() == [8.333, 25 / 3]
    assert compared["why"].tolist() == ["", "", UNKNOWN]
    assert compared["low"].isna().all()


def test_what_we_lack_does_not_agree_and_what_the_study_lacks_can_not() -> None:
    compared = lines(frame(k=["a", "b"], n=["1", "2"]), [frame(k=["b", "c"], n=[2, 3])], ["k"], NO_REASONS)
    agrees = compared.set_index("k")["agrees"]
    assert agrees.dropna().to_dict() == {"a": False, "b": True}
    assert pd.isna(agrees["c"])
    assert compared["why"].tolist() == [NOT_FOUND, "", NOT_PRINTED]


def test_what_hangs_on_chance_agrees_within_the_range_of_the_runs() -> None:
    printed = frame(figure=["share", "width", "depth"], value=["0.44", "0.99", "0.99"])
    runs = [printed.assign(value=values) for values in ([0.45, 0.97, 0.95], [0.438, 0.985, 0.984])]
    compared = lines(printed, runs, [], NO_REASONS).set_index("figure")
    assert compared.loc["share", ["ours", "low", "high"]].tolist() == [0.45, 0.438, 0.45]
    assert compared["agrees"].tolist() == [True, True, False]
    wider = lines(printed, runs, [], NO_REASONS, within=0.01)
    assert wider["agrees"].all()
    assert wider["within"].tolist() == [0.01] * 3


def test_the_first_reason_that_fits_is_told_wherever_ours_is_another() -> None:
    printed = frame(name=["a", "a", "b"], figure=["x", "y", "x"], value=["1", "2", "3"])
    runs = [printed.assign(value=values) for values in ([1.2, 5, 9], [1.2, 2, 9])]
    reasons = frame(of=["b", "a", ""], figure=["y", "", ""], why=["no", "drawn anew", "any"])
    compared = lines(printed, runs, ["name"], reasons)
    assert compared["why"].tolist() == ["", "drawn anew", "any"]
    assert compared["agrees"].tolist() == [True, True, False]
