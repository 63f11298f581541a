"""What may be said of the gain from offers, of what it rests on, and of the test that would prove it?"""

import math
from collections.abc import Hashable

import pandas as pd

from helpers.models.experiments.impact import Impact
from helpers.models.experiments.power import CONVERSION, POWER, REVENUE, least_share
from helpers.sentences.pieces import ends, tenths
from helpers.wording import Formatter, count, fixed, percent

FEW = 30  # customers who buy
UNTOLD = "What offers would bring cannot be told, since nobody in the audience bought in the weeks after."
LIKELY, UNLIKELY = 0.95, 0.05
OUTCOMES = {CONVERSION: "the share who buy", REVENUE: "the revenue per customer"}
SHOWN = "4 times in 5"  # as POWER says
FEASIBLE = 104  # weeks of a test, at most


def on_measured(impact: Impact, money: Formatter) -> str:
    """Say what the held-out weeks showed of the audience."""
    if not impact.buyers:
        return f"Of {count(impact.audience, 'customer')} in the audience, nobody bought in the weeks after."
    rows = impact.inputs.set_index("measure")
    few = " So few say little." if impact.buyers < FEW else ""
    offers = "the offer was" if impact.offers == 1 else f"one of {impact.offers} offers was"
    hit = f", at a price of {_range(rows.loc['price'], money)}" if rows.loc["hit_rate", "value"] else ""
    brackets = "" if rows["low"].isna().all() else " In brackets are 95 % intervals."
    sales, cart = (_range(rows.loc[name], money) for name in ("sales_per_buyer", "cart_value"))
    orders = _range(rows.loc["orders_per_buyer"], fixed(2))
    return (
        f"Of {count(impact.audience, 'customer')} in the audience, ⟦{count(impact.buyers)}⟧ bought in the weeks "
        f"after, {_range(rows.loc['buyers_share'], percent)}. Each of these spent {sales} on average, in "
        f"{orders} orders of {cart}. For {_range(rows.loc['hit_rate'], percent)} of them "
        f"{offers} among what they bought{hit}.{brackets}{few}"
    )


def on_not_incremental(impact: Impact) -> str:
    """Say why the hit rate is not what the offers would bring."""
    if not impact.buyers:
        return UNTOLD
    return (
        f"The hits ({percent(_hit_rate(impact))} of those who bought) were bought without any offer: ⟦counted as a "
        "gain they would be sales that came anyway⟧. What a relevant offer adds, its incremental acceptance, is an "
        "assumption here; only a test with a control group can measure it."
    )


def on_gain(impact: Impact) -> str:
    """Say what the assumed acceptance would bring."""
    if not impact.buyers:
        return UNTOLD
    row = _assumed(impact)
    said = (
        f"If {percent(impact.acceptance)} of the relevant offers led to a purchase that would not have come anyway, "
        f"the sales to the audience would rise by ⟦{_range(row.rename({'gain': 'value'}), tenths)}⟧"
    )
    if math.isnan(row["reaches_target"]):
        return f"{said}."
    return (
        f"{said}. The target of {percent(impact.target)} is reached in {percent(row['reaches_target'])} of the "
        f"simulated draws; these count the doubt in hit rate, price and cart, and not the doubt in the acceptance."
    )


def _assumed(impact: Impact) -> pd.Series:
    table = impact.by_acceptance
    return table[table["acceptance"].sub(impact.acceptance).abs() < 1e-9].iloc[0]


def on_needed(impact: Impact) -> str:
    """Say what acceptance the target takes, and whether that is plausible."""
    value, high = impact.needed["acceptance"], impact.needed["high"]
    if not impact.buyers:
        return UNTOLD
    if math.isinf(value):
        why = "The relevant offers cost nothing" if _hit_rate(impact) else "No offer was relevant to anyone"
        return f"{why}, so no acceptance reaches a gain of {percent(impact.target)}."
    if value > 1 >= impact.needed["low"]:
        return (
            f"As measured, a gain of {percent(impact.target)} takes more than that every relevant offer is accepted; "
            f"within the 95 % interval it takes an acceptance of {percent(impact.needed['low'])} or more."
        )
    if value > 1:
        most = impact.by_acceptance["gain"].iloc[-1]
        return (
            f"A gain of {percent(impact.target)} ⟦cannot be reached⟧ by relevant offers alone: if every one of them "
            f"added a purchase, the sales to the audience would rise by {tenths(most)}. What offers may win from "
            "others, who bought something else or nothing, is not counted."
        )
    upper = percent(high) if high <= 1 else "more than all"
    known = "" if math.isnan(high) else f" (95 % interval {percent(impact.needed['low'])} to {upper})"
    return (
        f"A gain of {percent(impact.target)} takes an incremental acceptance of ⟦{percent(value)}⟧{known} of the "
        f"relevant offers, that is of {percent(value * _hit_rate(impact))} of the customers who buy."
    )


def on_plausibility(impact: Impact) -> str:
    """Say in a sentence whether the target is plausible at the assumed acceptance."""
    reached = _assumed(impact)["reaches_target"]
    target, assumed = percent(impact.target), f"an acceptance of {percent(impact.acceptance)}"
    if math.isnan(reached) or impact.buyers < FEW:
        known = f"{count(impact.audience, 'customer')}, of whom {count(impact.buyers)} bought"
        return f"Whether a gain of {target} is plausible cannot be told from {known}."
    if reached >= LIKELY:
        return f"With {assumed}, a gain of {target} ⟦is plausible⟧; whether that acceptance is, a test must show."
    if reached <= UNLIKELY:
        return f"With {assumed}, a gain of {target} ⟦is not plausible⟧."
    return f"With {assumed}, a gain of {target} ⟦is uncertain⟧: it is reached in {percent(reached)} of the draws."


def on_size_of_test(sizes: pd.DataFrame, effect: float) -> str:
    """Say what a test takes to find an effect, by both outcomes, from `with_weeks`."""
    rows = sizes[sizes["effect"].sub(effect).abs() < 1e-9]
    said = [_one_test(row, effect) for _, row in rows.iterrows()]
    return (
        f"A test with half of the audience as control, at a level of 5 % in both directions and a power of "
        f"{percent(POWER)}: {'; '.join(said)}."
    )


def _one_test(row: pd.Series, effect: float) -> str:
    what = f"to find {_rise(row['outcome'], effect)}"
    if math.isnan(row["customers"]):
        return f"{what}, no size of test can be told, as the outcome does not vary or cannot rise so far"
    size = f"{what}, it takes ⟦{count(row['customers'], 'customer')}⟧"
    if math.isinf(row["weeks"]):
        return f"{size}, more than there are, and nobody joins the audience: ⟦not feasible⟧ with this audience"
    if row["weeks"] > FEASIBLE:
        return f"{size}, which would take more than {FEASIBLE} weeks: ⟦not feasible⟧ with this audience"
    return f"{size} and about ⟦{count(row['weeks'], 'week')}⟧ with this audience"


def _rise(outcome: Hashable, effect: float) -> str:
    return f"a rise of {percent(effect)} in {OUTCOMES[str(outcome)]}"


def on_test_advice(sizes: pd.DataFrame, audience: int) -> str:
    """Say which effects the audience of today is enough for, from `with_weeks`.

    Examples
    --------
    >>> sizes = {"outcome": CONVERSION, "effect": [0.1, 0.2], "customers": [3000, 776], "weeks": [30, 4]}
    >>> print(on_test_advice(pd.DataFrame(sizes), audience=1000))
    The 1,000 customers of today are enough to find a rise of 20 % in the share who buy, and more than that.
    """
    if sizes["customers"].isna().all():
        return "No size of a test can be told from these outcomes."
    enough = sizes[sizes["customers"] <= audience]
    today = f"The {count(audience, 'customer')} of today are"
    if enough.empty and not (sizes["weeks"] <= FEASIBLE).any():
        return (
            f"{today} too few for any effect tried, and too few join for a test of {FEASIBLE} weeks or less: "
            "none is feasible with this audience."
        )
    if enough.empty:
        return f"{today} too few for any effect that was tried; a test has to take in customers as they join."
    least = enough.groupby("outcome", sort=False)["effect"].min()
    words = [_rise(name, effect) for name, effect in least.items()]
    return f"{today} enough to find {' or '.join(words)}, and more than that."


def on_advised_test(
    whom: str,
    audience: int,
    share: float,
    weeks: int,
    outcome: str = "who buy",
    given: str = "it",
) -> str:
    """Advise a test where the evidence is too weak for advice: whom, how many, how long, and what it would find.

    Parameters
    ----------
    whom
        Who is in the audience, after a number: "customers of the segment Guests".
    audience
        How many they are today.
    share
        The share of them for whom the outcome came by itself in as many weeks, before the test.
    weeks
        How long each of them is watched.
    outcome
        What is counted, after "the share".
    given
        What half of them get.

    Examples
    --------
    >>> print(on_advised_test("guests", 776, 0.5, 4))
    Test it first: ⟦half of the 776 guests⟧ get it, chosen at random, and the others do not. After 4 weeks, compare
    the share who buy. A rise from 50 % to 60 % would show 4 times in 5; a smaller one may stay hidden.
    """
    if audience < FEW:
        return f"{count(audience)} {whom} are too few for a test: try it, and do not call it proven."
    half, period = audience // 2, count(weeks, "week")
    found = least_share(share, half)
    lots = f"⟦half of the {count(audience)} {whom}⟧ get {given}, chosen at random"
    lot = f"Test it first: {lots}, and the others do not."
    if math.isnan(found):
        return f"{lot} After {period}, compare the share {outcome}: only a much larger audience would show a rise."
    rise = f"A rise from {percent(share)} to {percent(found)} would show {SHOWN}"
    return f"{lot} After {period}, compare the share {outcome}. {rise}; a smaller one may stay hidden."


def _hit_rate(impact: Impact) -> float:
    return float(impact.inputs.set_index("measure").loc["hit_rate", "value"])


def _range(row: pd.Series, write: Formatter) -> str:
    return write(row["value"]) if math.isnan(row["low"]) else f"{write(row['value'])} ({ends(row, write)})"
