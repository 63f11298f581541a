"""Who is new, what is lost, who will buy again, and whom is it worth calling first, in words?"""

import numpy as np
import pandas as pd

from helpers.cases.health.outlook import FIRST, NOT_JUDGED, ODDS, Outlook
from helpers.models.prediction.next_segment import FOREST
from helpers.sentences.experiments import on_advised_test
from helpers.wording import Formatter, count, listing, number, percent

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
    return share if pd.isna(row["others_share"]) else f"{share}, {percent(row['others_share'])} of the others there"


def on_lost(table: pd.DataFrame, before: str, after: str) -> str:
    """Say in which segment the amount is lost, from `outlook.lost_by_segment`."""
    if not table["lost"].sum() > 0:
        return f"Nobody who bought in {before} stayed away in {after}, so no amount was lost."
    words = [f"{row.segment} {percent(row.lost_share)}" for row in table.itertuples()]
    keep = table.iloc[0]
    return (
        f"Of what was spent in {before} by customers who did not come back in {after}: {listing(words)}. "
        f"⟦So {keep['segment']} are where most is lost⟧, and where keeping customers has most to win."
    )


def on_second_order(waits: pd.Series, days: int) -> str:
    """Say when second orders come, from `outlook.second_orders`."""
    came = waits.dropna()
    if len(came) < FEW:
        return f"Only {count(len(came), 'customer')} ordered again within {count(days, 'day')}: too few to say when."
    half, most = (came.quantile(share) / 7 for share in (0.5, 0.9))
    return (
        f"Of {count(len(waits), 'customer')} whose first order was at least {count(days, 'day')} before the last "
        f"day, {percent(len(came) / len(waits))} ordered again within that time. ⟦Half of these second orders came "
        f"within {count(-(-half // 1), 'week')}, nine in ten within {count(-(-most // 1), 'week')}⟧: a follow-up "
        "belongs before that."
    )


def on_outlook(found: Outlook, period: str) -> str:
    """Say how the chances and amounts were made, and how the same did on a step that was held out."""
    judged = found.judged
    how = f"Chances are by the {found.chances_by}, amounts by the {found.amounts_by}"
    simple = "" if found.chances_by == FOREST else "; the forest's chances were not surely better"
    if not judged["customers"] or pd.isna(judged["total_ratio"]):
        return f"{how}. That could not be judged on an earlier step."
    unknown = (found.customers["method"] == NOT_JUDGED).sum()
    return (
        f"{how}{simple}. Learned one step earlier and judged on {count(judged['customers'], 'customer')}, "
        f"{percent(judged['foretold_share'])} were expected to buy again and {percent(judged['came_share'])} did; "
        f"the amount expected was {number(judged['total_ratio'], 2)} times what came, and the {percent(FIRST)} with "
        f"the highest expected amount brought {percent(judged['first_share'])} of it. For "
        f"{count(unknown, 'customer')} without an order in {period} there is only the rate of "
        "their last segment, which was not judged."
    )


def called_first(found: Outlook) -> pd.DataFrame:
    """Return the customers who are to be called first."""
    return found.customers.head(min(CALLS, int(np.ceil(FIRST * len(found.customers)))))


def on_calls(found: Outlook, money: Formatter) -> str:
    """Say whom to call first, what it rests on, and which test would show whether calls help."""
    first = called_first(found)
    if first.empty:
        return "There is nobody to call."
    if not found.judged["first_low"] > FIRST:
        return (
            f"⟦Whom to call first is not known⟧: the {percent(FIRST)} of the customers of whom most was expected "
            "brought not surely more than the others. If calls are to be tried, draw by lot whom to call."
        )
    by_segment = first["segment"].value_counts(sort=False).sort_index().sort_values(ascending=False, kind="stable")
    words = [f"{count(n)} of {name}" for name, n in by_segment.items()]
    mean, chance = first["expected_amount"].mean(), first["chance"].mean()
    test = on_advised_test("customers to call first", len(first), float(chance), WEEKS, "who buy again")
    return (
        f"⟦Call first: {listing(words)}⟧. Each of these {count(len(first))} buys again with a chance of "
        f"{percent(chance)} on average and is expected to spend {money(round(mean))} in the next half-year. The "
        f"order is by what a call would add if it raised everybody's odds by {percent(ODDS - 1)}: most where much is "
        f"spent and the outcome is open. That calls do so is an assumption. {test}"
    )
