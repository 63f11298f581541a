"""What do the segments say in words, and how far can they be trusted?"""

from typing import Any

import pandas as pd

from helpers.models.clustering.stability import DOUBTFUL, STABLE
from helpers.wording import count, fixed, listing, percent


def on_suggestion(ranks: pd.DataFrame, used: int, n_shuffled: int, noun: str = "factor") -> str:
    """Say how many factors beat chance, and how many are used; the noun is what the reader calls a factor."""
    beats = ranks[ranks["beats_chance"]]
    if beats.empty:
        found = f"No number of {noun}s explains clearly more than it does on {count(n_shuffled, 'shuffled table')}"
        return f"{found}; the segments of the {count(used, noun)} used here may be chance."
    best = int(beats["rank"].max())
    last = beats.loc[beats["rank"] == best, "ratio"].iloc[0]
    beyond = ranks.loc[ranks["rank"] == best + 1, "ratio"]
    more = f", a further one only {fixed(2)(beyond.iloc[0])} times" if len(beyond) else ", and the survey ends there"
    use = "" if used == best else f" Here {count(used)} {'is' if used == 1 else 'are'} used."
    return (
        f"{count(best, noun)} beat chance: the last of them explains {fixed(2)(last)} times as much as one more "
        f"{noun} does on shuffled tables{more}.{use}"
    )


def on_segments(profile: pd.DataFrame, n_customers: int, beyond_chance: bool) -> str:
    """Say which segments there are and how many customers and offers each has, and whether they may be chance."""
    words = [
        f"⟦{row.segment}⟧ ({percent(row.customers / n_customers)} of the customers, {count(row.offers, 'offer')})"
        for row in profile.sort_values("customers", ascending=False).itertuples()
    ]
    n = count(len(profile), "segment")
    sure = beyond_chance or len(profile) == 1
    found = f"The customers fall into {n}" if sure else f"Cut into {n}, which may be chance, the customers are"
    return f"{found}: {listing(words)}."


def on_spread(sizes: pd.DataFrame) -> str:
    """Say how the sizes of the segments vary between runs; of a table runs x sizes, the largest segment first.

    Examples
    --------
    >>> print(on_spread(pd.DataFrame({"largest": [0.5, 0.6], "smallest": [0.5, 0.4]})))
    Over 2 runs the segments have, from the largest, 50 % to 60 % and 40 % to 50 % of the customers.
    """
    ends = [[percent(sizes[name].min()), percent(sizes[name].max())] for name in sizes]
    parts = [low if low == high else f"{low} to {high}" for low, high in ends]
    hold = "the segments have, from the largest," if len(parts) > 1 else "the one segment has"
    return f"Over {count(len(sizes), 'run')} {hold} {listing(parts, most=len(parts))} of the customers."


def on_weak_segments(stability: pd.DataFrame) -> str:
    """Say which segments would not surely be found again."""
    if len(set(stability["segment"])) == 1:
        return "There is one segment, which holds everybody, so there is nothing to be found again."
    weak = stability[stability["verdict"] != "stable"].sort_values("jaccard", kind="stable")
    if weak.empty:
        return "All segments are surely found again among other customers: every mean Jaccard index is at least .75."
    words = [
        f"{row.segment} ({row.of}, Jaccard {fixed(2)(row.jaccard)}, {row.verdict}{_reason(row)})"
        for row in weak.itertuples()
    ]
    others = len(stability) - len(weak)
    rest = "one is" if others == 1 else f"{count(others)}, of customers or of offers, are"
    return f"Not surely found again among other customers: {listing(words)}{f'; the other {rest}' if others else ''}."


def _reason(row: Any) -> str:
    """Return why a segment is called doubtful whose index is not between the two limits."""
    if row.at_least >= STABLE:
        return ", since so many segments may be chance"
    near = row.jaccard >= STABLE or (row.verdict == "doubtful" and row.jaccard < DOUBTFUL)
    return f", since {count(row.draws, 'sample')} are too few to be surer" if near else ""
