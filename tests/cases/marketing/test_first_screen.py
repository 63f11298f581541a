import numpy as np
import pandas as pd
import pytest

from helpers.cases.marketing import first_screen
from helpers.cases.marketing.actions import NO, TEST, YES, Letters
from helpers.models.prediction import targeting
from helpers.models.prediction.regression import MEAN
from helpers.models.prediction.targeting import RULE
from helpers.sentences import checks
from helpers.wording import money
from tests.plain_words import STATISTICS, numbers_in, sentences

DOLLARS = money("$")
SUMMARY = pd.DataFrame(
    {
        "cluster": [1, 2],
        "label": ["low income, low spending", "high income, high spending, mostly childless"],
        "customers": [467, 80],
        "customers_share": [0.85, 0.15],
        "revenue_share": [0.4, 0.6],
        "revenue": [248_720, 381_438],
    }
)


def scores(low: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "model": [MEAN, "ridge"],
            "rmse": [289.0, 289.0 - low - 5],
            "mae": [237.4, 84.34],
            "over_mean": [np.nan, low + 5],
            "over_mean_low": [np.nan, low],
            "over_mean_high": [np.nan, low + 10],
        }
    )


def letters(write: str, sure: bool, few: int = 0) -> Letters:
    table = pd.DataFrame({"write": [write] * 3 + [NO] * 7})
    return Letters(table, sure, 3.0, 3 / 11, few)


WAYS = [(True, "casebook"), (False, "casebook"), (True, "published")]
GROUPS = [first_screen.on_groups(SUMMARY, *way) for way in WAYS]
SPENDING = [first_screen.on_spending(scores(low), DOLLARS) for low in (-4.0, 100.0, 100.0)]
WRITING = [first_screen.on_letters(letters(*state)) for state in ((YES, True), (TEST, False), (NO, False))]


@pytest.mark.parametrize("said", [" ".join(each) for each in zip(GROUPS, SPENDING, WRITING, strict=True)])
def test_the_answer_is_short_and_plain(said: str) -> None:
    assert len(said.split()) <= 60
    assert not STATISTICS.search(said)
    for sentence in sentences(said):
        assert len(sentence.split()) <= 25
        assert len(numbers_in(sentence)) <= 2


def test_the_answer_says_only_what_was_found() -> None:
    assert GROUPS[0].startswith(
        "As a rough cut, the customers fall into 2 groups. Those of high income, high spending"
    )
    assert GROUPS[1].startswith("The customers fall into 2 groups.")
    assert "15\u00a0% of all, bring 60\u00a0% of the revenue" in GROUPS[1]
    assert GROUPS[2].startswith(
        "As a rough cut, the customers fall into 2 groups, made with the published study's mistakes. Those of"
    )
    assert "not predict" in SPENDING[0]
    assert SPENDING[1].startswith("Income and family predict spending to within $84 on average")
    assert SPENDING[1].endswith("is off by $240.")
    assert WRITING[0] == "A letter pays for 3 customers."
    assert WRITING[1].endswith("which a test should show first.")
    assert WRITING[2] == "A letter pays for nobody."
    assert first_screen.on_letters(letters(NO, False, 7)) == "A letter may pay for 7: too few to test."


def test_what_to_do_is_as_sure_as_its_evidence() -> None:
    plans = pd.DataFrame({"plan": [RULE], "profit": [150.2], "profit_low": [-3.0], "profit_high": [301.0]})
    whole = {"plan": targeting.GROUPS, "mailed": 80, "share": 0.8}
    plans = pd.concat([plans.assign(over_groups_low=-9.0, over_groups_high=4.0), pd.DataFrame([whole])])
    advised = SUMMARY.assign(letters=[0, 3], priority=["low", "high"], stability=["stable", "doubtful"])
    test, keep, deals = first_screen.actions(letters(TEST, False), plans, False, advised, SUMMARY, DOLLARS)
    assert (test.what, test.how_many, test.worth) == ("Test letters", 3, "$150 (−$3 to $300) in the last campaign")
    assert first_screen.profit(plans, DOLLARS) == (150.0, "−$3 to $300 in the last campaign")
    assert (keep.how_many, keep.worth) == (80, "at stake: $380,000, spent in two years")
    assert keep.how_sure == "found again only roughly: go by the list of customers"
    _, luck, _ = first_screen.actions(
        letters(TEST, False), plans, False, advised.assign(stability="unstable"), SUMMARY, DOLLARS
    )
    assert luck.how_sure.startswith("the group may be luck")
    assert deals.how_many == 7
    write, *_ = first_screen.actions(letters(YES, True), plans, False, advised, SUMMARY, DOLLARS)
    assert write.what == "Write to them"
    assert write.how_sure.endswith("to see; letters to whole groups would have brought about as much")
    worse, *_ = first_screen.actions(
        letters(YES, True), plans.assign(over_groups_high=-1.0), False, advised, SUMMARY, DOLLARS
    )
    assert worse.how_sure.endswith("would have brought more")
    made_of_answers, *_ = first_screen.actions(letters(YES, True), plans, True, advised, SUMMARY, DOLLARS)
    assert made_of_answers.how_sure.endswith("half to see")
    kept, _ = first_screen.actions(letters(NO, False), plans, False, advised.assign(letters=0), SUMMARY, DOLLARS)
    assert kept.what == "Keep by good service"


def firmness(*jaccard: float) -> pd.DataFrame:
    verdicts = ["stable" if value >= 0.75 else "doubtful" if value >= 0.6 else "unstable" for value in jaccard]
    return pd.DataFrame({"jaccard": jaccard, "at_least": [value - 0.05 for value in jaccard], "verdict": verdicts})


def test_a_group_that_is_not_secured_does_not_hold() -> None:
    value, said = first_screen.on_stability(firmness(0.9, 0.8).assign(verdict=["stable", "doubtful"]))
    assert (checks.GROUPS_HOLD.verdict(value), "1 of 2 groups" in said) == ("with care", True)


@pytest.mark.parametrize(("jaccard", "verdict"), [(0.9, "holds"), (0.7, "with care"), (0.4, "fails")])
def test_whether_the_groups_hold(jaccard: float, verdict: str) -> None:
    value, said = first_screen.on_stability(firmness(0.95, jaccard))
    assert checks.GROUPS_HOLD.verdict(value) == verdict
    assert ("Every group is found again" in said) == (verdict == "holds")


def test_groups_that_are_hardly_found_again_are_told_from_those_that_are_so_roughly() -> None:
    _, said = first_screen.on_stability(firmness(0.9, 0.7, 0.5, 0.4))
    assert said == (
        "Among other customers, 1 of 4 groups can be found again only roughly, and 2 can hardly be found again."
    )


@pytest.mark.parametrize(
    ("silhouette", "verdict", "line"),
    [(0.3, "holds", "clearly"), (0.21, "with care", "only a little"), (0.19, "fails", "convenient division")],
)
def test_whether_there_are_groups_at_all(silhouette: float, verdict: str, line: str) -> None:
    table = pd.DataFrame({"clusters": [2], "silhouette": [silhouette], "null_silhouette": [0.2]})
    value, said = first_screen.on_structure(table, 2)
    assert first_screen.CLEARER.verdict(value) == verdict
    assert line in said


@pytest.mark.parametrize(("low", "verdict"), [(10.0, "holds"), (-2.0, "with care")])
def test_whether_spending_is_foretold(low: float, verdict: str) -> None:
    value, said = first_screen.on_error(scores(low), DOLLARS)
    assert first_screen.SPENDING.verdict(value) == verdict
    assert ("not surely" in said) == (verdict != "holds")


@pytest.mark.parametrize(("gain", "verdict"), [(0.03, "holds"), (0.005, "with care"), (-0.02, "fails")])
def test_whether_answers_are_foretold(gain: float, verdict: str) -> None:
    gains = {"log_loss_gain": gain, "log_loss_gain_low": gain - 0.015, "log_loss_gain_high": gain + 0.015}
    table = pd.DataFrame({"model": ["logistic"], "auc": [0.68]} | {name: [value] for name, value in gains.items()})
    value, said = first_screen.on_lead(table, "logistic")
    assert first_screen.ANSWERS.verdict(value) == verdict
    assert ("not surely" in said) == (verdict != "holds")
    assert ("68\u00a0%" in first_screen.on_answers(table, "logistic")) == (verdict == "holds")


@pytest.mark.parametrize(("after", "verdict"), [(100, "holds"), (80, "with care"), (60, "fails")])
def test_whether_the_data_are_whole(after: int, verdict: str) -> None:
    audit = pd.DataFrame({"customers_before": [130, 130, 100], "customers_after": [130, 100, after]})
    value, said = first_screen.on_rows(audit, 0)
    assert checks.WHOLE.verdict(value) == verdict
    assert said.startswith("All 100" if after == 100 else f"{100 - after} of 100 rows")
    assert said.endswith(" Not counted: 30 repeats.")
    assert "repeat" not in first_screen.on_rows(audit.replace(130, 100), 0)[1]
