"""The first screen over states: data that hold, need care, and fail; noise; and next to no customers."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.cases.health import first_screen as screen
from helpers.cases.health.cleaning import LOSSES, READ
from helpers.cases.health.outlook import Outlook
from helpers.cases.health.single_item import COSINE, POPULAR, measures
from helpers.cases.health.summary import SET_ASIDE
from helpers.models.experiments.impact import Impact, simulate_impact
from helpers.models.lifetime_value.baselines import MODEL, NAIVE
from helpers.models.migration.transitions import ALL
from helpers.wording import money, percent
from tests.plain_words import STATISTICS, numbers_in, sentences

CALM = (0.40, 0.36, 0.44)
BEFORE = pd.DataFrame({"amount": [0.0, 20.0] * 50})  # 397 customers a half show 20 % more, as `least_rise` says
COINS = money("£")


def sizes(segments: int = 2) -> pd.DataFrame:
    rows = [("Guests", 60, 0.6, 0.3), ("Regulars", 40, 0.4, 0.7), (SET_ASIDE, 3, 0.1, 0.9)]
    names = ["segment", "customers", "customers_share", "amount_share"]
    return pd.DataFrame([*rows[:segments], rows[2]], columns=names)


def kept(guests: tuple[float, float, float], regulars: tuple[float, float, float] = CALM) -> pd.DataFrame:
    rows = [("Guests", *guests), ("Regulars", *regulars), (ALL, 0.3, 0.28, 0.32)]
    table = pd.DataFrame(rows, columns=["segment", "retained_share", "retained_low", "retained_high"])
    return table.assign(period_before="H1", period_after="H2", customers=[80, 80, 160])


def two_steps() -> pd.DataFrame:
    """Return what two steps retained, of segments with names as long as they get."""
    before = kept((0.82, 0.7, 0.9), (0.05, 0.04, 0.06)).assign(period_before="H0", period_after="H1")
    steps = pd.concat([before, kept((0.94, 0.9, 0.97), (0.06, 0.05, 0.07))], ignore_index=True)
    return steps.replace({"Guests": "Heavy network builders", "Regulars": "One-off starter orders"})


Lead = tuple[float, float, float]


def compared(method: str, lead: Lead, customers: int = 200, all_of_them: Lead | None = None) -> pd.DataFrame:
    """Return a comparison with this lead by each measure, or with another one in the hits of all offers."""
    names = ["method", "winner", "value", "lead", "lead_low", "lead_high"]
    parts = []
    for measure in measures(3):
        own = all_of_them if all_of_them and measure == "hit@3" else lead
        rows = [(method, True, 0.42, *own), (POPULAR, False, 0.39, np.nan, np.nan, np.nan)]
        parts.append(pd.DataFrame(rows[: 1 if method == POPULAR else 2], columns=names).assign(measure=measure))
    return pd.concat(parts, ignore_index=True).assign(customers=customers, rival=POPULAR)


BETTER, UNSURE, WORSE = (0.05, 0.02, 0.08), (0.01, -0.02, 0.04), (-0.05, -0.08, -0.02)


def impact(n: int = 400, target: float = 0.1) -> Impact:
    hits = np.arange(n) % 2 == 0
    table = pd.DataFrame({"orders": 1, "amount": 100.0, "hit": hits, "price": np.where(hits, 20.0, np.nan)})
    return simulate_impact(table, 3, 0.1, target, 50, 1)


def ahead(first_low: float = 0.3, n: int = 4000, ratio: float = 1.05, gain: float = 12345.0) -> Outlook:
    names = ["segment", "chance", "amount_if", "gain_of_call"]
    table = pd.DataFrame([("Guests", 0.4, 493_800.0, gain)] * n, columns=names).rename_axis("customer")
    judged = pd.Series({"first_low": first_low, "total_ratio": ratio})
    return Outlook(table, judged, "rates", "rates")


DUE = pd.DataFrame({"customer": ["a"] * 120, "due_in": [0] * 100 + [3] * 20})
WAITS = pd.Series([10.0] * 50 + [70.0] * 6 + [np.nan] * 9)
ANSWERS = [
    (sizes(), True, kept((0.9, 0.8, 0.95)), compared(COSINE, BETTER)),
    (sizes(), True, kept(CALM), compared(COSINE, UNSURE)),
    (sizes(), False, kept((0.9, 0.8, 0.95)), compared(POPULAR, (np.nan,) * 3)),
    (sizes(0), True, kept(CALM).iloc[:0], compared(COSINE, WORSE, customers=4)),
    (sizes(), False, kept(CALM), compared(COSINE, UNSURE).iloc[:0]),
    (sizes(), True, kept((0.9, 0.8, 0.95)), compared(COSINE, BETTER, all_of_them=UNSURE)),
    (sizes(), True, two_steps(), compared(COSINE, BETTER, all_of_them=UNSURE)),
]


@pytest.mark.parametrize(("own", "firm", "back", "trial"), ANSWERS)
def test_the_answer_is_short_and_plain(
    own: pd.DataFrame, firm: bool, back: pd.DataFrame, trial: pd.DataFrame
) -> None:
    text = " ".join([screen.on_who(own, firm), screen.on_again(back, firm), screen.on_offer(trial, 3)])
    assert len(text.split()) <= 60
    assert 2 <= len(sentences(text)) <= 3
    assert all(len(each.split()) <= 25 and len(numbers_in(each)) <= 2 for each in sentences(text))
    assert not STATISTICS.search(text)


def test_what_is_not_so_is_not_answered() -> None:
    assert (
        screen.on_who(sizes(), True) == "Regulars are 40\xa0% of the customers and bring 70\xa0% of what was ordered."
    )
    assert "no groups that can be relied on" in screen.on_who(sizes(), False)
    apart, alike = kept((0.9, 0.8, 0.95)), kept(CALM)
    again = "From one half-year to the next, 90\xa0% of Guests bought again; of Regulars, 40\xa0%."
    assert screen.on_again(apart, True) == again
    before = kept((0.82, 0.7, 0.9), (0.38, 0.3, 0.4)).assign(period_before="H0", period_after="H1")
    steps = pd.concat([before, apart])
    ranges = "From one half-year to the next, 82 to 90\xa0% of Guests bought again; of Regulars, 38 to 40\xa0%."
    assert screen.on_again(steps, True) == ranges
    few = pd.concat([before.assign(customers=[9, 80, 89]), apart])  # of 9 customers a share tells nothing
    assert "90\xa0% of Guests" in screen.on_again(few, True)
    assert "no group surely more often" in screen.on_again(alike, True)
    assert "Guests" not in screen.on_again(apart.assign(customers=[9, 80, 89]), True)
    assert screen.on_again(apart, False) == "30\xa0% of half a year's customers buy again in the next."
    assert "find more of what customers want" in screen.on_offer(compared(COSINE, BETTER), 3)
    for lead in (UNSURE, WORSE):
        assert "No offer is shown to do better" in screen.on_offer(compared(COSINE, lead), 3)
    assert screen.on_offer(compared(COSINE, BETTER, customers=9), 3) == screen.UNKNOWN_OFFERS


def test_headline_check_and_advice_follow_the_measure_that_chose_the_method() -> None:
    first = compared(COSINE, BETTER, all_of_them=UNSURE)
    rule, value, line = screen.offers_beat_the_best_sellers(first, 3)
    assert rule.verdict(value) == "holds"
    assert line.endswith("the first offer more often than the best seller; for all 3 that is not shown.")
    assert screen.on_offer(first, 3) == (
        "Of the offers, the first suits more customers than the best seller does; for all 3 that is not shown."
    )
    (offer,) = screen.offers(first, 3, 794, impact(), BEFORE, 8)
    assert offer.how_sure.startswith("customers bought the first more often than the best seller, not surely all 3;")
    for table in (compared(COSINE, UNSURE, all_of_them=BETTER), compared(COSINE, UNSURE)):
        rule, value, _ = screen.offers_beat_the_best_sellers(table, 3)
        assert rule.verdict(value) == "with care"
        assert "No offer is shown to do better" in screen.on_offer(table, 3)


def test_whom_to_call_send_and_remind() -> None:
    (call,) = screen.calls(ahead(), COINS)
    assert (call.how_many, call.rows) == (400, "calls")
    assert call.worth == "£4,900,000 in a half-year, if calls bring back 10 who would not come: that is assumed"
    assert call.how_sure.endswith("; a gain of that size would stay hidden")
    assert screen.calls(ahead(gain=98_760.0), COINS)[0].how_sure.endswith("compare after 26 weeks")
    (offer,) = screen.offers(compared(COSINE, UNSURE), 3, 794, impact(), BEFORE, 8)
    assert offer.how_sure.startswith("not shown to be better than the best sellers; leave out half, picked at random")
    (popular,) = screen.offers(compared(POPULAR, (np.nan,) * 3), 3, 794, impact(), BEFORE, 8)
    assert popular.how_sure.startswith("these are the best sellers: nothing that was tried does better; leave out")
    assert offer.worth.startswith("1.0\xa0% more sales to them (")
    sure = replace(impact(), by_acceptance=impact().by_acceptance.eval("low = gain - 0.0001\nhigh = gain + 0.0001"))
    (narrow,) = screen.offers(compared(COSINE, UNSURE), 3, 794, sure, BEFORE, 8)
    assert narrow.worth.startswith("1.0\xa0% more sales to them, if all get them")
    hidden = "after 8 weeks; less than 20\xa0% more sales would stay hidden"
    assert offer.how_sure.endswith(hidden)
    nothing = pd.DataFrame({"amount": [0.0, 0.0]})  # which tells of no rise
    for n, what, why in ((300, "Test", "compare after 8 weeks"), (9, "Try", "; too few for a test")):
        (found,) = screen.offers(compared(COSINE, BETTER), 3, n, impact(), nothing, 8)
        assert found.what == f"{what} the offers"
        assert found.how_sure.endswith(why)
    nobody, all_of_them = pd.Index([]), pd.Index([*map(str, range(99)), "a"])
    (remind,) = screen.follow_up(WAITS, DUE, nobody)
    assert remind.whom == "customers whose only order is 2 to 6 weeks old; 20 younger ones will be due later"
    assert remind.how_sure == (
        "not tested: leave out half, picked at random, compare after 4 weeks; half of the second orders come within "
        "2 weeks, nine in ten within 6 weeks"
    )
    (all_due,) = screen.follow_up(WAITS, DUE.head(9), nobody)
    assert all_due.whom.endswith("6 weeks old")
    assert all_due.how_sure.startswith("too few for a test: try it; half")
    assert screen.follow_up(WAITS, DUE.tail(20), nobody) == []
    (also_tested,) = screen.follow_up(WAITS, DUE, all_of_them)
    assert also_tested.whom.endswith("; of the 100 who are in the offers' test, remind half of either side")
    assert remind.what == "Remind who has ordered once, 2 weeks after the order"
    assert (remind.how_many, remind.rows) == (100, "follow_up")


def test_nothing_is_advised_without_evidence_or_people() -> None:
    assert screen.calls(ahead(first_low=0.09), COINS) == screen.calls(ahead(first_low=np.nan), COINS) == []
    assert screen.calls(ahead(n=50), COINS)[0].how_sure == "too few for a test: try it"
    assert screen.offers(compared(COSINE, BETTER), 3, 0, impact(), BEFORE, 8) == []
    assert screen.offers(compared(COSINE, BETTER), 3, 50, impact(10), BEFORE, 8)[0].worth == ""
    assert (
        screen.follow_up(WAITS.head(5), DUE, DUE.index[:0])
        == screen.follow_up(WAITS, DUE.head(0), DUE.index[:0])
        == []
    )


def firmness(weakest: float = 0.9, silhouette: float = 0.4) -> pd.DataFrame:
    row = {"clusters": 3, "weakest": weakest, "silhouette": silhouette, "null_silhouette": 0.3}
    return pd.DataFrame([row])


def audit(faulty: int, excluded: int = 5000) -> pd.DataFrame:
    steps = [(READ, 10_000, 10_000), (LOSSES[0], 10_000, 10_000 - faulty)]
    steps.append((LOSSES[-1], 10_000 - faulty, 10_000 - faulty - excluded))
    return pd.DataFrame(steps, columns=["step", "rows_before", "rows_after"])


def worth(ratio: float) -> pd.DataFrame:
    return pd.DataFrame({"predictor": [NAIVE, MODEL], "total_ratio": [453.0, ratio]})


def months(rows: list[int]) -> pd.DataFrame:
    """Return the rows of the months from December 2020 to the one after these."""
    every = pd.period_range("2020-12", periods=len(rows) + 2, freq="M")
    return pd.DataFrame({"year": every.year, "month": every.month, "rows": [9, *rows, 9]})


STATES = {  # of each check: what holds, needs care, and fails
    screen.data_are_whole: [(audit(n), months([0, 0]), [2021]) for n in (50, 1000, 3000)],
    screen.groups_hold: [(firmness(), 3), (firmness(0.7), 3), (firmness(0.5), 3)],
    screen.groups_are_clear: [(firmness(), 3), (firmness(0.9, 0.31), 3), (firmness(0.9, 0.29), 3)],
    screen.offers_beat_the_best_sellers: [
        (compared(COSINE, BETTER), 3),
        (compared(COSINE, UNSURE), 3),
        (compared(COSINE, WORSE), 3),
    ],
    screen.forecast_came_true: [(ahead(),), (ahead(ratio=0.8),), (ahead(ratio=1.5),)],
    screen.lifetime_values_came_true: [(worth(0.95),), (worth(1.2),), (worth(1.53),)],
}


@pytest.mark.parametrize("name", STATES, ids=lambda each: each.__name__)
def test_each_check_holds_needs_care_and_fails_with_a_line_that_fits(name) -> None:
    found = [name(*state) for state in STATES[name]]
    assert [rule.verdict(value) for rule, value, _ in found] == ["holds", "with care", "fails"]
    lines = [line for _, _, line in found]
    assert len(set(lines)) == 3
    assert all(len(each.split()) <= 25 for line in lines for each in sentences(line))
    assert not any(map(STATISTICS.search, lines))


def test_what_cannot_be_measured_fails_or_is_told() -> None:
    rule, value, line = screen.offers_beat_the_best_sellers(compared(COSINE, BETTER, customers=9), 3)
    assert (rule.verdict(value), line) == ("fails", "Too few bought anything new to judge the offers.")
    rule, value, line = screen.offers_beat_the_best_sellers(compared(POPULAR, (np.nan,) * 3), 3)
    assert rule.verdict(value) == "with care"
    assert line.startswith("Nothing that was tried beats the best sellers")
    assert screen.forecast_came_true(ahead(ratio=np.nan))[2].startswith("There was no earlier half-year")
    assert screen.lifetime_values_came_true(worth(1.53))[2] == (
        "The model expected 53\xa0% more spend than came in the last half-year: do not plan by its amounts."
    )
    rule, value, line = screen.lifetime_values_came_true(worth(np.nan))
    assert (rule.verdict(value), line.split()[0]) == ("fails", "Nobody")
    said = screen.data_are_whole(audit(0), months([0, 5, 0, 0]), [2021])[2]
    assert said.startswith("0\xa0% of the rows could not be used")
    assert said.endswith(". The longest time without data is March 2021 to April 2021, in a year that is left out.")
    assert all(len(numbers_in(each)) <= 2 for each in sentences(said))
    assert "is January 2021, which is not left out." in screen.data_are_whole(audit(0), months([0, 5]), [])[2]
    assert screen.data_are_whole(audit(0), months([1]), [])[2].endswith("too few to change a figure.")


def test_the_segments_are_said_to_be_what_they_are() -> None:
    assert "clearer than chance would make them" in screen.on_groups(firmness(), 3)
    assert "not to be relied on" in screen.on_groups(firmness(0.5), 3)
    assert "a convenience, not kinds of customers" in screen.on_groups(firmness(silhouette=0.3), 3)


def test_the_key_figures_have_something_to_be_held_against() -> None:
    assert screen.largest_segment(sizes()) == (
        0.7,
        "40\xa0% of the customers",
        "Share of the sales (as ordered) from Regulars",
    )
    assert np.isnan(screen.largest_segment(sizes(0))[0])
    assert screen.bought_again(kept(CALM))[:2] == (0.3, "28\xa0% to 32\xa0%")
    assert screen.wanted(compared(COSINE, UNSURE), 3)[:2] == (
        0.42,
        "of those who bought a new one; 39\xa0% among those popular",
    )
    assert screen.wanted(compared(COSINE, UNSURE).iloc[:0], 3)[1] == "nobody to judge by"
    assert screen.wanted(compared(COSINE, UNSURE, customers=2), 3)[1] == "of only 2 customers: too few to tell"
    shares = pd.DataFrame({"value": [0.18], "low": [0.14], "high": [0.21]})
    told = "14\xa0% to 21\xa0%; there are 500 sponsors", "Recruits brought by the top 5 sponsors"
    assert screen.top_recruiters(shares, 500, 0.01) == (0.18, *told)
    assert screen.most_of_offers(impact())[0] == pytest.approx(0.1)
    between, told = re.fullmatch(r"to sales .* product \((.*)\), (.*)", screen.most_of_offers(impact())[1]).groups()
    assert told == "if offers only add to what these buy anyway; the target is 10\xa0%"
    low, high = impact().by_acceptance[["low", "high"]].iloc[-1]
    assert between == f"{percent(low, 1)} to {percent(high, 1)}"
    assert "(" not in screen.most_of_offers(impact(1))[1]
