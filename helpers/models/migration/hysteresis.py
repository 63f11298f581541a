"""Who belongs to the programme from month to month, and how are members kept from coming and going?

A customer enters when a score of the recent past reaches a threshold. With a single threshold, those near it leave
and return again and again. With hysteresis a member stays until the score falls below a lower one, the removal
threshold.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.errors import CasebookError, Unanswerable
from helpers.wording import count

HALF = 0.5  # of the flickers of a single threshold; at most so many are accepted
SNAPSHOT = "snapshot"


def revenue_up_to(orders: pd.DataFrame, day: pd.Timestamp, window_days: int) -> pd.Series:
    """Return the revenue of so many days up to a day, itself among them, of each customer who ordered in them.

    `orders` has customer, date and value, a row for each order.
    """
    days = orders["date"].dt.normalize()
    within = (days <= day) & (days > day - pd.Timedelta(days=window_days))
    return orders[within].groupby("customer")["value"].sum()


def trailing_revenue(
    orders: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp, step_days: int, window_days: int
) -> pd.DataFrame:
    """Return each customer's revenue of the days up to each of several snapshots; customers x snapshots.

    It is 0 where a customer has no order in the window. Customers without an order in any window are left out.

    Parameters
    ----------
    orders : DataFrame
        With customer, date and value, a row for each order; CasebookError where none is in any window.
    first, last, step_days : Timestamp, int
        Snapshots are `step_days` apart, counted back from `last`, down to `first`; CasebookError if but one.
    window_days : int
        Days that a snapshot looks back, its own day among them.
    """
    first, last = pd.Timestamp(first).normalize(), pd.Timestamp(last).normalize()
    n = (last - first).days // step_days + 1
    if n < 2:
        raise Unanswerable(
            f"From {first:%Y-%m-%d} to {last:%Y-%m-%d} there is no room for two snapshots "
            f"{count(step_days, 'day')} apart."
        )
    snapshots = [last - pd.Timedelta(days=step_days * back) for back in reversed(range(n))]
    sums = {day: revenue_up_to(orders, day, window_days) for day in snapshots}
    scores = pd.DataFrame(sums, columns=pd.Index(snapshots, name=SNAPSHOT)).fillna(0.0).sort_index()
    if scores.empty:
        raise Unanswerable(f"No order lies in the {count(window_days, 'day')} before any snapshot.")
    return scores.rename_axis("customer")


def thresholds(scores: pd.Series, percentiles: Sequence[float]) -> pd.Series:
    """Return the scores below which given percentages of the members lie, by percentage, the highest first.

    The members are those whom the programme is made for, such as the best segment, at one snapshot. Scores that are
    not above 0 do not count: a limit that nothing reaches would let everybody in. CasebookError where there is no
    other score, or a percentage is outside of 0 to 100.

    Examples
    --------
    >>> thresholds(pd.Series([0, 10, 20, 30, 40]), [0, 50]).to_dict()
    {50: 25.0, 0: 10.0}
    """
    wrong = [value for value in percentiles if not 0 <= value <= 100]
    if wrong:
        raise CasebookError(f"{wrong[0]:g} is no percentile: from 0 to 100 is allowed.")
    positive = scores[scores > 0]
    if positive.empty:
        raise Unanswerable(
            f"Thresholds are taken from scores above 0, and of {count(len(scores), 'member')} none has one: look "
            f"back further."
        )
    ordered = sorted(set(percentiles), reverse=True)
    return pd.Series(np.percentile(positive, ordered), pd.Index(ordered, name="percentile"), name="threshold")


def members(scores: pd.DataFrame, entry: float, removal: float) -> pd.DataFrame:
    """Return who is a member at each snapshot; bool, of the shape of the scores, customers x snapshots.

    From the score `entry` on a customer enters, below `removal` a member leaves; both are equal for a single
    threshold, and CasebookError says where the latter is higher. Whatever the thresholds, nobody is a member whose
    score is not above 0.

    Examples
    --------
    >>> scores = pd.DataFrame([[95, 70, 95, 40]], ["Ann"], ["April", "May", "June", "July"])
    >>> members(scores, entry=90, removal=90).loc["Ann"].tolist()
    [True, False, True, False]
    >>> members(scores, entry=90, removal=60).loc["Ann"].tolist()
    [True, True, True, False]
    """
    if removal > entry:
        raise CasebookError(f"Removal below {removal:g} is not allowed: it must be at most {entry:g}, the entry.")
    values = scores.to_numpy()
    inside = np.zeros(values.shape, dtype=bool)
    for step, now in enumerate(values.T):
        before = inside[:, step - 1] if step else np.zeros(len(values), dtype=bool)
        inside[:, step] = (now > 0) & ((now >= entry) | (before & (now >= removal)))
    return pd.DataFrame(inside, scores.index, scores.columns)


def changes(inside: pd.DataFrame) -> pd.DataFrame:
    """Return how many of the `members` came and went at each snapshot.

    That is snapshot, members, entries (returns among them), returns (of who was a member before and had left), exits,
    and short_visits (exits of those who had entered at the snapshot before). All but members are missing at the first
    snapshot, which has none before it.

    Examples
    --------
    >>> inside = pd.DataFrame([[True, False, True], [True, True, True]], ["Ann", "Ben"], ["April", "May", "June"])
    >>> changes(inside)
      snapshot  members  entries  returns  exits  short_visits
    0    April        2     <NA>     <NA>   <NA>          <NA>
    1      May        1        0        0      1             0
    2     June        2        1        1      0             0
    """
    now = inside.to_numpy()
    before = np.hstack([np.zeros((len(now), 1), dtype=bool), now[:, :-1]])
    ever = np.maximum.accumulate(before, axis=1)
    entered, left = now & ~before, before & ~now
    entered_before = np.hstack([np.zeros((len(now), 2), dtype=bool), entered[:, 1:-1]])
    counted = {"entries": entered, "returns": entered & ever, "exits": left, "short_visits": left & entered_before}
    table = pd.DataFrame({SNAPSHOT: inside.columns, "members": now.sum(axis=0)})
    for name, happened in counted.items():
        table[name] = pd.array(happened.sum(axis=0), dtype="Int64")
        table.loc[0, name] = pd.NA
    return table


def trade_off(scores: pd.DataFrame, entry: float, removals: pd.Series) -> pd.DataFrame:
    """Return what several removal thresholds do, beside a single threshold.

    Scores and `entry` are as for `members`; the removal thresholds are from `thresholds`. Those above `entry` are
    left out, and so are repeated ones.

    The table holds percentile and removal (the threshold; the first row is the single one, with removal at entry and,
    where `removals` does not hold it, no percentile), mean_members, entries, exits, returns, short_visits, flickers
    (the latter two together), flickers_share (of those of the single threshold), kept (members below entry who keep
    their place, mean over the snapshots) and kept_share (of the members). The highest threshold comes first.
    """
    lower = removals[removals < entry].sort_values(ascending=False, kind="stable").drop_duplicates()
    same = removals.index[removals == entry]
    rows = [
        {"percentile": percentile, "removal": removal, **_counted(scores, entry, removal)}
        for percentile, removal in [(same[0] if len(same) else np.nan, entry), *lower.items()]
    ]
    table = pd.DataFrame(rows)
    before = table.loc[0, "flickers"]
    shares = table["flickers"] / before if before else np.full(len(table), np.nan)
    table.insert(table.columns.get_loc("kept"), "flickers_share", shares)
    return table


def _counted(scores: pd.DataFrame, entry: float, removal: float) -> dict[str, float]:
    inside = members(scores, entry, removal)
    sums = changes(inside)[["entries", "exits", "returns", "short_visits"]].sum().astype(int)
    kept, size = (inside & (scores < entry)).sum().mean(), inside.sum().mean()
    return {
        "mean_members": size,
        **sums,
        "flickers": sums["returns"] + sums["short_visits"],
        "kept": kept,
        "kept_share": kept / size if size else np.nan,
    }


def suggest_removal(table: pd.DataFrame) -> pd.Series:
    """Return the row of `trade_off` with the highest removal threshold that leaves at most HALF of the flickers.

    Where none does, the one with the fewest flickers, the highest of equal ones; where a single threshold has no
    flickers, that one.
    """
    enough = table[table["flickers"] <= HALF * table.loc[0, "flickers"]]
    return table.loc[enough.index[0] if len(enough) else table["flickers"].idxmin()]
