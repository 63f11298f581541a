"""What does a manager read first: who is worth which effort, what is each to be offered, how far to trust it?"""

import math
from dataclasses import replace

import pandas as pd

from helpers.cases.rfm.advice import COVERS, cautiously, segment_to_test
from helpers.cases.rfm.changes import segments_then
from helpers.cases.rfm.hindsight import misses, on_record, side
from helpers.cases.rfm.naming import LAPSED, NEW, Effort, Segmentation
from helpers.cases.rfm.summary import ADDED, NOT_BACK
from helpers.datasets.doubts import MUCH_DROPPED
from helpers.models.experiments.power import least_share
from helpers.models.lifetime_value.holdout import MODEL, is_off
from helpers.models.lifetime_value.value import ALL
from helpers.sentences.checks import BEATS_SIMPLE, BEYOND_CHANCE, CAME_TRUE, lead_in_half_widths
from helpers.sentences.experiments import FEW
from helpers.verdicts import Action, Check
from helpers.wording import Formatter, count, percent, roughly, rounded_down

MOST = 4  # segments with an action of their own, beside the test
STAY = Check(
    "Do customers stay in their segment?",
    "share of the customers of the earlier day who are in the same segment now",
    holds=0.75,
    fails=0.5,
    reason="A mailing can bear one wrong reader in four; where more than half have moved by the next one, an old "
    "list reaches mostly the wrong ones.",
)
TELL = replace(BEYOND_CHANCE, question="Do the segments tell who orders again?")
LISTS = replace(BEATS_SIMPLE, question="Do the lists beat simple ones?")


def plan(efforts: pd.DataFrame, by_segment: pd.DataFrame, sizes: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    """Return what is known of each segment in a row: `summary.actions`, `widened`, `segment_table`, `hit_rates`."""
    worth = by_segment.set_index("segment").filter(regex="^(total|mean)")
    did = sizes.set_index("segment")[["recency", "frequency"]]
    hits = rates.set_index("segment")[["customers", "hit_rate", "simple_rate", "better"]]
    return efforts.join(worth, on="segment").join(did, on="segment").join(hits.add_prefix("list_"), on="segment")


def tells(p: float) -> bool:
    """Return whether the segments tell who orders again beyond chance."""
    return TELL.verdict(p) != "fails"


def on_effort(efforts: pd.DataFrame, p: float, days: int) -> str:
    """Say who is worth most effort and who may not be back soon, from `summary.actions` and `p_of_segments`."""
    if math.isnan(p):
        return "These data are too few to tell whom effort is worth. Treat all customers alike."
    if not tells(p):
        return "It is not shown that segments tell who will order again. Until a test shows it, treat all alike."
    some = efforts[(efforts["expected_value"] > 0) & (efforts["segment"] != LAPSED)]
    if some.empty:
        return "Nobody is expected to order again, so no effort can be advised."
    first = some.loc[some["expected_value_of_a_customer"].idxmax()]
    of_all, brought = (percent(first[name] / some[name].sum()) for name in ("customers", "revenue"))
    best = f"{first['segment']} deserve most effort: {of_all} of active customers bring {brought} of their revenue."
    if not (some[NOT_BACK] > 0).any():
        return best
    late = some.loc[some[NOT_BACK].idxmax()]
    gone = percent(1 - late["ordered_again"])
    if late["segment"] == first["segment"]:
        return f"{best} Yet {gone} of them did not order again in {count(days, 'day')}, though some order later."
    of_late = f"Of the revenue from customers not expected back in {count(days, 'day')}"
    return f"{best} {of_late}, {late['segment']} brought most: {gone} did not order again."


def on_offers(rates: pd.DataFrame) -> str:
    """Say whether each customer should get a list of their own, from `offers.hit_rates`."""
    own = rates[rates["segment"] != LAPSED]
    judged, better = (own["customers"] > 0).sum(), own["better"].sum()
    if not judged:
        return "Which products to offer them could not be tried."
    if not better:
        return "Lists of their own did no better than the bestsellers in trials, so test them before you send them."
    fitted = "fitted what customers bought next better than the bestsellers"
    if better == judged:
        return f"Offer each customer a list of their own: it {fitted}."
    return f"Offer lists of their own in {better} of {judged} segments, where these {fitted}."


def to_do(
    segmentation: Segmentation, known: pd.DataFrame, p: float, spans: tuple[int, int], money: Formatter
) -> list[Action]:
    """Return what to do with whom: the segments of which most is expected, and a test.

    Parameters
    ----------
    known, p
        From `plan` and `p_of_segments`. Segments that do not tell who orders again are only to be tested.
    spans
        The days in which customers could order again, and those for which they are valued.
    """
    tested = segment_to_test(known, known["list_better"])
    again, ahead = spans
    some = known[(known["expected_value"] > 0) & (known["segment"] != LAPSED) & tells(p)]
    others = some if tested is None else some[some["segment"] != tested["segment"]]
    found = [
        _effort(row, segmentation.efforts[row["segment"]], ahead, money) for _, row in others.head(MOST).iterrows()
    ]
    return found if tested is None else [*found, _test(tested, segmentation.efforts[tested["segment"]], again)]


def sizes_of_advised(efforts: pd.DataFrame, found: list[Action]) -> list[int]:
    """Return how large the groups are that something is advised for, in `summary.actions` or in `to_do`."""
    some = efforts[(efforts["customers"] > 0) & (efforts["segment"] != LAPSED)]
    return [*some["customers"], *(one.how_many for one in found)]


def _effort(row: pd.Series, effort: Effort, days: int, money: Formatter) -> Action:
    added = cautiously(roughly(money), ADDED * row["total"], ADDED * row["total_low"])
    limit = cautiously(money, *(rounded_down(row[name]) for name in ("break_even", "break_even_low")))
    worth = f"{added} in {count(days, 'day')} if each buys {percent(ADDED)} more."
    orders, last = count(row["frequency"], "order"), count(row["recency"], "day")
    return Action(
        what=effort.in_short,
        whom=f"{row['segment']}: on average {orders}, the last {last} ago",
        how_many=int(row["customers"]),
        worth=f"{worth} That breaks even at {limit} for each, {COVERS}.",
        how_sure=f"Effect not yet tested.{on_record(row['earlier_forecasts'])} {_on_list(row)}",
        rows="customers",
    )


def _on_list(row: pd.Series) -> str:
    if not row["list_customers"]:
        return "Its list could not be tried."
    if not row["list_better"]:
        return "Its list was not surely better than the bestsellers."
    own, simple = percent(row["list_hit_rate"]), percent(row["list_simple_rate"])
    return f"Unprompted, {own} of buyers bought something on its list, {simple} one of the bestsellers."


def _test(row: pd.Series, effort: Effort, days: int) -> Action:
    plan, half = f"{effort.in_short[:1].lower()}{effort.in_short[1:]}", int(row["customers"]) // 2
    if row["customers"] < FEW:
        unproven = "Too few to prove anything."
        return Action(f"Try to {plan}", row["segment"], int(row["customers"]), how_sure=unproven, rows="customers")
    found = least_share(row["ordered_again"], half)
    rise = f"A rise from {percent(row['ordered_again'])} to {percent(found)} who order would show"
    shows = "Only a very large effect would show" if math.isnan(found) else rise
    wanted = row["ordered_again"] * (1 + ADDED)
    hidden = "" if wanted >= found else f" A rise to {percent(wanted)} would stay hidden."
    return Action(
        what=f"Test first: {plan}",
        whom=f"Half of {row['segment']}, picked at random",
        how_many=half,
        how_sure=f"{shows} in {count(max(days // 7, 1), 'week')}.{hidden}",
        rows="customers",
    )


def whole(audit: pd.DataFrame, codes: pd.DataFrame, aside: int) -> tuple[float, str]:
    """Return the measure of WHOLE and a line on it.

    From an audit, the `dropped_codes`, where these are much, and the lines that were set aside while the files were
    read. A line that is there twice loses nothing by being counted once.
    """
    dropped = float(codes["revenue_share"].sum())
    if dropped > MUCH_DROPPED:
        return 1 - dropped, f"Codes with {percent(dropped)} of all amounts are dropped as no products: look which."
    lost = (audit["rows_before"] - audit["rows_after"]).groupby(audit["step"]).sum()
    repeated, without = (
        lost[lost.index.str.contains(what)].sum() for what in ("repeated", "without a (?:cust|price)")
    )
    share = (without + aside) / (audit["rows_before"].iloc[0] - repeated + aside)
    if not share:
        return 1.0, "Every line names its customer and its price."
    unread = " or cannot be read" if aside else ""
    lines = f"{percent(share)} of the lines name no customer or no price{unread}"
    return float(1 - share), f"{lines}, and what they sold is missing here."


def stayed(moves: pd.DataFrame) -> float:
    """Return which share of the customers of the earlier day are in the same segment now, from `movement`."""
    old = moves[moves["before"] != NEW]
    same = old.loc[old["before"] == old["after"], "customers"].sum()
    return float(same / old["customers"].sum()) if len(old) else math.nan


def on_staying(moves: pd.DataFrame, days: int) -> str:
    """Say what it means how many stay in their segment."""
    share = stayed(moves)
    if math.isnan(share):
        return f"Nobody was a customer {count(days, 'day')} before, so this cannot be told."
    often = "as often" if STAY.verdict(share) == "holds" else "before each mailing"
    return f"In {count(days, 'day')}, {percent(1 - share)} left their segment: rebuild the lists {often}."


def on_telling(p: float, again: pd.DataFrame, days: int) -> str:
    """Say whether segments of an earlier day tell who ordered since, from `ordered_again`."""
    if math.isnan(p):
        return "Too few customers were in two segments of the earlier day, so this cannot be told."
    if not tells(p):
        return f"In {count(days, 'day')}, no segment ordered again more or less often than chance explains."
    some = segments_then(again)
    most, least = (some.loc[getattr(some["ordered_again"], way)()] for way in ("idxmax", "idxmin"))
    return (
        f"Of {most['segment']}, {percent(most['ordered_again'])} ordered again; of {least['segment']}, "
        f"{percent(least['ordered_again'])}."
    )


def lead_of(compared: pd.DataFrame, offered: str) -> float:
    """Return the measure of LISTS for the method that was chosen for an offer, from `lists.compared`."""
    rows = compared[(compared["offered"] == offered) & (compared["measure"] == "ndcg")]
    rows = rows[rows["winner"].astype(bool)]
    if rows.empty or rows["customers"].iloc[0] < FEW:
        return math.nan
    row = rows.iloc[0]
    if row["method"] == row["rival"]:
        return 0.0
    return lead_in_half_widths(row["lead"], row["lead_low"], row["lead_high"])


def on_lead(value: float, offered: str) -> str:
    """Say what the lead of the lists of what is offered (new or all products) over simple ones means."""
    if math.isnan(value):
        return "Too few bought both before the last days and in them, so the lists could not be tried."
    found = {
        "holds": "fitted what customers bought better than the best simple list",
        "with care": "were not surely better than the best simple list",
        "fails": "fitted worse than the best simple list, so use that one",
    }
    return f"Tried on the last days of the data, lists of {offered} {found[LISTS.verdict(value)]}."


def came_true(tested: pd.DataFrame) -> float:
    """Return the share of earlier forecasts of all customers that the model's own interval held."""
    return float(tested.loc[tested["segment"] == ALL, "held"].mean())


def on_came_true(tested: pd.DataFrame, errors: pd.DataFrame) -> str:
    """Say how far earlier forecasts missed, and what follows; `errors` are those of the orders that were held out.

    That they were too low is no reason to expect more: another season follows than did then.
    """
    off = misses(tested)
    which, verdict = side(off), CAME_TRUE.verdict(came_true(tested))
    follows = {
        "holds": "the range given here can be planned with",
        "with care": "plan with the range, not with the amount",
        "fails": "plan with the low end of the range",
    }["with care" if verdict == "fails" and which.endswith("low") else verdict]
    totals = f"Earlier totals were off by up to {percent(off.abs().max())}{which and f', {which}'}: {follows}."
    if not is_off(errors):
        return totals
    row = errors.set_index("predictor").loc[MODEL]
    came, expected = count(row["total_actual"], "order"), count(row["total_predicted"])
    return f"{totals} Seasons differ: the last days brought {came} where {expected} were expected."
