"""What does the manager of the network need in three minutes: the answer, what to do, and how far to trust it?"""

import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from helpers.cases.health.cleaning import LOSSES
from helpers.cases.health.offer_sentences import FEW, chosen, standing
from helpers.cases.health.outlook import FIRST, Outlook
from helpers.cases.health.outlook_sentences import WEEKS, called_first, rise_of_calls, would_show
from helpers.cases.health.sentences import on_largest_hole
from helpers.cases.health.single_item import MONTHS
from helpers.cases.health.summary import SET_ASIDE
from helpers.models.experiments.impact import Impact
from helpers.models.experiments.power import least_rise
from helpers.models.lifetime_value.baselines import MODEL
from helpers.models.migration.transitions import ALL
from helpers.models.network.heavy_tail import top_count
from helpers.models.recommenders.comparison import LEAD
from helpers.sentences import checks
from helpers.sentences.checks import BEATS_SIMPLE, GROUPS_HOLD, WHOLE, lead_in_half_widths
from helpers.sentences.migration.transitions import best_and_worst
from helpers.verdicts import Action, Check, Verdict
from helpers.wording import PERCENT, Formatter, count, percent, roughly

PLANNED: dict[Verdict, str] = {
    "holds": "near enough to plan by",
    "with care": "take its amounts with care",
    "fails": "do not plan by its amounts",
}
Checked = tuple[Check, float, str]  # what `check` is to be told
Figure = tuple[float, str, str]  # what `key_figure` is to be told: value, reference and label
USED = replace(WHOLE, measure="share of the rows that could be used, of the years that were not excluded")
CLEARER = replace(
    checks.CLEARER,
    measure="silhouette of the groups, less the highest one where the orders are dealt to the customers at random",
    reason="Orders dealt at random fall into groups, too, so that only groups clearer than theirs tell of kinds of "
    "customers; differences smaller than the upper limit come and go with the draw.",
)
GROUPS = replace(
    GROUPS_HOLD,
    measure="Jaccard index of the least stable of the groups that are cut from the customers looked at, between "
    "these and samples of them",
)
OFFERS = replace(
    BEATS_SIMPLE,
    measure="lead over the best simple list in NDCG, which chose the method, on held-out data, in half widths of its "
    "95 % interval",
)
EXPECTED = Check(
    "Did the forecast behind the calls come true?",
    "how far the amount expected of the customers of one half-year was from what they spent in the next, as a share "
    "of it",
    holds=0.1,
    fails=0.3,
    reason="A list of calls needs the right order more than the right amount: a tenth changes no plan, and three "
    "tenths would.",
)
LIFETIME = Check(
    "Can the lifetime values be planned by?",
    "how far the spend that the model of lifetime value expected in the last half-year was from what came, as a "
    "share of it",
    holds=0.1,
    fails=0.3,
    reason="A budget can bear a tenth more or less; three tenths make it another budget.",
)
UNKNOWN_OFFERS = "What to offer is not known: too few bought anything new after a single product."


def on_who(sizes: pd.DataFrame, firm: bool) -> str:
    """Answer who buys, from `segment_sizes` and from whether the segments hold."""
    own = sizes[sizes["segment"] != SET_ASIDE]
    if not firm or own.empty:
        return "The customers form no groups that can be relied on."
    first = own.loc[own["amount_share"].idxmax()]
    customers, amount = percent(first["customers_share"]), percent(first["amount_share"])
    return f"{first['segment']} are {customers} of the customers and bring {amount} of what was ordered."


def on_again(kept: pd.DataFrame, firm: bool) -> str:
    """Answer who will buy again, from `retention` and from whether the segments hold."""
    if kept.empty:
        return "Who buys again cannot be told yet."
    everybody = kept[kept["segment"] == ALL].iloc[-1]
    large = kept[(kept["customers"] >= FEW) & (kept["period_after"] == everybody["period_after"])]
    back = f"{percent(everybody['retained_share'])} of half a year's customers buy again in the next"
    if not firm or (large["segment"] != ALL).sum() < 2:
        return f"{back}."
    best, worst = best_and_worst(large)
    if best["retained_low"] <= worst["retained_high"]:
        return f"{back}, and no group surely more often than another."
    most, least = (_over_steps(kept, row["segment"]) for row in (best, worst))
    return (
        f"From one half-year to the next, {most} of {best['segment']} bought again; of {worst['segment']}, {least}."
    )


def _over_steps(kept: pd.DataFrame, segment: str) -> str:
    """Return the lowest and the highest share of a segment that was retained in a step, of FEW customers and more."""
    shares = kept.loc[(kept["segment"] == segment) & (kept["customers"] >= FEW), "retained_share"]
    low, high = percent(shares.min()), percent(shares.max())
    return high if low == high else f"{low.removesuffix(PERCENT)} to {high}"


def on_offer(compared: pd.DataFrame, k: int) -> str:
    """Answer what to offer, from `single_item.compared`."""
    return {
        "untold": UNKNOWN_OFFERS,
        "simple": "No offer made for the single customer does better than what sells best.",
        "not shown": "No offer is shown to do better than what sells best, so test offers before you send them.",
        "better": "Offers made for the single customer find more of what customers want than the best sellers do.",
        "first better": "Of the offers, the first suits more customers than the best seller does; for all "
        f"{count(k)} that is not shown.",
        "order better": "Offers made for the single customer suit better than the best sellers, where the first "
        "count most.",
    }[standing(compared, k)]


def calls(ahead: Outlook, money: Formatter) -> list[Action]:
    """Return whom to call, where the order of calls tells more than chance."""
    first = called_first(ahead)
    if first.empty or not ahead.judged["first_low"] > FIRST:
        return []
    names = first["segment"].value_counts(sort=False).sort_index().sort_values(ascending=False, kind="stable").index
    test = f"not tested: leave out half, picked at random, compare after {count(WEEKS, 'week')}"
    if not would_show(first):
        test += "; a gain of that size would stay hidden"
    worth = roughly(money)(first["gain_of_call"].sum())
    returns = max(1, round(rise_of_calls(first).sum()))
    return [
        Action(
            "Call where most is expected of a call",
            f"the first of the list, mostly {names[0]}",
            len(first),
            f"{worth} in a half-year, if calls bring back {count(returns)} who would not come: that is assumed",
            "too few for a test: try it" if len(first) < FEW else test,
            "calls",
        )
    ]


def offers(
    compared: pd.DataFrame, k: int, audience: int, impact: Impact, before: pd.DataFrame, weeks: int
) -> list[Action]:
    """Return to whom offers are to be sent as a test, and which gain that would hide.

    What customers did in as many weeks `before`, `outcomes`, says how far they differ.
    """
    if not audience:
        return []
    row = impact.by_acceptance[impact.by_acceptance["acceptance"].sub(impact.acceptance).abs() < 1e-9].iloc[0]
    gain = (
        f"{_tenths(row['gain'])} more sales to them{_between(row)}, if all get them and "
        f"{percent(impact.acceptance)} of fitting offers add a purchase"
    )
    test = f"leave out half, picked at random, compare after {count(weeks, 'week')}"
    rise = least_rise(before["amount"], audience // 2)
    if not math.isnan(rise):
        test += f"; less than {percent(rise)} more sales would stay hidden"
    return [
        Action(
            "Try the offers" if audience < FEW else "Test the offers",
            f"customers of a single product in the last {MONTHS} months",
            audience,
            "" if math.isnan(row["low"]) or impact.buyers < FEW else gain,
            f"{_ground_of(compared, k)}; {'too few for a test' if audience < FEW else test}",
            "offers",
        )
    ]


def _ground_of(compared: pd.DataFrame, k: int) -> str:
    not_shown = "not shown to be better than the best sellers"
    return {
        "untold": not_shown,
        "simple": "these are the best sellers: nothing that was tried does better",
        "not shown": not_shown,
        "better": "customers bought more of them than of the best sellers",
        "first better": f"customers bought the first more often than the best seller, not surely all {count(k)}",
        "order better": "better than the best sellers, where the first count most",
    }[standing(compared, k)]


def follow_up(waits: pd.Series, due: pd.DataFrame, tested: pd.Index) -> list[Action]:
    """Return whom to remind while second orders still come, from `outlook.second_orders` and `to_follow_up`.

    Some of them may be `tested`: the customers in the test of the offers.
    """
    came, now = waits.dropna(), due[due["due_in"] == 0]
    if len(came) < FEW or now.empty:
        return []
    half, most = (math.ceil(came.quantile(share) / 7) for share in (0.5, 0.9))
    both = int(now["customer"].isin(tested).sum()) if len(tested) >= FEW else 0
    in_test = f"; of the {count(both)} who are in the offers' test, remind half of either side" if both > 1 else ""
    later = f"; {count(len(due) - len(now), 'younger one')} will be due later" if len(due) > len(now) else ""
    test = f"not tested: leave out half, picked at random, compare after {count(max(most - half, 1), 'week')}"
    return [
        Action(
            f"Remind who has ordered once, {count(half, 'week')} after the order",
            f"customers whose only order is {half} to {count(most, 'week')} old{later}{in_test}",
            len(now),
            "",
            f"{'too few for a test: try it' if len(now) < FEW else test}; half of the second orders come within "
            f"{count(half, 'week')}, nine in ten within {count(most, 'week')}",
            "follow_up",
        )
    ]


def on_groups(firmness: pd.DataFrame, k: int) -> str:
    """Say in a sentence whether the segments can be relied on, from `stability_beside_null`."""
    if GROUPS.verdict(groups_hold(firmness, k)[1]) != "holds":
        return "⟦The segments are not to be relied on⟧: other samples of the customers fall into others."
    if CLEARER.verdict(groups_are_clear(firmness, k)[1]) != "holds":
        return "⟦The segments are a convenience, not kinds of customers⟧: chance alone makes groups as clear."
    return "Other samples of the customers fall into the same segments, ⟦clearer than chance would make them⟧."


def largest_segment(sizes: pd.DataFrame) -> Figure:
    """Return what the segment with the largest sales brings, from `segment_sizes`."""
    own = sizes[sizes["segment"] != SET_ASIDE]
    if own.empty:
        return float("nan"), "nobody is in a segment", "Sales of the largest segment"
    first = own.loc[own["amount_share"].idxmax()]
    reference = f"{percent(first['customers_share'])} of the customers"
    return float(first["amount_share"]), reference, f"Share of the sales (as ordered) from {first['segment']}"


def bought_again(kept: pd.DataFrame) -> Figure:
    """Return how many customers bought again in the last half-year, from `retention`."""
    last = kept[kept["segment"] == ALL].iloc[-1]
    between = f"{percent(last['retained_low'])} to {percent(last['retained_high'])}"
    return float(last["retained_share"]), between, "Bought again in the next half-year"


def wanted(compared: pd.DataFrame, k: int) -> Figure:
    """Return how many of those who bought anew bought one of k offers, beside the best sellers, from `compared`."""
    row, label = chosen(compared, f"hit@{k}"), f"Next product was among {count(k, 'offer')}"
    if row is None:
        return float("nan"), "nobody to judge by", label
    if row["customers"] < FEW:
        return float(row["value"]), f"of only {count(row['customers'], 'customer')}: too few to tell", label
    rows = compared[compared["measure"] == f"hit@{k}"].set_index("method")["value"]
    reference = f"of those who bought a new one; {percent(rows[row['rival']])} among those {row['rival']}"
    return float(row["value"]), reference, label


def top_recruiters(concentration: pd.DataFrame, sponsors: int, top: float) -> Figure:
    """Return how many of the recruits the top ones of so many sponsors have, from `concentration`."""
    share, n = concentration.iloc[0], top_count(sponsors, top)
    reference = f"{percent(share['low'])} to {percent(share['high'])}; there are {count(sponsors, 'sponsor')}"
    return float(share["value"]), reference, f"Recruits brought by the top {count(n, 'sponsor')}"


def most_of_offers(impact: Impact) -> Figure:
    """Return what offers could add to the sales of the audience, were all fitting ones accepted."""
    most = impact.by_acceptance.iloc[-1]
    whose = f"to sales to customers of a single product{_between(most)}, if offers only add to what these buy anyway"
    return (
        float(most["gain"]),
        f"{whose}; the target is {percent(impact.target)}",
        "Most that fitting offers could add",
    )


def _between(row: pd.Series) -> str:
    """Return the interval of a gain in brackets; nothing where it is not known, or too narrow to be told."""
    low, high = _tenths(row["low"]), _tenths(row["high"])
    return "" if math.isnan(row["low"]) or low == high else f" ({low} to {high})"


def _tenths(share: float) -> str:
    return percent(share, 1)


def data_are_whole(audit: pd.DataFrame, months: pd.DataFrame, excluded: Sequence[int]) -> Checked:
    """Check how many of the rows could be used, but for the years that were excluded, and name the largest hole.

    From `CleanHealth.audit` and `months`.
    """
    lost = audit.set_index("step").eval("rows_before - rows_after")
    left = int(audit["rows_after"].iloc[-1])
    value = left / (int(audit["rows_before"].iloc[0]) - int(lost[LOSSES[-1]]))
    lines = {
        "holds": "too few to change a figure",
        "with care": "take small differences with care",
        "fails": "what is left may be customers of a kind of their own",
    }
    used = f"{percent(1 - value)} of the rows could not be used: {lines[USED.verdict(value)]}."
    return USED, value, f"{used} {on_largest_hole(months, excluded)}".rstrip()


def groups_hold(firmness: pd.DataFrame, k: int) -> Checked:
    """Check whether samples of the customers fall into the same groups, from `stability_beside_null`."""
    value = float(firmness.set_index("clusters").loc[k, "weakest"])
    lines = {
        "holds": "Other samples of the customers fall into the same groups.",
        "with care": "Other samples fall into partly other groups: rely on the large ones only.",
        "fails": "Other samples of the customers fall into other groups: do not plan by them.",
    }
    return GROUPS, value, lines[GROUPS.verdict(value)]


def groups_are_clear(firmness: pd.DataFrame, k: int) -> Checked:
    """Check whether the groups are clearer than if the orders were dealt at random, from `stability_beside_null`."""
    row = firmness.set_index("clusters").loc[k]
    value = float(row["silhouette"] - row["null_silhouette"])
    lines = {
        "holds": "The groups are clearer than those that chance alone would make.",
        "with care": "The groups are hardly clearer than those that chance alone would make.",
        "fails": "Chance alone makes groups as clear: they are a convenience, not kinds of customers.",
    }
    return CLEARER, value, lines[CLEARER.verdict(value)]


def offers_beat_the_best_sellers(compared: pd.DataFrame, k: int) -> Checked:
    """Check whether the chosen method of offers beats the best simple list, from `single_item.compared`."""
    stands, row = standing(compared, k), chosen(compared, f"NDCG@{k}")
    if row is None or stands == "untold":
        return OFFERS, float("nan"), "Too few bought anything new to judge the offers."
    if stands == "simple":
        return OFFERS, 0.0, "Nothing that was tried beats the best sellers, so these are what is offered."
    value = lead_in_half_widths(row[LEAD], row[f"{LEAD}_low"], row[f"{LEAD}_high"])
    lines = {
        "better": "Customers bought more of what would have been offered than of the best sellers.",
        "first better": "Customers bought the first offer more often than the best seller; for all "
        f"{count(k)} that is not shown.",
        "order better": "Customers bought more of what would have been offered, where the first offers count most.",
        "not shown": "Whether the offers suit customers better than the best sellers is not sure.",
    }
    worse = "In the trial, customers wanted the best sellers more often than these offers."
    return OFFERS, value, worse if OFFERS.verdict(value) == "fails" else lines[stands]


def forecast_came_true(ahead: Outlook) -> Checked:
    """Check how far the amount expected of all customers came true in the last half-year, from an `Outlook`."""
    ratio = float(ahead.judged["total_ratio"])
    if math.isnan(ratio):
        return EXPECTED, ratio, "There was no earlier half-year to judge the forecast by."
    off = f"For the call list, {_miss(ratio)} was expected than came in the last half-year"
    return EXPECTED, abs(ratio - 1), f"{off}: {PLANNED[EXPECTED.verdict(abs(ratio - 1))]}."


def lifetime_values_came_true(measures: pd.DataFrame) -> Checked:
    """Check how far the total of the model of lifetime value came true, from `compare_values`."""
    ratio = float(measures.set_index("predictor").loc[MODEL, "total_ratio"])
    if not math.isfinite(ratio):
        return LIFETIME, float("nan"), "Nobody spent anything by which the lifetime values could be judged."
    off = f"The model expected {_miss(ratio)} spend than came in the last half-year"
    return LIFETIME, abs(ratio - 1), f"{off}: {PLANNED[LIFETIME.verdict(abs(ratio - 1))]}."


def _miss(ratio: float) -> str:
    return f"{percent(abs(ratio - 1))} {'more' if ratio > 1 else 'less'}"
