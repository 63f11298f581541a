import math
import re

import numpy as np
import pandas as pd
import pytest

from helpers.cases.rfm import first_screen as screen
from helpers.cases.rfm.advice import segment_to_test
from helpers.cases.rfm.naming import read_segmentation
from helpers.cases.rfm.summary import NOT_BACK
from helpers.models.lifetime_value.holdout import MODEL
from helpers.sentences.checks import CAME_TRUE, ENOUGH, WHOLE, enough_advised
from helpers.wording import money
from tests.plain_words import STATISTICS, numbers_in, sentences

SEGMENTATION = read_segmentation()
NAMES = [*SEGMENTATION.names, "lapsed"]
SHARES = [0.9, 0.7, 0.6, 0.4, 0.2, 0.5, 0.3, 0.1]
CUSTOMERS = {"good": [120, 150, 240, 400, 110, 120, 430, 300], "tiny": [2, 0, 3, 5, 0, 1, 9, 4]}
SURE, UNSURE, NOISE = 1e-9, 0.03, 0.4


def known(customers: list[int], better: list[bool]) -> pd.DataFrame:
    """Return the evidence of segments that bring less from one to the next."""
    n = len(NAMES)
    table = pd.DataFrame({"segment": NAMES, "customers": customers, "revenue": np.linspace(9000, 0, n)})
    each = np.where(table["customers"] > 0, np.linspace(2000.0, 60, n), np.nan)
    table = table.assign(expected_value_of_a_customer=each, expected_value=each * table["customers"])
    table = table.assign(earlier_forecasts="")
    table = table.assign(ordered_again=SHARES, **{NOT_BACK: table["revenue"] * (1 - np.array(SHARES))})
    worth = {"total": table["expected_value"], "mean": each, "total_low": 0.5 * table["expected_value"]}
    worth |= {"break_even": 0.1 * each, "break_even_low": 0.1 * 0.5 * each}
    lists = {"list_customers": customers, "list_hit_rate": 0.75, "list_simple_rate": 0.41, "list_better": better}
    table = table.assign(**worth, total_high=2 * table["expected_value"], recency=34.4, frequency=3.6, **lists)
    return table.sort_values("expected_value", ascending=False, ignore_index=True)


def plainly(text: str) -> str:
    return text.replace("\u00a0", " ")


def to_do(table: pd.DataFrame, p: float) -> list[screen.Action]:
    return screen.to_do(SEGMENTATION, table, p, (90, 365), money("£"))


def rates_of(table: pd.DataFrame) -> pd.DataFrame:
    return table[["segment"]].assign(customers=table["list_customers"], better=table["list_better"])


@pytest.mark.parametrize("size", CUSTOMERS)
@pytest.mark.parametrize("p", [SURE, UNSURE, NOISE, math.nan])
@pytest.mark.parametrize("n_better", [0, 5, 8])
def test_the_answer_is_short_and_plain_in_every_state(size: str, p: float, n_better: int) -> None:
    table = known(CUSTOMERS[size], [True] * n_better + [False] * (8 - n_better))
    text = f"{screen.on_effort(table, p, 90)} {screen.on_offers(rates_of(table))}"
    assert len(text.split()) <= 60
    for sentence in sentences(text):
        assert len(sentence.split()) <= 25
        assert len(numbers_in(sentence)) <= 2
    assert not STATISTICS.search(text)
    assert ("deserve most effort" in text) == (p in (SURE, UNSURE))
    assert ("no better than the bestsellers in trials" in text) == (n_better == 0)


def test_the_answer_names_who_is_worth_most_and_who_may_not_be_back() -> None:
    table = known(CUSTOMERS["good"], [True] * 8)
    some = table[table["segment"] != "lapsed"]
    best = some.loc[some["expected_value_of_a_customer"].idxmax()]
    text = screen.on_effort(table, SURE, 90).replace("\u00a0", " ")
    assert best["segment"] == "VIPs"
    of_all, share = (best[name] / some[name].sum() for name in ("customers", "revenue"))
    assert f"VIPs deserve most effort: {of_all:.0%} of active".replace("%", " %") in text
    assert f"customers bring {share:.0%} of their revenue".replace("%", " %") in text
    late = some.loc[some[NOT_BACK].idxmax()]
    gone = f"{1 - late['ordered_again']:.0%}".replace("%", " %")
    assert f"not expected back in 90 days, {late['segment']} brought most: {gone} did not order again." in text
    same = screen.on_effort(table.assign(**{NOT_BACK: table["expected_value_of_a_customer"]}), SURE, 90)
    assert plainly(same).endswith("Yet 10 % of them did not order again in 90 days, though some order later.")
    nobody = screen.on_effort(table.assign(expected_value=0.0), SURE, 90)
    assert nobody == "Nobody is expected to order again, so no effort can be advised."
    assert "Offer each customer a list of their own: it fitted what customers bought" in screen.on_offers(
        rates_of(table)
    )
    assert "could not be tried" in screen.on_offers(rates_of(table.assign(list_customers=0)))


def test_what_to_do_starts_where_most_is_expected_and_ends_with_a_test() -> None:
    table = known(CUSTOMERS["good"], [name != "Need to focus" for name in NAMES])
    table["list_better"] = table["segment"] != "Need to focus"
    found = to_do(table, SURE)
    assert len(found) == 5
    wanted = [name for name in table["segment"] if name not in ("lapsed", "Need to focus")][:4]
    assert [one.whom.split(":")[0] for one in found[:4]] == wanted
    vips = next(one for one in found if one.whom.startswith("VIPs"))
    assert vips.how_many == 120
    assert vips.worth.replace("\u00a0", " ") == (
        "£24,000 (cautiously £12,000) in 365 days if each buys 10 % more. That breaks even at £200 "
        "(cautiously £100) for each, the cost of the extra goods included."
    )
    assert vips.how_sure.replace("\u00a0", " ") == (
        "Effect not yet tested. Unprompted, 75 % of buyers bought something on its list, 41 % one of the bestsellers."
    )
    high = to_do(table.assign(earlier_forecasts="all too high: up to 53 % less came"), SURE)[0].how_sure
    assert "tested. Earlier forecasts of them were all too high: up to 53 % less came. Unprompted" in high
    test = found[-1]
    assert test.what == "Test first: win their third order soon"
    assert test.whom == "Half of Need to focus, picked at random"
    assert test.how_many == 200
    found = r"A rise from 40 % to \d+ % who order would show in 12 weeks\. A rise to 44 % would stay hidden\."
    assert re.fullmatch(found, test.how_sure.replace("\u00a0", " "))


@pytest.mark.parametrize("size", CUSTOMERS)
@pytest.mark.parametrize("p", [SURE, NOISE, math.nan])
def test_actions_are_short_and_only_a_test_where_segments_tell_nothing(size: str, p: float) -> None:
    table = known(CUSTOMERS[size], [False] * 8)
    found = to_do(table, p)
    assert 1 <= len(found) <= 5
    assert (len(found) == 1) == (p != SURE)
    assert found[-1].what.startswith("Try to" if size == "tiny" else "Test first")
    for one in found:
        assert len(one.what.split()) <= 8
        assert len(one.whom.split()) <= 12
        assert one.rows == "customers"
        assert "better" not in one.how_sure or "not surely better" in one.how_sure
    assert ("Too few" in found[-1].how_sure) == (size == "tiny")
    assert to_do(table.assign(ordered_again=np.nan), NOISE) == []


@pytest.mark.parametrize(("customers", "doubtful", "wanted"), [(400, True, "b"), (99, True, "a"), (400, False, "a")])
def test_doubt_comes_first_where_a_test_can_tell(customers: int, doubtful: bool, wanted: str) -> None:
    table = pd.DataFrame({"segment": ["a", "b"], "customers": [300, customers], NOT_BACK: [9.0, 5.0]})
    row = segment_to_test(table.assign(ordered_again=0.5), pd.Series([True, not doubtful]))
    assert row["segment"] == wanted


@pytest.mark.parametrize(("lost", "verdict"), [(0, "holds"), (18, "with care"), (36, "fails")])
def test_lines_without_a_customer_are_told(lost: int, verdict: str) -> None:
    steps = ["read and checked", "repeated lines dropped", "lines without a customer set aside"]
    rows = {"rows_before": [100, 100, 90], "rows_after": [100, 90, 90 - lost]}
    audit = pd.DataFrame({"step": steps} | rows)
    none = pd.DataFrame({"revenue_share": []}, dtype=float)
    value, said = screen.whole(audit, none, 0)
    assert value == pytest.approx(1 - lost / 90)
    assert WHOLE.verdict(value) == verdict
    share = f"{lost / 90:.0%}".replace("%", "\u00a0%")
    assert said.startswith(f"{share} of the lines name no customer" if lost else "Every line names its customer")
    value, said = screen.whole(audit, none, 10)
    assert value == pytest.approx(1 - (lost + 10) / 100)
    assert "or no price or cannot be read, and" in said


@pytest.mark.parametrize(
    ("stay", "verdict", "often"), [(8, "holds", "as often"), (6, "with care", "before each"), (3, "fails", "before")]
)
def test_who_leaves_the_segment_is_told(stay: int, verdict: str, often: str) -> None:
    moves = pd.DataFrame(
        {"before": ["a", "a", "new or back"], "after": ["a", "b", "a"], "customers": [stay, 10 - stay, 9]}
    )
    assert screen.STAY.verdict(screen.stayed(moves)) == verdict
    said = screen.on_staying(moves, 90).replace("\u00a0", " ")
    assert said.startswith(f"In 90 days, {100 - 10 * stay} % left their segment: rebuild the lists {often}")
    assert screen.STAY.verdict(screen.stayed(moves.tail(1))) == "fails"
    assert "cannot be told" in screen.on_staying(moves.tail(1), 90)


def test_whether_segments_tell_who_orders_again() -> None:
    rows = [("VIPs", 100, 0.75), ("Guests", 50, 0.1), ("few", 3, 1.0), ("seldom and not lately", 80, 0.0)]
    again = pd.DataFrame(rows, columns=["segment", "before", "ordered_again"])
    said = screen.on_telling(SURE, again, 90).replace("\u00a0", " ")
    assert said == "Of VIPs, 75 % ordered again; of Guests, 10 %."
    assert "than chance explains" in screen.on_telling(NOISE, again, 90)
    assert "cannot be told" in screen.on_telling(math.nan, again, 90)
    assert [screen.TELL.verdict(p) for p in (SURE, UNSURE, NOISE, math.nan)] == [
        "holds",
        "with care",
        "fails",
        "fails",
    ]


@pytest.mark.parametrize(
    ("lead", "low", "high", "told"),
    [
        (0.05, 0.02, 0.08, "fitted what customers bought better than"),
        (0.01, -0.02, 0.04, "were not surely better"),
        (-0.05, -0.08, -0.02, "fitted worse than the best simple list, so use that one"),
        (math.nan, math.nan, math.nan, "could not be tried"),
    ],
)
def test_the_lead_of_the_lists(lead: float, low: float, high: float, told: str) -> None:
    row = {"offered": "new", "measure": "ndcg", "winner": True, "method": "m", "rival": "r", "customers": 40}
    table = pd.DataFrame([row | {"lead": lead, "lead_low": low, "lead_high": high}])
    assert told in screen.on_lead(screen.lead_of(table, "new"), "new products")
    assert screen.lead_of(table.assign(rival="m"), "new") == 0
    assert math.isnan(screen.lead_of(table, "other"))
    assert math.isnan(screen.lead_of(table.assign(customers=29), "new"))


@pytest.mark.parametrize(
    ("held", "verdict", "told"),
    [(6, "holds", "planned with"), (5, "with care", "the range"), (3, "fails", "low end")],
)
def test_earlier_forecasts(held: int, verdict: str, told: str) -> None:
    tested = pd.DataFrame({"segment": "all customers", "expected": 100.0, "actual": [90, 100, 130, 100, 100, 100]})
    tested = tested.assign(held=np.arange(6) < held, miss=tested["actual"] / 100 - 1)
    assert CAME_TRUE.verdict(screen.came_true(tested)) == verdict
    orders = {"predictor": MODEL, "total_predicted": 566.4, "total_actual": 857, "total_actual_low": 768}
    errors = pd.DataFrame([orders | {"total_actual_high": 945}])
    said = screen.on_came_true(tested, errors).replace("\u00a0", " ")
    assert said.startswith("Earlier totals were off by up to 30 %")
    assert told in said
    assert said.endswith(" Seasons differ: the last days brought 857 orders where 566 were expected.")
    high = screen.on_came_true(tested.assign(miss=[0.01, -0.08, -0.05, -0.06, -0.16, -0.29]), errors)
    assert plainly(high).startswith("Earlier totals were off by up to 29 %, mostly too high: ")
    assert told in high
    always_low = screen.on_came_true(tested.assign(miss=0.3), errors.assign(total_predicted=800))
    assert "last days" not in always_low
    assert "30 %, all too low: " in plainly(always_low)
    assert "low end" not in always_low
    for sentence in sentences(high):
        assert len(sentence.split()) <= 25
        assert len(numbers_in(sentence)) <= 2


@pytest.mark.parametrize(("size", "smallest", "verdict"), [("good", 110, "holds"), ("tiny", 1, "fails")])
def test_the_smallest_group_is_of_all_that_are_advised(size: str, smallest: int, verdict: str) -> None:
    table = known(CUSTOMERS[size], [True] * 8)
    found = to_do(table, SURE)
    value, line = enough_advised(screen.sizes_of_advised(table, found))
    assert ENOUGH.verdict(value) == verdict
    assert value < min(one.how_many for one in found) or size == "tiny"
    assert f"has {smallest} customer" in line


def test_many_codes_that_are_dropped_as_no_products_make_data_that_are_not_whole() -> None:
    audit = pd.DataFrame({"step": ["read"], "rows_before": [100], "rows_after": [100]})
    few, many = (pd.DataFrame({"revenue_share": [share]}) for share in (0.03, 0.75))
    assert screen.whole(audit, few, 0) == (1.0, "Every line names its customer and its price.")
    value, said = screen.whole(audit, many, 0)
    assert WHOLE.verdict(value) == "fails"
    assert said == "Codes with 75\u00a0% of all amounts are dropped as no products: look which."
