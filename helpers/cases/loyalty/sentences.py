"""What do customers, segments, beliefs and the programme say to a manager, in words?"""

import math
from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from helpers.cases.loyalty.belief_tests import BY_CONSTRUCTION, TOO_FEW
from helpers.cases.loyalty.naming import NOISE, PLACED, Naming, are_kinds, name_at
from helpers.cases.loyalty.programme import break_even
from helpers.cases.loyalty.published import KEYS
from helpers.cases.loyalty.published_recipe import RecipeOverSeeds
from helpers.certainty import LEVEL
from helpers.features.rfm import SCORES
from helpers.sentences.experiments import FEW
from helpers.sentences.pieces import interval
from helpers.wording import Formatter, capitalised, count, fixed, listing, p_value, percent, person, two_decimals

WRITTEN: dict[str, Formatter] = {
    "H1": lambda effect: fixed(2)(effect).replace("-", "−"),
    "H2": lambda effect: fixed(2)(effect).replace("-", "−"),
    "H3": lambda share: percent(share, 1).replace("-", "−"),
    "H4": lambda share: percent(share, 1),
    "H5": fixed(1),
}
OF_WHAT = {
    "H1": " between a product's price and the share of it that comes back",
    "H2": " between the units that a customer buys and the share that comes back",
}
OCCASIONS = "Who buys more has more occasions to return something, which alone pulls the correlation among all up"
WEIGHT = "among those who did, a single return weighs less where more was bought, which alone pulls it down"
MIXED = "the effect among all and that among those who returned something have different signs"
SMALLEST = 0.001  # p-values below it are written as less than it anyhow
CLOSE = 0.02  # in places among all customers, by which a name is tried


def on_customers(features: pd.DataFrame, write: Formatter) -> str:
    """Say how many customers there are and what they kept, from `loyalty_features`."""
    revenue = features["revenue"]
    return (
        f"⟦{count(len(features), 'customer')}⟧ spent {write(revenue.sum())} after returns; the middle one "
        f"{write(revenue.median())}, and the largest {write(revenue.max())}."
    )


def on_day(reference: date) -> str:
    """Say from which day on days are counted."""
    return f"Days are counted back from {reference:%-d %B %Y}."


def on_rfm_report(
    features: pd.DataFrame, is_best: pd.Series, name: str, scores: pd.DataFrame, write: Formatter
) -> str:
    """Say how the best segment relates to recency and frequency, by which the RFM report divides the same customers.

    Parameters
    ----------
    features
        `loyalty_features` by customer.
    is_best
        Whether a customer is of the best segment, by customer.
    name
        Of that segment.
    scores
        `features.rfm.score` by customer, of those who ordered in the days that the RFM report looks back.
    """
    highest = (
        scores[["recency", "frequency"]].eq(max(SCORES)).all(axis="columns").reindex(features.index, fill_value=False)
    )
    return (
        f"An RFM report of the same lines counts the same {count(len(features), 'customer')} and "
        f"{write(features['revenue'].sum())}. It divides them by fixed rules on their scores, this one by likeness. "
        f"{percent(highest[is_best].mean())} of {name} have the highest scores both for how recently and how often "
        f"they ordered, against {percent(highest.mean())} of all customers."
    )


def on_returns(features: pd.DataFrame, write: Formatter) -> str:
    """Say how many customers had something come back, and who most, from `loyalty_features`."""
    back = features["revenue_returned"]
    if not (back > 0).any():
        return "No customer had anything come back."
    most = back.idxmax()
    return (
        f"{count((back > 0).sum(), 'customer')} ({percent((back > 0).mean())} of all) had something come back, for "
        f"{write(back.sum())} in all. The largest part came back from customer {person(most)}: {write(back[most])}, "
        f"or {percent(back[most] / back.sum())} of it, while {write(features.loc[most, 'revenue'])} was kept."
    )


def on_segments(named: pd.DataFrame) -> str:
    """Say what the richest segment brings and what the others are called, from `named_segments`."""
    top, rest = named.iloc[0], named.iloc[1:]
    if top["cluster"] == NOISE:
        return "No segment was found: all customers count as noise."
    others = (
        f" The others, from the most spent to the least: {listing(rest['name'], len(rest))}." if len(rest) else ""
    )
    return (
        f"⟦{percent(top['revenue_share'])} of the revenue comes from {top['name']}⟧, "
        f"{percent(top['customers_share'])} of the customers.{others}"
    )


def on_close_names(found: pd.DataFrame, naming: Naming, best: int) -> str:
    """Say whether the best segment would be called otherwise if one of its medians stood a little elsewhere.

    It is the cluster with that label in the table of `places`.
    """
    if best not in found.index:
        return "No segment was found, so there is none to name."
    if not are_kinds(naming):
        return "Chance would cut the customers as clearly, so they are numbered by their median revenue, not named."
    own = found.loc[best]
    name, words = name_at(own, True, naming), []
    for measure in PLACED:
        for step in (-CLOSE, CLOSE):
            moved = min(max(own[measure] + step, 0.0), 1.0)
            other = name_at(own.where(own.index != measure, moved), True, naming)
            at, instead = fixed(2)(moved), fixed(2)(own[measure])
            if other != name:
                words.append(f"with median {measure} at the place {at} instead of {instead} it would be {other}")
    if not words:
        return f"No median of {name} stands within {CLOSE:g} of a place among all customers that changes this name."
    return f"⟦The name {name} is a close call⟧: {listing(words, len(words))}."


def on_limits(limits: pd.Series, share: float, money: Formatter) -> str:
    """Say what a share of those whom the programme is made for reaches over the whole period, by `entry_limits`."""
    words = [
        f"{money(limits['revenue'])} in all",
        f"{money(limits['ticket'])} an order",
        f"{count(limits['quantity'], 'item')} in all",
    ]
    return f"Over the whole period, {percent(share)} of them reach {listing(words)}, each by itself."


def on_doors(features: pd.DataFrame, inside: pd.Series, welcome: pd.Series, group: str) -> str:
    """Say how many members the doors make, what they bring, and how far the programme is made for them.

    Members at the last review are `inside` (who is not in it is none); `welcome` and `group` are of `made_for`.
    """
    member = inside.reindex(features.index, fill_value=False)
    share = features.loc[member, "revenue"].sum() / features["revenue"].sum()
    both = int((member & welcome[features.index]).sum())
    brought = f"{percent(member.mean(), 1)} of the customers, who brought {percent(share, 1)} of the revenue"
    return (
        f"The last review counts {count(member.sum(), 'member')}, {brought}. The limits look at the last months "
        f"alone: {count(both)} of the members are of {group}, and {count(welcome.sum() - both)} of them stay outside."
    )


def on_paying(revenue: float, margin: float, reward: float, members: int, hidden: float, money: Formatter) -> str:
    """Say what the programme costs, what it must achieve, and that nothing here guarantees it for so many members.

    The revenue is that of the members in a year, margin and reward are as for `break_even`, hidden is as
    `welcome.hidden_rise` returns it.
    """
    more = break_even(margin, reward)
    kept = f"if the shop keeps {percent(margin)} of what it sells, which is assumed"
    need = (
        f"It pays only if members buy {percent(more)} more than they would without it, {kept}"
        if more < float("inf")
        else f"It can never pay {kept}, since it gives back at least as much"
    )
    trial = (
        "Only a trial can tell: welcome a random half of those who qualify, and compare how each half's sales moved"
    )
    if members < FEW:
        trial = "Only a trial could tell, and they are too few for one"
    elif more < hidden:
        trial += f"; with {count(members)} it shows only a rise of {percent(hidden)} or more"
    return (
        f"⟦Nothing in these data guarantees that it pays.⟧ A reward of {percent(reward)} of what members spend costs "
        f"{money(reward * revenue)} a year even if nobody changes. {need}. {trial}."
    )


def on_verdicts(table: pd.DataFrame) -> str:
    """Say in one sentence what becomes of all hypotheses, from `hypotheses`."""
    words = []
    for verdict, rows in table.groupby("verdict", sort=False):
        marks = "" if verdict == BY_CONSTRUCTION else ", circular"
        claims = [
            f"{row.claim} ({row.hypothesis}{marks if row.circular else ''}{f', since {MIXED}' if row.mixed else ''})"
            for row in rows.itertuples(index=False)
        ]
        words.append(f"⟦{verdict}⟧: {listing(claims, len(claims))}")
    return f"Of {count(len(table), 'belief')}, {'; '.join(words)}."


def on_hypotheses(table: pd.DataFrame) -> list[str]:
    """Say of each hypothesis what the data make of it, from `hypotheses`."""
    tested = int(table["p_value"].notna().sum())
    return [_on_hypothesis(row, tested) for _, row in table.iterrows()]


def _on_hypothesis(row: pd.Series, tested: int) -> str:
    write = WRITTEN[row["hypothesis"]]
    head = f"⟦{row['hypothesis']}, {row['claim']}: {row['verdict']}.⟧"
    if not math.isfinite(row["effect"]):
        return f"{head} The data do not allow a test."
    effect = f"The {row['measure']}{OF_WHAT.get(row['hypothesis'], '')} is {write(row['effect'])}"
    if not math.isfinite(row["p_value"]):
        return f"{head} {effect}, but the data do not allow an interval."
    few = " With so few draws even the clearest data on it could decide nothing." if row["verdict"] == TOO_FEW else ""
    circular = " It follows from how the segments were made, and proves nothing." if row["circular"] else ""
    return (
        f"{head} {effect} ({interval(row, write)}; against {write(row['reference'])} the p-value, corrected by Holm "
        f"for {count(tested, 'test')}, is "
        f"{_at_most(row['corrected'], row['p_value'] <= row['p_floor'])})."
        f"{_barely(row)}{_caution(row)}{few}{circular}"
    )


def _barely(row: pd.Series) -> str:
    """Say where so few draws decide on a belief that others might leave it open."""
    floor, corrected = row["p_floor"], row["corrected"]
    if not floor or corrected > 1 - LEVEL:
        return ""
    others = corrected * (1 + 2 * math.sqrt(floor / row["p_value"]))
    return " That is just barely so: other draws may leave it open." if others > 1 - LEVEL else ""


def _at_most(p: float, at_floor: bool) -> str:
    """Return a p-value; one that more draws could have made smaller is a bound."""
    return f"at most {p_value(p)}" if at_floor and p >= SMALLEST else p_value(p)


def _caution(row: pd.Series) -> str:
    """Say of H3 where no difference lies, and of H2 what it is among who returned something and what pulls them."""
    if row["hypothesis"] == "H3":
        return (
            " The interval holds 0: there may be no difference."
            if row["low"] <= 0 <= row["high"]
            else " The interval does not hold 0: there is a difference."
        )
    if row["hypothesis"] != "H2":
        return ""
    if not math.isfinite(row["among_effect"]):
        return f" {OCCASIONS}."
    write = WRITTEN[row["hypothesis"]]
    open_still = " The signs differ, so the belief is left open." if row["mixed"] else ""
    return (
        f" Among {row['among']} it is {write(row['among_effect'])} ({interval(row, write, 'among')}). {OCCASIONS}; "
        f"{WEIGHT}.{open_still}"
    )


def on_halves(tests: pd.DataFrame) -> str:
    """Say what the tests of the halves of the month rule out, from `tests_of_halves`."""
    pooled = tests.iloc[0]["difference"]
    if not math.isfinite(pooled):
        return "The days fall into one half of the month, so that nothing can be compared."
    at_floor = tests["p_value"] <= tests["p_floor"]
    said = tests["test"] + " " + tests["p_value"].combine(at_floor, _at_most)
    words = [f"against {percent(share)}: {listing(each)}" for share, each in said.groupby(tests["tested_against"])]
    months = tests.loc[tests["test"] == "within months", "difference"].iloc[0]
    within = f" ({_more(months)} if each month is compared with itself)" if math.isfinite(months) else ""
    return (
        f"A day in the first half of the month brings {_more(pooled)} than one in the rest{within}. The p-values, "
        f"uncorrected, {'; '.join(words)}."
    )


def _more(share: float) -> str:
    return f"{percent(abs(share), 1)} {'more' if share >= 0 else 'less'}"


def on_names(beside: pd.DataFrame) -> str:
    """Say how far the rules give the published names, from `names_beside_published`."""
    off = beside[~beside["same"]]
    words = [f"{theirs} becomes {ours}" for theirs, ours in zip(off["published_name"], off["name"], strict=True)]
    said = f" {listing(words, len(words))}." if words else ""
    return (
        f"Of {count(len(beside), 'cluster')} that could be paired with a published segment, the rules give "
        f"{count(len(beside) - len(off))} its name, numbers aside.{said} The "
        "limits in the rules were set with these segments in view."
    )


def on_published(compared: Mapping[str, pd.DataFrame]) -> str:
    """Say how many published figures are found again, from `reproduction`."""
    words = [f"{count(compared[name]['agrees'].sum())} of {count(len(compared[name]))} {name}" for name in KEYS]
    rows = compared["segments"]
    best = rows[rows["figure"] == "customers"].iloc[0]
    spread = best["low"] < best["high"]
    ours = f"{count(best['low'])} to {count(best['high'])}" if spread else count(best["ours"])
    return (
        f"Found again as printed, or within the range over seeds: {listing(words, len(words))}. The study's "
        f"{best['name']} are {count(best['published'], 'customer')}, ours have {ours}."
    )


def on_recipe(result: RecipeOverSeeds) -> str:
    """Say what the published recipe finds when only the seed changes, in the plane and in the features."""
    runs = result.runs
    without = int((runs["clusters"] == 0).sum())
    if without == len(runs):
        return (
            f"The published recipe finds ⟦no cluster at all⟧ with {count(len(runs), 'seed')}: all customers count "
            f"as noise, and there is no top cluster."
        )
    found = (
        f"the published recipe finds {_counted(runs['clusters'], 'cluster')}, {_counted(runs['noise'], 'customer')} "
        f"as noise and a silhouette of {_span(runs['silhouette'])} in the plane and of "
        f"{_span(runs['silhouette_in_features'])} in the features"
    )
    if len(runs) == 1:
        return f"With seed {runs['seed'].iloc[0]} {found}."
    agreed = result.agreement.to_numpy()[np.triu_indices(len(runs), 1)]
    always, ever = (result.top_share == 1).mean(), (result.top_share > 0).mean()
    return (
        f"Over {count(len(runs), 'seed')} {found}. Two seeds agree with an adjusted Rand index of "
        f"{_span(pd.Series(agreed))}. {capitalised(percent(always, 1))} of the customers are always in the cluster "
        f"with the highest mean revenue, and {percent(ever, 1)} at least once."
        + (f" In {count(without, 'run')} no cluster was found at all." if without else "")
    )


def _span(values: pd.Series) -> str:
    """Return the lowest and the highest of some values, or the only one."""
    low, high = (two_decimals(value) for value in (values.min(), values.max()))
    return low if low == high else f"{low} to {high}"


def _counted(values: pd.Series, noun: str) -> str:
    low, high = values.min(), values.max()
    return count(high, noun) if low == high else f"{count(low)} to {count(high, noun)}"
