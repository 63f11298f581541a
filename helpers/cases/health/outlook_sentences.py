"""Who is new, what is lost, who will buy again, and whom is it worth calling first, in words?"""

import numpy as np
import pandas as pd

from helpers.cases.health.outlook import DIGITS, FIRST, NOT_JUDGED, ODDS, Outlook
from helpers.models.experiments.power import least_share
from helpers.models.lifetime_value.baselines import MODEL, NAIVE
from helpers.models.prediction.next_segment import RATES
from helpers.sentences.experiments import on_advised_test
from helpers.sentences.lifetime_value.comparison import is_total_off
from helpers.sentences.pieces import by_ends
from helpers.wording import Formatter, count, listing, number, percent, roughly

FEW = 30  # customers; fewer tell little
CALLS = 500  # customers who are called first, at most, and no more than FIRST of all
WEEKS = 26  # of a half-year


def on_newcomers(table: pd.DataFrame) -> str:
    """Say which segment new members enter, and how many of them come again, from `moves.newcomers`."""
    last = table[table["period"] == table["period"].iloc[-1]]
    n = last["members"].sum()
    if n < FEW:
        return f"Only {count(n, 'member')} joined in {last['period'].iloc[0]} and bought in it: too few to tell of."
    order = last[last["members"] > 0].sort_values("members", ascending=False, kind="stable")
    enter = [f"{percent(row.share)} enter as {row.segment}" for row in order.itertuples()]
    again = [_again(row) for _, row in order[order["members"] >= FEW].iterrows()]
    head = f"⟦Of {count(n, 'member')} who joined in {last['period'].iloc[0]} and bought in it⟧, {listing(enter)}."
    return f"{head} Bought again in the next half-year: {'; '.join(again)}." if again else head


def _again(row: pd.Series) -> str:
    share = f"{percent(row['again_share'])} of the new {row['segment']}"
    return (
        share
        if pd.isna(row["others_again_share"])
        else f"{share}, {percent(row['others_again_share'])} of the others there"
    )


def on_lost(table: pd.DataFrame, before: str, after: str) -> str:
    """Say in which segment the amount is lost, from `outlook.lost_by_segment`."""
    if not table["lost"].sum() > 0:
        return f"Nobody who bought in {before} stayed away in {after}, so no amount was lost."
    most = table.iloc[0]
    return (
        f"Of what customers of {before} had spent who stayed away in {after}, {percent(most['lost_share'])} came "
        f"from ⟦{most['segment']}⟧. Keeping these has most to win."
    )


def on_second_order(waits: pd.Series, days: int) -> str:
    """Say when second orders come, from `outlook.second_orders`."""
    came = waits.dropna()
    if len(came) < FEW:
        return f"Only {count(len(came), 'customer')} ordered again within {count(days, 'day')}: too few to say when."
    half, most = (came.quantile(share) / 7 for share in (0.5, 0.9))
    return (
        f"Of {count(len(waits), 'customer')} whose first order of this time was at least {count(days, 'day')} before "
        f"the last day, {percent(len(came) / len(waits))} ordered again within that time. ⟦Half of these second "
        f"orders came within {count(-(-half // 1), 'week')}, nine in ten within {count(-(-most // 1), 'week')}⟧: a "
        "follow-up belongs between the two, when half of them have come and it is not too late."
    )


def on_outlook(found: Outlook, period: str) -> str:
    """Say how the chances and amounts were made, and how the same did on a step that was held out."""
    judged = found.judged
    of_segment = found.chances_by == RATES
    steps = " over all steps so far" if of_segment else ""
    how = f"Chances are by the {found.chances_by}{steps}, amounts by the {found.amounts_by}"
    simple = "; the forest's chances were not surely better" if of_segment else ""
    if not judged["customers"] or pd.isna(judged["total_ratio"]):
        return f"{how}. That could not be judged on an earlier step."
    unknown = (found.customers["method"] == NOT_JUDGED).sum()
    return (
        f"{how}{simple}. Learned without the last step and judged on it, of "
        f"{count(judged['customers'], 'customer')}, {percent(judged['foretold_share'])} were expected to buy again "
        f"and {percent(judged['came_share'])} did; the amount expected was {number(judged['total_ratio'], 2)} times "
        f"what came, and the {percent(FIRST)} with the highest expected amount brought "
        f"{percent(judged['first_share'])} of it. For {count(unknown, 'customer')} without an order in {period} "
        "there is only the rate of their last segment, which was not judged."
    )


def called_first(found: Outlook) -> pd.DataFrame:
    """Return the customers who are to be called first."""
    return found.customers.head(min(CALLS, int(np.ceil(FIRST * len(found.customers)))))


def rise_of_calls(first: pd.DataFrame) -> pd.Series:
    """Return by how much a call is assumed to raise the chance of each of `called_first`."""
    return first["gain_of_call"] / first["amount_if"]


def would_show(first: pd.DataFrame) -> bool:
    """Return whether a test on half of `called_first` would likely show the rise that is assumed."""
    chance = float(first["chance"].mean())
    return chance + rise_of_calls(first).mean() >= least_share(chance, len(first) // 2)


def on_calls(found: Outlook) -> str:
    """Say whom to call first, where the order of calls tells more than chance."""
    first = called_first(found)
    if first.empty:
        return "There is nobody to call."
    if not found.judged["first_low"] > FIRST:
        return (
            f"⟦Whom to call first is not known⟧: the {percent(FIRST)} of the customers of whom most was expected "
            "brought not surely more than the others. If calls are to be tried, pick at random whom to call."
        )
    by_segment = first["segment"].value_counts(sort=False).sort_index().sort_values(ascending=False, kind="stable")
    words = [f"{count(n)} of {name}" for name, n in by_segment.items()]
    return (
        f"⟦Call first: {listing(words)}⟧, by the last half-year alone. On average, they buy again with a chance of "
        f"{percent(first['chance'].mean())}{_alike(found)}. Whether calls raise it is not tested."
    )


def _alike(found: Outlook) -> str:
    same = ". Each has the chance of the own segment, so that within it the list goes by the amount"
    return same if found.chances_by == RATES else ""


def on_call_order(found: Outlook, money: Formatter) -> str:
    """Say what the order of the calls rests on, and which test would show whether calls help."""
    first = called_first(found)
    if first.empty:
        return ""
    test = on_advised_test(
        "customers to call first", len(first), float(first["chance"].mean()), WEEKS, "who buy again"
    )
    hoped = percent(first["chance"].mean() + rise_of_calls(first).mean())
    hidden = "" if would_show(first) else f" The rise that calls are assumed to bring, to {hoped}, would stay hidden."
    spend = roughly(money, DIGITS)(first["expected_amount"].mean())
    return (
        f"The order is by what a call would add if it raised everybody's odds by {percent(ODDS - 1)}: a chance that "
        "is high or low can rise little, but where much is spent that may be most of all. That calls do so is an "
        f"assumption. Each of the first "
        f"{count(len(first))} is expected to spend {spend} on average in the next half-year. {test}{hidden}"
    )


def on_chances_by_step(found: Outlook, kept: pd.DataFrame) -> str:
    """Say how far the chance of a segment that is called differed between steps, from `retention`; or nothing."""
    rows = kept[kept["segment"].isin(called_first(found)["segment"]) & (kept["customers"] >= FEW)]
    if found.chances_by != RATES or rows["period_after"].nunique() < 2:
        return ""
    ends = rows.groupby("segment")["retained_share"].agg(["min", "max"])
    name, (low, high) = next(ends.loc[[(ends["max"] - ends["min"]).idxmax()]].iterrows())
    return (
        f"The share of {name} who bought again was {percent(low)} to {percent(high)} from one half-year to the next: "
        "the order of the calls changes with it."
    )


def on_worth(measures: pd.DataFrame) -> str:
    """Say in short whether the source's lifetime value, or a model, tells who will spend, from `compare_values`."""
    naive, model = (measures.set_index("predictor").loc[name] for name in (NAIVE, MODEL))
    if pd.isna(naive["rank_correlation"]) or pd.isna(model["rank_correlation"]):
        return "Whether a forecast of worth ranks customers well cannot be told from these data."
    ways = (
        "puts customers in a helpful order",
        "puts customers ⟦in the wrong order⟧: those it ranks high went on to spend less",
        "says nothing of what customers go on to spend",
    )
    how = by_ends(naive, *ways, "rank_correlation")
    lead = {"low": -naive["rank_correlation_difference_high"], "high": -naive["rank_correlation_difference_low"]}
    beside = by_ends(lead, "does better", "does worse", "does not surely do better")
    if not model["rank_correlation_low"] > 0:
        beside = "says nothing of it either" if how == ways[2] else "says nothing of what they will spend"
    off = (
        f", but expected {number(model['total_ratio'], 2)} times the spend that came"
        if is_total_off(measures)
        else ""
    )
    return f"The source's lifetime value {how}. A model of orders {beside}{off}."
