"""Chances, amounts and calls: planted ones are found, and what is said of them is true of the table."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.cases.health.outlook import (
    DIGITS,
    NOT_JUDGED,
    ODDS,
    Outlook,
    lost_by_segment,
    outlook,
    second_orders,
    to_follow_up,
    with_reasons,
)
from helpers.cases.health.outlook_sentences import (
    called_first,
    on_call_order,
    on_calls,
    on_chances_by_step,
    on_lost,
    on_newcomers,
    on_outlook,
    on_second_order,
    on_worth,
)
from helpers.models.experiments.power import least_share
from helpers.models.lifetime_value.baselines import MODEL, NAIVE
from helpers.models.migration.transitions import LAPSED, UNSEEN
from helpers.models.prediction.next_segment import FOREST, RATES, Step, predict_next
from helpers.wording import money, rounded

N = 400


def window(rng: np.random.Generator, names: list[str], tells: bool) -> tuple[pd.DataFrame, pd.Series]:
    """Return features and the next state of customers; the visits tell both it and the next amount, or nothing."""
    visits = rng.integers(1, 9, len(names))
    features = pd.DataFrame({"frequency": visits, "total_amount": 100.0 * visits}, index=names)
    chance = visits / 10 if tells else np.full(len(names), 0.45)
    state = pd.Series(np.where(rng.random(len(names)) < chance, "guests", LAPSED), index=names)
    return features, state


def made(tells: bool) -> tuple[Outlook, pd.DataFrame]:
    rng = np.random.default_rng(1)
    old, new = [f"a{i}" for i in range(N)], [f"b{i}" for i in range(N)]
    first, after_first = window(rng, old, tells)
    back = after_first.index[after_first == "guests"]
    second, after_second = window(rng, [*back, *new], tells)
    last, _ = window(rng, list(after_second.index[after_second == "guests"]), tells)
    if tells:  # who comes again spends as much as before
        second.loc[back, "total_amount"] = 90.0 * first.loc[back, "frequency"]
        last["total_amount"] = 90.0 * second.loc[last.index, "frequency"]
    parts = (first, second, last)
    guests = {name: pd.Series("guests", index=table.index) for name, table in zip("123", parts, strict=True)}
    states = pd.DataFrame({name: own.reindex([*old, *new]) for name, own in guests.items()})
    states = states.fillna(LAPSED).where(states.notna().cummax(axis="columns"), UNSEEN)
    steps = (
        Step(first, guests["1"], after_first),
        Step(second, guests["2"], after_second),
        Step(last, guests["3"], pd.Series(dtype=object)),
    )
    following = predict_next(*steps[:2], 10, 1)
    return outlook(following, steps, states, [first, second, last], 1), states


@pytest.fixture(scope="module")
def found() -> tuple[Outlook, pd.DataFrame]:
    return made(tells=True)


def test_every_customer_has_a_chance_and_the_calls_are_in_order(found: tuple[Outlook, pd.DataFrame]) -> None:
    ahead, states = found
    table = ahead.customers
    assert sorted(table.index) == sorted(states.index)
    assert table["chance"].between(0, 1).all()
    assert table["gain_of_call"].is_monotonic_decreasing
    assert table["expected_amount"].to_numpy() == pytest.approx((table["chance"] * table["amount_if"]).to_numpy())
    odds = 1.1 * table["chance"] / (1 - table["chance"])
    assert table["gain_of_call"].to_numpy() == pytest.approx(
        ((odds / (1 + odds) - table["chance"]) * table["amount_if"]).to_numpy()
    )
    lapsed = table[table["method"] == NOT_JUDGED]
    assert set(lapsed.index) == set(states.index[states["3"] == LAPSED])
    assert (lapsed["chance"] == 0).all()  # nobody who lapsed before came back


def test_what_is_planted_is_learned_by_the_forest(found: tuple[Outlook, pd.DataFrame]) -> None:
    ahead, _ = found
    assert (ahead.chances_by, ahead.amounts_by) == (FOREST, FOREST)
    present = ahead.customers[ahead.customers["method"] != NOT_JUDGED]
    assert present["chance"].corr(present["visits"]) > 0.9
    assert ahead.judged["foretold_share"] == pytest.approx(ahead.judged["came_share"], abs=0.06)
    assert ahead.judged["total_ratio"] == pytest.approx(1, abs=0.15)
    assert "were expected to buy again" in on_outlook(ahead, "2023-H1")


def test_without_structure_the_rates_are_used() -> None:
    ahead, _ = made(tells=False)
    assert (ahead.chances_by, ahead.amounts_by) == (RATES, RATES)
    assert "the forest's chances were not surely better" in on_outlook(ahead, "2023-H1")
    said = on_calls(ahead)
    assert said.startswith("⟦Whom to call first is not known⟧")
    assert "Call first" not in said
    assert with_reasons(ahead.customers, money("£"), "H").loc[0, "reason"].endswith(" of guests buy again")


def test_the_chances_of_a_segment_rest_on_all_steps_so_far() -> None:
    ahead, states = made(tells=False)
    steps = [(states["1"], states["2"]), (states["2"], states["3"])]
    came = [(then == "guests")[now == "guests"] for now, then in steps]
    present = ahead.customers[ahead.customers["method"] != NOT_JUDGED]
    assert present["chance"].to_numpy() == pytest.approx(pd.concat(came).mean())
    assert len({round(each.mean(), 3) for each in came}) == 2  # so that the last step alone would be another chance
    assert ahead.judged["foretold_share"] == pytest.approx(came[0].mean())  # which knows nothing of the last step
    assert "rates of the segment over all steps so far" in on_outlook(ahead, "2023-H1")
    told = on_calls(replace(ahead, judged=ahead.judged.replace({ahead.judged["first_low"]: 0.5})))
    assert "Each has the chance of the own segment, so that within it the list goes by the amount." in told


def test_the_order_of_calls_is_said_to_rest_on_chances_that_change(found: tuple[Outlook, pd.DataFrame]) -> None:
    rows = [("H2", "guests", 0.4), ("H3", "guests", 0.5), ("H2", "others", 0.1), ("H3", "others", 0.9)]
    kept = pd.DataFrame(rows, columns=["period_after", "segment", "retained_share"]).assign(customers=99)
    ahead, _ = made(tells=False)
    assert (
        on_chances_by_step(ahead, kept)
        .replace("\xa0", " ")
        .startswith("The share of guests who bought again was 40 % to 50 % from one half-year to the next:")
    )
    assert on_chances_by_step(ahead, kept[kept["period_after"] == "H3"]) == ""
    assert on_chances_by_step(ahead, kept.assign(customers=9)) == ""
    assert on_chances_by_step(found[0], kept) == ""  # where a forest tells the chances


def test_what_is_planted_says_whom_to_call_first(found: tuple[Outlook, pd.DataFrame]) -> None:
    ahead, states = found
    assert 0.1 < ahead.judged["first_low"] < ahead.judged["first_share"] < ahead.judged["first_high"]
    n = len(states) // 10
    said = on_calls(ahead)
    assert said.startswith("⟦Call first: ")
    assert said.endswith("Whether calls raise it is not tested.")
    assert "chance of the own segment" not in said
    order = on_call_order(ahead, money("£"))
    assert f"That calls do so is an assumption. Each of the first {n} is expected to spend £" in order
    assert f"half of the {n} customers to call first" in order
    first = called_first(ahead)
    odds = ODDS * first["chance"] / (1 - first["chance"])
    hoped = (odds / (1 + odds)).mean()
    assert ("would stay hidden" in order) == (hoped < least_share(first["chance"].mean(), n // 2))


def test_each_line_has_a_reason(found: tuple[Outlook, pd.DataFrame]) -> None:
    table = with_reasons(found[0].customers, money("£"), "2023-H1").set_index("customer")
    assert table["reason"].str.len().gt(0).all()
    lapsed = found[0].customers["method"] == NOT_JUDGED
    assert table.loc[lapsed, "reason"].str.startswith("no order in 2023-H1").all()
    assert table.loc[~lapsed, "reason"].str.contains("buys again with a chance of").all()
    rough = found[0].customers["expected_amount"].map(lambda value: rounded(value, DIGITS))
    assert table["expected_amount"].tolist() == rough.tolist()


def test_where_most_is_lost() -> None:
    features = pd.DataFrame({"total_amount": [60.0, 30.0, 10.0]}, index=list("abc"))
    segment = pd.Series(["big", "small", "small"], index=list("abc"))
    step = Step(features, segment, pd.Series(["big", LAPSED, LAPSED], index=list("abc")))
    table = lost_by_segment(step).set_index("segment")
    assert table["lost"].to_dict() == {"small": 40.0, "big": 0.0}
    assert table["amount_share"].to_dict() == {"small": 0.4, "big": 0.6}
    assert "who stayed away in H2, 100\u00a0% came from ⟦small⟧" in on_lost(table.reset_index(), "H1", "H2")
    stayed = Step(features, segment, segment)
    assert "no amount was lost" in on_lost(lost_by_segment(stayed), "H1", "H2")


def test_when_second_orders_come() -> None:
    day = pd.Timestamp("2023-01-01")
    rows = [(f"c{i}", day) for i in range(80)] + [(f"c{i}", day + pd.Timedelta(days=14 + i % 2)) for i in range(40)]
    orders = pd.DataFrame([*rows, ("late", day + pd.Timedelta(days=200))], columns=["customer", "date"])
    waits = second_orders(orders, 100)
    assert len(waits) == 80
    assert waits.dropna().value_counts().to_dict() == {14: 20, 15: 20}
    said = on_second_order(waits, 100).replace("\u00a0", " ")
    assert "50 % ordered again within that time" in said
    assert "within 3 weeks, nine in ten within 3 weeks" in said
    assert said.endswith("between the two, when half of them have come and it is not too late.")
    assert "too few to say when" in on_second_order(waits.head(10), 100)


def test_only_a_young_single_order_is_followed_up() -> None:
    now = pd.Timestamp("2023-07-01")
    rows = [("old", 90, 5.0), ("young", 10, 7.0), ("twice", 20, 1.0), ("twice", 5, 1.0), ("new", 0, 9.0)]
    rows += [("due", 31, 4.0), ("late", 38, 3.0)]
    orders = pd.DataFrame([(name, now - pd.Timedelta(days=ago), value) for name, ago, value in rows])
    due = to_follow_up(orders.set_axis(["customer", "date", "value"], axis="columns"), pd.Series([7, 30, np.nan, 40]))
    assert due["customer"].tolist() == ["due", "late", "young", "new"]
    assert due[["amount", "days_ago"]].to_numpy().tolist() == [[4, 31], [3, 38], [7, 10], [9, 0]]
    assert due["due_in"].tolist() == [0, 0, 20, 30]  # of 7, 30 and 40 days half is 30


def worth(naive: tuple[float, float], model: tuple[float, float], lead: tuple[float, float], low: float) -> str:
    rows = [{"predictor": NAIVE, "rank_correlation": 0.1}, {"predictor": MODEL, "rank_correlation": 0.1}]
    for row, ends in zip(rows, (naive, model), strict=True):
        row |= {"rank_correlation_low": ends[0], "rank_correlation_high": ends[1]}
        row |= {f"rank_correlation_difference_{end}": value for end, value in zip(("low", "high"), lead, strict=True)}
    return on_worth(pd.DataFrame(rows).assign(total_ratio=1.5, total_ratio_low=low, total_ratio_high=1.6))


def test_which_forecast_of_worth_may_be_trusted() -> None:
    said = worth((-0.2, -0.1), (0.3, 0.4), (-0.6, -0.4), 1.4)
    assert "puts customers ⟦in the wrong order⟧" in said
    assert said.endswith("A model of orders does better, but expected 1.5 times the spend that came.")
    unsure = worth((0.1, 0.2), (0.1, 0.3), (-0.6, 0.4), 0.9)
    assert unsure.endswith("in a helpful order. A model of orders does not surely do better.")


def test_no_forecast_of_worth_is_better_where_none_tells_anything() -> None:
    noise = worth((-0.05, 0.01), (-0.02, 0.04), (-0.05, -0.01), 0.9)
    assert noise.endswith(
        "says nothing of what customers go on to spend. A model of orders says nothing of it either."
    )
    assert "says nothing of what they will spend" in worth((0.1, 0.2), (-0.1, 0.1), (0.1, 0.2), 0.9)


def test_where_new_members_go() -> None:
    columns = ["period", "segment", "members", "share", "again", "again_share", "others_again_share"]
    rows = [("H1", "guests", 60, 0.6, 6, 0.1, 0.3), ("H1", "regulars", 40, 0.4, 20, 0.5, np.nan)]
    said = on_newcomers(pd.DataFrame(rows, columns=columns)).replace("\u00a0", " ")
    assert "60 % enter as guests and 40 % enter as regulars" in said
    assert "10 % of the new guests, 30 % of the others there; 50 % of the new regulars." in said
    assert "too few" in on_newcomers(pd.DataFrame([("H1", "guests", 3, 1.0, 1, 0.3, 0.2)], columns=columns))
