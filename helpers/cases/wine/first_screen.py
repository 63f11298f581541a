"""Which products belong together, what follows, and how far can it be trusted: what does the first screen say?"""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from helpers.cases.wine.mailing import best_start, is_better
from helpers.cases.wine.methods import RULES
from helpers.cases.wine.segments import FEW, MONTHS_OF_TEST
from helpers.models.clustering.stability import secured
from helpers.models.rules.mining import text
from helpers.sentences.checks import BEATS_SIMPLE, enough, usable_rows
from helpers.sentences.rules import on_overview as on_rules
from helpers.verdicts import Action
from helpers.wording import capitalised, count, fixed, listing, number, percent

MOST_GROUPS, MOST_OFFERS = 3, 1  # that actions are told of
LINKED = 2.0  # times as often as if nothing linked them
LISTS = replace(
    BEATS_SIMPLE,
    measure="lead over the favourites of all in hidden purchases, in half widths of its 95 % interval, "
    "corrected for all methods that were tried",
)


def on_pairs(sure: pd.DataFrame, n_rules: int, support: float) -> str:
    """Say which products belong together most, from the rules beyond chance by lift, of so many with this support."""
    if support > 1:
        return "Nearly all customers bought nearly all products, so that nothing stands out as belonging together."
    if not n_rules:
        return (
            "No products were bought together often enough for the limits that are set. Smaller ones may show some."
        )
    if sure.empty:
        return "No products were bought together more often than luck would bring about."
    first = sure.iloc[0]
    return (
        f"Buyers of {text(first['antecedents'])} took {text(first['consequents'])} {number(first['lift'], 2)} times "
        "as often as all customers: the strongest link found."
    )


def on_overview(found: pd.DataFrame, sure: pd.DataFrame, itemsets: pd.DataFrame) -> str:
    """Say in plain words how many rules there are and which is the strongest, from the rules by lift.

    The `sure` ones pass the test; where there is any, the strongest is one of them.
    """
    if found.empty:
        return on_rules(found, itemsets)
    first, more = (found if sure.empty else sure).iloc[0], "" if sure.empty else " that is more than luck"
    sides = f"⟦{text(first['antecedents'])} → {text(first['consequents'])}⟧"
    return (
        f"{count(len(found), 'rule')} {'is' if len(found) == 1 else 'are'} found. The strongest{more} is {sides}: "
        f"{percent(first['confidence'])} of the buyers of the first also bought the second, and of new customers "
        f"{percent(first['confidence_new'])} are expected to."
    )


def under_bars(found: pd.DataFrame, sure: pd.DataFrame, who: str) -> str:
    """Say below the picture of the rules, of the `sure` ones where there is any, how to read it."""
    if found.empty:
        return "No rule meets the limits that are set."
    luck = " None of these rules is surely more than luck." if sure.empty else ""
    return f"The line in each bar is the share of all {who}s.{luck}"


def on_tastes(profile: pd.DataFrame, beyond: bool, stability: pd.DataFrame) -> str:
    """Say which tastes the customers have, from `segments.named_profile`, and whether that is a rough division.

    Beyond says whether they beat chance, and the stability is that of `segments.stability_by_name`.
    """
    if not beyond:
        return "The customers do not fall into clear groups of different taste."
    if len(profile) == 1:
        return "The customers have one taste in common."
    firm = stability.loc[stability["of"] == "customers", "verdict"].eq("stable").all()
    who = "The customers" if firm else "Roughly, the customers"
    return f"{who} fall into {count(len(profile))} groups: {listing(profile['segment'], most=5)}."


def on_lists(best: pd.Series, beside: pd.Series) -> str:
    """Say what a list for each customer is worth, from the rows of the best method and of the favourites of all."""
    if not is_better(best):
        than = "one list of favourites for all"
        return f"A list for each customer, by {best['method']}, was not surely better than {than}."
    return (
        f"A list for each customer found a hidden purchase in {percent(best['value'])} of cases, one list for all in "
        f"{percent(beside['value'])}."
    )


def mailing(mails: pd.DataFrame, best: pd.Series, beside: pd.Series) -> list[Action]:
    """Return the mailing as something to do within a test, if it reaches anybody.

    From the mailing list and the rows of `methods.compare_on` of its method and of the favourites of all.
    """
    n = mails["customer"].nunique()
    if not n:
        return []
    start, reached = best_start(mails, MONTHS_OF_TEST)
    among = f"the {count(reached)} who have an offer then"
    test = f"for a quarter from {start}, add it to the newsletter of a random half of {among}"
    half = test if reached >= FEW else "too few for a test"
    own, low, high = (percent(best[f"value{end}"]) for end in ("", "_low", "_high"))
    trial = (
        f"looking back, {own} ({low} to {high}) of such lists named a purchase that was hidden, one for all "
        f"{percent(beside['value'])}; nothing was mailed yet"
    )
    better = is_better(best)
    what = "Mail each their own list" if better else "Test a list for each customer"
    sure = trial if better else "not surely better than one list for all"
    if best["method"] == RULES:
        led = mails.loc[mails["rule"].notna(), "customer"].nunique()
        sure += f"; rules speak for {count(led)} of them, the others get the favourites of all"
    return [Action(what, "Customers with a product on their list", n, "", f"{sure}; {half}", "mailing_list")]


def joint_offers(joint: pd.DataFrame, who: str) -> list[Action]:
    """Return the joint offer of LINKED products that most who lack one may take, from `combinations` of the rules.

    Large baskets hold any two products somewhat more often than chance would put them there.
    """
    whom = "Customers who have all of it but one" if who == "customer" else "Past baskets with all of it but one"
    linked = joint[joint["best_lift"] >= LINKED]
    order = (linked["one_short"] * linked["followed_share"]).sort_values(ascending=False, kind="stable").index
    return [
        Action(
            f"Offer the missing one of {row['items']}", whom, int(row["one_short"]), "", _linked(row), "joint_offers"
        )
        for row in linked.loc[order[:MOST_OFFERS]].to_dict("records")
    ]


def _linked(row: dict[str, Any]) -> str:
    often = fixed(1)(row["best_lift"])
    return f"taken together {often} times as often as if nothing linked them; not yet tried as an offer"


def terms(acts: pd.DataFrame) -> list[Action]:
    """Return the terms of up to MOST_GROUPS groups, from the `actions` of the segments."""
    return [
        Action(
            f"Offer at most {row['usual_discount']:g} % off from {row['usual_quantity']:g} kg",
            capitalised(row["segment"]),
            int(row["customers"]),
            "",
            _firm(row["found_again"], row["customers"], row["seen_in"]),
            "customer_segments",
        )
        for row in acts.head(MOST_GROUPS).to_dict("records")
    ]


def _firm(verdict: str, n: int, offers: int) -> str:
    if verdict == "stable" and offers == 1:
        return "only one offer had this quantity and what they like: what less would do is not known"
    if verdict == "stable":
        return "half of what they took of their favourites at this quantity gave no more than that: try less first"
    group = "the group may be luck" if verdict == "unstable" else "rough group"
    return f"{group}, so test it first" if n >= FEW else f"{group}, too few for a test"


def on_rows(audit: pd.DataFrame, aside: int) -> tuple[float, str]:
    """Return the share of the rows that could be used, and a line on it, from the audit and the rows set aside.

    Nothing but repeats is dropped of the rows that are read.
    """
    left = int(audit["rows_after"].iloc[-1])
    return usable_rows(left + aside, left)


def on_luck(by_chance: pd.Series, n_rules: int) -> tuple[float, str]:
    """Return how often shuffled purchases give as many rules (a p-value), and what that says of the rules."""
    p = (1 + int((by_chance >= n_rules).sum())) / (1 + len(by_chance))
    own, typical = (count(n, "rule") if n else "no rule" for n in (n_rules, round(by_chance.mean())))
    return p, f"The purchases give {own}; shuffled at random, they typically give {typical}."


def on_groups(stability: pd.DataFrame, beyond: bool) -> tuple[float, str]:
    """Return the Jaccard index of the weakest group of customers (0 if by chance), and a line on it."""
    if not beyond:
        return 0.0, "The groups are no clearer than shuffled purchases would show."
    own = stability[stability["of"] == "customers"]
    weak, least = own.loc[own["verdict"] != "stable", "segment"].unique(), float(secured(own).min())
    if not len(weak):
        return least, "Each group of customers is found again among others of the same kind."
    named = listing(weak, most=3)
    return least, f"Not surely found again among other customers: {named}."


def on_lead(best: pd.Series, beside: pd.Series) -> tuple[float, str]:
    """Return the lead of the best method, corrected for the choice, in half widths, and what it means."""
    if best["method"] == beside["method"]:
        return 0.0, "No method found more hidden purchases than the favourites of all."
    lead = float(np.sign(best["gain"]) * norm.isf(best["q_value"] / 2) / norm.isf(0.025))
    both = f"{percent(best['value'])} of hidden purchases against {percent(beside['value'])}"
    verdict = "more than the favourites of all" if is_better(best) else "not surely more than the favourites of all"
    return lead, f"The list found {both}: {verdict}."


def on_size(acts: pd.DataFrame) -> tuple[float, str]:
    """Return the number of customers of the smallest group of like taste, and a line on it."""
    smallest = acts.loc[acts["customers"].idxmin()]
    return enough(f"The smallest group of like taste, {smallest['segment']},", int(smallest["customers"]))
