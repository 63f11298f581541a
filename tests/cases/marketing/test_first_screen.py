import numpy as np
import pandas as pd
import pytest

from helpers.cases.marketing import first_screen
from helpers.cases.marketing.actions import NO, TEST, YES, Letters
from helpers.models.prediction.regression import MEAN
from helpers.models.prediction.targeting import RULE
from helpers.sentences import checks
from helpers.verdicts import Action
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


def letters(write: str, sure: bool, few: int = 0, undone: bool = False) -> Letters:
    table = pd.DataFrame({"write": [write] * 3 + [NO] * 7})
    return Letters(table, sure, 3.0, 3 / 11, few, anyway=0.29, spare=0.232, undone=undone)


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
        "As a rough cut, the customers fall into 2 groups. The group “high income, high spending, mostly"
    )
    assert GROUPS[1].startswith("The customers fall into 2 groups.")
    assert "15\u00a0% of all, brings 60\u00a0% of the revenue" in GROUPS[1]
    assert GROUPS[2].startswith(
        "As a rough cut, the customers fall into 2 groups, with the study's mistakes. The group"
    )
    assert "no better than guessing" in SPENDING[0]
    assert SPENDING[1] == (
        "Income and family tell spending to within $84 on average; guessing the average is $240 off."
    )
    assert WRITING[0] == "A letter pays for 3 customers."
    assert WRITING[1].endswith("which a test should show first.")
    assert WRITING[2] == "A letter pays for nobody."
    anyway = first_screen.on_letters(letters(TEST, True, undone=True))
    assert anyway == "Letters may pay for 3 customers, if few buy anyway: test first."
    assert first_screen.on_letters(letters(NO, False, 7)) == "A letter may pay for 7: too few to test."


PLANS = pd.DataFrame({"plan": [RULE], "profit": [150.2], "profit_low": [-3.0], "profit_high": [301.0]})
PLANS = PLANS.assign(over_groups_low=-9.0, over_groups_high=4.0)
ADVISED = SUMMARY.assign(
    letters=[0, 3], priority=["low", "high"], stability=["stable", "doubtful"], answered=[0.1, 0.3]
)
AT_MOST = "at most $150 (−$3 to $300) in the last campaign, if none of them had bought anyway"


def to_do(mail: Letters, plans: pd.DataFrame = PLANS, circular: bool = False, **advised: object) -> list[Action]:
    return first_screen.actions(mail, plans, circular, ADVISED.assign(**advised), SUMMARY, DOLLARS)


def test_what_to_do_is_as_sure_as_its_evidence() -> None:
    test, keep, deals = to_do(letters(TEST, False))
    assert (test.what, test.how_many) == ("Send letters to a random half of 3", 1)
    assert test.worth == f"all 3: {AT_MOST}"
    assert test.how_sure == "may not have paid last time: compare who buys after 4 weeks; the test costs $3"
    assert first_screen.profit(PLANS, DOLLARS) == (
        150.0,
        "−$3 to $300 in the last campaign, if none had bought anyway",
    )
    assert (keep.how_many, keep.worth) == (80, "not known; spent in two years: $380,000")
    assert keep.how_sure == (
        "what service keeps is not tested; the group is found again only roughly: go by the list of customers"
    )
    _, luck, _ = to_do(letters(TEST, False), stability="unstable")
    assert "not tested; the group may be luck" in luck.how_sure
    assert deals.how_many == 7
    kept, _ = to_do(letters(NO, False), letters=0)
    assert kept.what == "Keep by good service"


def test_letters_are_told_beside_who_buys_anyway_and_beside_whole_groups() -> None:
    write, *_ = to_do(letters(YES, True))
    assert (write.what, write.how_many, write.worth) == ("Write to them", 3, AT_MOST)
    assert plain(write.how_sure) == (
        "nothing is left if 23 % of those who answer would buy anyway, and 29 % of all 3 buy within 4 weeks without "
        "a letter; letters to all 80 of group 2 are as good, as far as can be told, and simpler"
    )
    undone, *_ = to_do(letters(TEST, True, undone=True))
    assert (undone.what, undone.how_many) == ("Send letters to a random half of 3", 1)
    assert undone.how_sure == f"{write.how_sure}; the test costs $3"
    worse, *_ = to_do(letters(YES, True), PLANS.assign(over_groups_high=-1.0))
    assert worse.how_sure.endswith("letters to all 80 of group 2 would have brought more")
    for alone in (to_do(letters(YES, True), circular=True), to_do(letters(YES, True), answered=0.3)):
        assert alone[0].how_sure.endswith("without a letter")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


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
