import numpy as np
import pandas as pd
import pytest

from helpers.cases.wine import first_screen
from helpers.sentences import checks
from tests.plain_words import STATISTICS, numbers_in, sentences

FAVOURITES = pd.Series({"method": "favourites of all", "value": 0.26, "baseline": True})
NAMES = ["method", "value", "value_low", "value_high", "gain", "q_value"]
GOOD = pd.Series(["item similarity", 0.6, 0.55, 0.65, 0.34, 1e-9], NAMES)
LUCKY = pd.Series(["item similarity", 0.3, 0.22, 0.38, 0.04, 0.3], NAMES)
BEATEN = pd.Series(["item similarity", 0.2, 0.15, 0.25, -0.06, 0.001], NAMES)
RULES = pd.DataFrame(
    {
        "antecedents": [frozenset({"Merlot Chile", "Malbec France"}), frozenset({"Merlot Chile"})],
        "consequents": [frozenset({"Espumante Oregon"}), frozenset({"Malbec France"})],
        "confidence": [0.904, 0.7],
        "lift": [12.9, 4.0],
        "confidence_new": [0.8, 0.65],
    }
)
PROFILE = pd.DataFrame({"segment": ["bulk buyers", "small timers"]})
MAILS = pd.DataFrame({"customer": [f"C{i}" for i in range(40)] * 2, "next_campaign": "May"})
JOINT = pd.DataFrame(
    {"items": ["A + B", "C + D", "E + F"], "one_short": [4, 11, 900]}
    | {"followed_share": [0.9, 0.8, 0.5], "best_lift": [9.0, 2.0, 1.2]}
)
ACTS = pd.DataFrame(
    {
        "segment": ["bulk buyers", "small timers"],
        "customers": [50, 20],
        "usual_quantity": [72.0, 6.0],
        "usual_discount": [61.0, 66.0],
        "seen_in": [2, 1],
        "found_again": ["stable", "unstable"],
    }
)


def stability(verdict: str) -> pd.DataFrame:
    return pd.DataFrame({"of": ["customers"] * 2, "verdict": ["stable", verdict]})


ANSWERS = [
    [
        first_screen.on_pairs(RULES.head(n), 2, 0.05),
        first_screen.on_tastes(PROFILE, beyond, stability("stable")),
        first_screen.on_lists(best, FAVOURITES),
    ]
    for n in (0, 2)
    for beyond in (True, False)
    for best in (GOOD, LUCKY, BEATEN)
]


@pytest.mark.parametrize("said", ANSWERS, ids=str)
def test_the_answer_is_short_and_plain(said: list[str]) -> None:
    text = " ".join(said)
    assert len(text.split()) <= 60
    for sentence in sentences(text):
        assert len(sentence.split()) <= 25
        assert len(numbers_in(sentence)) <= 2
    assert not STATISTICS.search(text)


def test_the_answer_says_only_what_was_found() -> None:
    assert first_screen.on_pairs(RULES, 2, 0.05) == (
        "Buyers of Malbec France + Merlot Chile took Espumante Oregon 13 times as often as all customers: the "
        "strongest link found."
    )
    assert "more often than luck" in first_screen.on_pairs(RULES.head(0), 2, 0.05)
    assert "often enough for the limits" in first_screen.on_pairs(RULES.head(0), 0, 0.05)
    assert "Nearly all" in first_screen.on_pairs(RULES.head(0), 0, 1.1)
    assert "do not fall into clear groups" in first_screen.on_tastes(PROFILE, False, stability("stable"))
    assert first_screen.on_tastes(PROFILE, True, stability("doubtful")).startswith("Roughly, the customers fall")
    for best in (LUCKY, BEATEN):
        assert first_screen.on_lists(best, FAVOURITES).startswith(
            "A list for each customer, by item similarity, was not surely better"
        )


def test_what_to_do_is_as_sure_as_its_evidence() -> None:
    (mailing,) = first_screen.mailing(MAILS, GOOD, FAVOURITES)
    (joint,), (bulk, small) = first_screen.joint_offers(JOINT, "customer"), first_screen.terms(ACTS)
    assert (mailing.how_many, mailing.rows) == (40, "mailing_list")
    trial = "looking back, 60\u00a0% (55\u00a0% to 65\u00a0%) of such lists named a purchase that was hidden"
    assert mailing.how_sure.startswith(trial)
    assert mailing.worth == ""
    assert mailing.how_sure.endswith(
        "for a quarter from March, add it to the newsletter of a random half of the 40 who have an offer then"
    )
    assert (joint.what, joint.how_many) == ("Offer the missing one of C + D", 11)
    assert joint.how_sure.startswith("taken together 2.0 times as often as if nothing linked them")
    assert (bulk.whom, bulk.how_many) == ("Bulk buyers", 50)
    assert (
        bulk.how_sure
        == "half of what they took of their favourites at this quantity gave no more than that: try less first"
    )
    (only, _) = first_screen.terms(ACTS.assign(seen_in=1))
    assert only.how_sure.startswith("only one offer had this quantity and what they like")
    assert small.how_sure.startswith("the group may be luck, too few for a test")
    assert "the group may be luck, so test it first" in first_screen.terms(ACTS.assign(customers=50))[1].how_sure
    (lucky,) = first_screen.mailing(MAILS, LUCKY, FAVOURITES)
    assert lucky.what == "Test a list for each customer"
    assert lucky.how_sure.startswith("not surely better than one list for all")
    assert first_screen.mailing(MAILS.head(0), GOOD, FAVOURITES) == []
    assert first_screen.joint_offers(JOINT.head(0), "customer") + first_screen.terms(ACTS.head(0)) == []


@pytest.mark.parametrize(
    ("rows", "verdict", "line"),
    [
        ((1000, 1000), "holds", "All 1,000 rows could be used."),
        ((1000, 900), "with care", "100 of 1,000 rows had to be left out"),
        ((1000, 500), "fails", "500 of 1,000 rows had to be left out"),
    ],
)
def test_whether_the_data_are_whole(rows: tuple[int, int], verdict: str, line: str) -> None:
    audit = pd.DataFrame({"rows_before": [1200] * 2, "rows_after": [1200, rows[1]]})
    value, said = first_screen.on_rows(audit, rows[0] - rows[1])
    assert (checks.WHOLE.verdict(value), said[: len(line)]) == (verdict, line)


def test_the_picture_of_rules_says_where_none_is_more_than_luck() -> None:
    rules = pd.DataFrame({"lift": [2.0]})
    assert first_screen.under_bars(rules, rules, "basket") == "The line in each bar is the share of all baskets."
    assert "None of these rules" in first_screen.under_bars(rules, rules.head(0), "customer")
    assert first_screen.under_bars(rules.head(0), rules.head(0), "customer").startswith("No rule")


@pytest.mark.parametrize(("alike", "verdict"), [(0, "holds"), (3, "with care"), (40, "fails")])
def test_whether_the_rules_are_more_than_luck(alike: int, verdict: str) -> None:
    shuffled = pd.Series([20] * alike + [1] * (100 - alike))
    value, said = first_screen.on_luck(shuffled, 15)
    assert value == pytest.approx((1 + alike) / 101)
    assert checks.BEYOND_CHANCE.verdict(value) == verdict
    assert "The purchases give 15 rules" in said


@pytest.mark.parametrize(
    ("jaccard", "beyond", "verdict", "line"),
    [
        (0.9, True, "holds", "Each group of customers is found again"),
        (0.7, True, "with care", "Not surely found again among other customers: B."),
        (0.5, True, "fails", "Not surely found again among other customers: B."),
        (0.9, False, "fails", "The groups are no clearer"),
    ],
)
def test_whether_the_groups_hold(jaccard: float, beyond: bool, verdict: str, line: str) -> None:
    verdicts = ["stable", "stable" if jaccard >= 0.75 else "doubtful" if jaccard >= 0.6 else "unstable"]
    of_customers = {"segment": ["A", "B"], "jaccard": [0.95, jaccard], "verdict": verdicts, "of": "customers"}
    of_customers |= {"at_least": [0.9, jaccard - 0.05]}
    of_offers = {"segment": ["C"], "jaccard": [0.3], "at_least": [0.2], "verdict": ["unstable"], "of": "offers"}
    table = pd.concat([pd.DataFrame(of_customers), pd.DataFrame(of_offers)])
    value, said = first_screen.on_groups(table, beyond)
    assert (checks.GROUPS_HOLD.verdict(value), said[: len(line)]) == (verdict, line)


@pytest.mark.parametrize(("best", "verdict"), [(GOOD, "holds"), (LUCKY, "with care"), (BEATEN, "fails")])
def test_whether_the_list_beats_one_for_all(best: pd.Series, verdict: str) -> None:
    value, said = first_screen.on_lead(best, FAVOURITES)
    assert first_screen.LISTS.verdict(value) == verdict
    assert ("not surely more" in said) == (verdict != "holds")
    assert np.isfinite(value)


def test_whether_the_smallest_group_is_large_enough() -> None:
    value, said = first_screen.on_size(ACTS)
    assert checks.ENOUGH.verdict(value) == "fails"
    assert said == "The smallest group of like taste, small timers, has 20 customers: too few to tell anything of."
