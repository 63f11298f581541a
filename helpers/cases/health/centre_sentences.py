"""Do centres differ in their customers, in words?"""

import numpy as np
import pandas as pd

from helpers.cases.health.summary import SET_ASIDE
from helpers.certainty import FALSE_DISCOVERIES
from helpers.wording import Formatter, count, fixed, p_value, percent

FEW = 30  # customers; fewer tell little of a mean or share
STEPS = ("hardly", "weakly", "moderately", "strongly")
LIMITS = (0.1, 0.3, 0.5)  # of the effect size w between these (Cohen, 1988)
ROUGH = 5  # the smallest count that a chi-squared test should expect (Cochran, 1954)


def on_main_centres(by_centre: pd.DataFrame, association: pd.DataFrame) -> str:
    """Say whether the centres differ in their segments.

    Parameters
    ----------
    by_centre : DataFrame
        From `segments_by_centre`.
    association : DataFrame
        From `centre_association` of that.
    """
    if by_centre.empty:
        return "No visit of a customer names its centre."
    facts, sizes = association.iloc[0], by_centre.groupby("centre")["customers"].sum()
    customers = f"{count(sizes.sum(), 'customer')}, each at the centre that is visited most"
    if pd.isna(facts["p_value"]):
        found = f"{count(facts['centres'], 'centre')} and {count(facts['segments'], 'segment')}"
        return f"{customers}: with {found} there is nothing to compare."
    most = percent(sizes.max() / sizes.sum())
    head = f"{customers}: {count(len(sizes), 'centre')}, none with more than {most} of them."
    extremes = _extremes(by_centre, sizes) if _is_shown(facts) else []
    return " ".join([head, *_tied(by_centre), _association(facts), *extremes, *_rough(facts)])


def _tied(by_centre: pd.DataFrame) -> list[str]:
    """Say how many visited several centres equally often, and what becomes of them."""
    n, total = by_centre["tied"].sum(), by_centre["customers"].sum()
    if not n:
        return []
    verb = "counts" if n == 1 else "count"
    return [
        f"{count(n, 'customer')} ({percent(n / total)}) visited another one as often and {verb} at the first by "
        "name, but not in the test."
    ]


def _is_shown(facts: pd.Series) -> bool:
    return bool(facts["p_value"] < FALSE_DISCOVERIES)


def _association(facts: pd.Series) -> str:
    """Say how far centre and segment go together."""
    size, low, high = (fixed(2)(facts[name]) for name in ("cramers_v", "low", "high"))
    p = p_value(facts["p_value"])
    test = f"Cramér's V {size}, 95 % interval {low} to {high}; chi-squared test, p {p if p[0] == '<' else f'= {p}'}"
    if not _is_shown(facts):
        return f"**That centre and segment go together is not shown** ({test})."
    effect = facts["cramers_v"] * np.sqrt(min(facts["centres"], facts["segments"]) - 1)
    return f"**Centre and segment go together {STEPS[np.searchsorted(LIMITS, effect, side='right')]}** ({test})."


def _extremes(by_centre: pd.DataFrame, sizes: pd.Series) -> list[str]:
    """Say between which centres the share of the largest segment lies, of those with FEW customers and more."""
    largest = by_centre.groupby("segment", sort=False)["customers"].sum().drop(SET_ASIDE, errors="ignore").idxmax()
    enough = by_centre["centre"].map(sizes) >= FEW
    shares = by_centre[enough & (by_centre["segment"] == largest)].set_index("centre")["share"]
    if len(shares) < 2:
        return []
    low, high = shares.idxmin(), shares.idxmax()
    return [
        f"Among the {count(len(shares), 'centre')} with at least {FEW} of them, {largest} are {percent(shares[low])} "
        f"({low}) to {percent(shares[high])} ({high}) of a centre's customers."
    ]


def _rough(facts: pd.Series) -> list[str]:
    if facts["least_expected"] >= ROUGH:
        return []
    return [f"The p-value is rough: by chance, some segment would have fewer than {ROUGH} customers at some centre."]


def on_amounts_by_centre(amounts: pd.DataFrame, money: Formatter) -> str:
    """Say how far the median amount of a segment differs between centres.

    Parameters
    ----------
    amounts : DataFrame
        From `amounts_by_centre`.
    money : formatter
        Of amounts.
    """
    known = amounts[(amounts["segment"] != SET_ASIDE) & (amounts["customers"] >= FEW)]
    several = [part for _, part in known.groupby("segment", sort=False) if len(part) > 1]
    if not several:
        return f"No segment has {FEW} customers at two centres or more, so their amounts cannot be compared."
    words = [_between_centres(part, money) for part in several]
    where = f"where there are at least {FEW} customers"
    return f"Median amounts by centre, {where}: {'; '.join(words)}. Medians differ by chance too."


def _between_centres(part: pd.DataFrame, money: Formatter) -> str:
    amounts = part.set_index("centre")["amount"]
    low, high = amounts.idxmin(), amounts.idxmax()
    if amounts[low] == amounts[high]:
        return f"**{part['segment'].iloc[0]}** {money(amounts[low])} at each of {count(len(part), 'centre')}"
    return (
        f"**{part['segment'].iloc[0]}** {money(amounts[low])} ({low}) to {money(amounts[high])} ({high}) at "
        f"{count(len(part), 'centre')}"
    )
