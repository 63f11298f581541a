"""What does each chapter find, in plain words? The exact figures, with their intervals, stand in its folds."""

import math
from collections.abc import Mapping

import pandas as pd

from helpers.cases.loyalty.programme import Doors
from helpers.certainty import FALSE_DISCOVERIES
from helpers.models.clustering.assignment import ACCURACY
from helpers.models.forecasting.backtest import ALL
from helpers.models.forecasting.revenue import SegmentForecast
from helpers.models.migration import revenue_tree as tree
from helpers.models.migration.out_of_time import LATELY, RANDOM, REVENUE, SEGMENT
from helpers.sentences.migration.out_of_time import NOTHING, ROUGH
from helpers.sentences.pieces import by_ends
from helpers.wording import Formatter, count, listing, percent, roughly

NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
MONTH = 30.4  # days
WON = {
    tree.FREQUENCY: "if each of them ordered a tenth more often",
    tree.BASKET: "if each order held a tenth more",
    tree.REPEAT: "if a tenth of those who bought once bought again",
    tree.ACTIVE: "if a tenth of those who stopped came back",
}


def amount(value: float, low: float, high: float, money: Formatter) -> str:
    """Return an amount with its range, roughly."""
    write = roughly(money)
    return write(value) if math.isnan(low) else f"{write(value)} ({write(low)} to {write(high)})"


def period(days: int) -> str:
    """Return a number of days as words.

    >>> period(180), period(28), period(20), period(700)
    ('six months', 'four weeks', '20 days', '700 days')
    """
    for unit, noun in ((7, "week"), (MONTH, "month")):
        n = round(days / unit)
        if 1 <= n < len(NUMBERS) and abs(days - n * unit) <= (0 if noun == "week" else 4):
            return f"{NUMBERS[n]} {noun}{'' if n == 1 else 's'}"
    return count(days, "day")


def on_measures(choice: pd.DataFrame) -> str:
    """Say how many measures are left, from `choose_features`."""
    kept, gone = int(choice["kept"].sum()), int((~choice["kept"]).sum())
    if not gone:
        return f"All ⟦{count(kept, 'measure')}⟧ are kept: each tells something of its own."
    others = "other one repeats another, or goes" if gone == 1 else f"other {count(gone)} repeat others, or go"
    return f"⟦{count(kept)} of {count(len(choice), 'measure')}⟧ are kept. The {others} with none."


def on_groups(firmness: pd.DataFrame, kinds: bool) -> str:
    """Say whether there are groups to rely on, from `cluster_stability` with a column name."""
    if firmness.empty:
        return "⟦No group of customers was found.⟧"
    groups = count(len(firmness), "group")
    if not kinds:
        return (
            f"⟦The customers form no clear groups⟧: shuffled orders fall into groups about as clear. The {groups} "
            "that follow are a convenience, and have numbers instead of names."
        )
    weak = firmness.loc[firmness["verdict"] != "stable", "name"].tolist()
    are, them = ("is", "group") if len(firmness) == 1 else ("are", "groups")
    head = f"The customers fall into ⟦{groups}⟧ that {are} clearer than chance would make."
    if not weak:
        return f"{head} Other samples of the customers show the same {them} again."
    return f"{head} But ⟦do not rely on {listing(weak, len(weak))}⟧: other samples do not show as much for sure."


def on_lasting(ways: pd.DataFrame, name: str) -> str:
    """Say what the best group brought later, beside chance and past spending, from `compare_ways`."""
    rows = ways.set_index("way")
    own, chance = rows.loc[SEGMENT], rows.loc[RANDOM]
    if math.isnan(own["later_share"]):
        return NOTHING
    few = " With so few, that says little." if own["customers"] * own["active_share"] < ROUGH else ""
    ever, lately = (
        by_ends(rows.loc[way], "more", "less", "about as much", "later_difference") for way in (REVENUE, LATELY)
    )
    beside = (
        f"had spent, in all or lately, {ever}"
        if ever == lately
        else f"had ever spent {ever}, by what they spent lately {lately}"
    )
    return (
        f"The {count(own['customers'], 'customer')} of ⟦{name}⟧ went on to bring ⟦{percent(own['later_share'])}⟧ of "
        f"the later revenue.{few} As many picked at random would have brought {percent(chance['later_share'])}, and "
        f"as many picked by what they {beside}."
    )


def on_limits(doors: Doors, days: int, money: Formatter) -> str:
    """Say when a member comes in and leaves, and what the second limit is good for."""
    entry, removal = doors.entry, float(doors.suggested["removal"])
    if removal >= entry:
        return f"⟦Whoever spends {money(entry)} within {period(days)} comes in⟧, and whoever falls below it leaves."
    before, after = doors.tried.loc[0, "flickers"], doors.suggested["flickers"]
    spared = (
        " With a single limit, there would have been "
        f"{count(before, 'return or short stay', 'returns and short stays')}; with two, {count(after)}."
    )
    return (
        f"⟦Whoever spends {money(entry)} within {period(days)} comes in, and whoever falls below {money(removal)} "
        f"leaves.⟧"
        f"{spared if after < before else ''}"
    )


def on_welcome(table: pd.DataFrame, share: float, group: str, kinds: bool) -> str:
    """Say who is welcomed, how many they are, and for whom the limit is made, from `status_shares` and `made_for`.

    `share` is of those it is made for and who bought lately: who is to reach the limit.
    """
    row = table.iloc[0]
    brought = f"{count(row['customers'], 'customer')}, who brought {percent(row['revenue_share'])} of the revenue"
    why = "" if kinds else ", since no groups are clear enough to go by"
    return (
        f"⟦Who, and how many?⟧ {brought}. The limit is set for {group}{why}: "
        f"{percent(share)} of those among them who bought lately reach it."
    )


def on_outlook(ahead: SegmentForecast, weeks: int, money: Formatter) -> str:
    """Say what all segments are expected to bring, and whether that is a change."""
    row = ahead.totals.set_index("segment").loc[ALL]
    within = row["low"] <= row["recent"] <= row["high"]
    than = "surely less than" if row["high"] < row["recent"] else "surely more than"
    than = "no sure change from" if within else than
    bring = amount(row["forecast"], row["low"], row["high"], money)
    time = period(7 * weeks)
    return (
        f"In the next {time} the customers of these groups, without newcomers, should bring ⟦{bring}⟧. That is "
        f"{than} the {roughly(money)(row['recent'])} of the last {time}."
    )


def on_tastes(products: pd.DataFrame, groups: int, titles: pd.Series) -> str:
    """Say how many groups have products of their own, from `segment_products`, and that no advice rests on it."""
    found = products[products["q_value"] < FALSE_DISCOVERIES]
    if found.empty:
        return "⟦No group buys a product clearly more⟧ than the number of its purchases explains."
    first = found.loc[found["p_value"].idxmin()]
    title = titles.get(first["product"], first["product"])
    own = found["segment"].nunique()
    return (
        f"⟦{count(own)} of {count(groups, 'group')}⟧ {'buys' if own == 1 else 'buy'} some products more than the "
        f"number of purchases explains; the clearest is {title} among {first['segment']}. No advice here rests on it."
    )


def on_most(planned: pd.DataFrame, kinds: bool, money: Formatter) -> str:
    """Say where most could be won within reach, from `planned_levers`, if the groups are kinds of customers."""
    if not kinds:
        return "⟦No plan is made for the groups⟧, which are no clearer than chance: go by what each customer brings."
    near = planned[planned["within_reach"].astype(bool)] if len(planned) else planned
    if near.empty:
        return "⟦No group has a change by a tenth within its reach⟧: only a test would tell what moves them."
    row = near.loc[near["prize"].idxmax()]
    worth = amount(row["prize"], row["low"], row["high"], money)
    return f"Most could be won with ⟦{row['segment']}⟧: {worth} more sales a year {WON[row['lever']]}."


def on_placing(agreed: pd.DataFrame, n_prototypes: int) -> str:
    """Say how well a short rule places customers, from `agreement_table`."""
    rows = agreed[(agreed["prototypes"] == n_prototypes) & (agreed["measure"] == ACCURACY)]
    share = rows["agreement"].iloc[0]
    return (
        f"A short rule puts ⟦{percent(share)}⟧ of customers whom it has not seen into the group that they have here. "
        "Whether the groups fit customers to come is not tested by that."
    )


def on_beliefs(evidence: pd.DataFrame) -> str:
    """Say what becomes of the beliefs, counted by verdict."""
    verdicts: Mapping[str, int] = evidence["verdict"].value_counts(sort=False).to_dict()
    words = [f"{count(n)} {verdict}" for verdict, n in verdicts.items()]
    return f"Of {count(len(evidence), 'belief')}: ⟦{', '.join(words)}⟧."
