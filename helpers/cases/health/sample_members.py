"""Who are the members of the network: of which kind, since when, recruited by whom, and when active?"""

from pathlib import Path

import numpy as np
import pandas as pd

# Beside chances: who joined before the window (shares of those who enter in its first half-year, later), and earlier,
# the weight of a month of membership in the years before.
SEGMENTS = pd.read_csv(Path(__file__).with_name("sample_segments.csv"), index_col="segment")
OCCASIONAL, STARTER, BUILDER, INACTIVE = range(len(SEGMENTS))
MEMBERS = int(SEGMENTS["customers"].sum())  # of the source
FIRST_MONTH, MONTHS = np.datetime64("2015-01", "M"), 102  # until June 2023
WINDOW_MONTH, HALF_MONTHS = 84, 6  # January 2022, and the months of a half-year
HALVES = ("2022-H1", "2022-H2", "2023-H1")
GROWTH = 0.012  # of the joins before the window, a month
ROOT_MONTHS, MEMBERS_OF_A_ROOT = 3, 20_000
TAIL = 1.6  # of the Pareto distribution of the recruits
TIERS = {"leader": 0.22, "bulk": 14 / 10_897}  # of the network builders
FEW_BULK = 3  # bulk buyers, where there are a hundred network builders for each
TIER_RECRUITS = {"": 1.0, "builder": 0.6, "leader": 2.4, "bulk": 2.4}
LAST_MONTHS = 3  # who joined in them recruits nobody yet
COPIES = 0.002  # members who stand a second time in the list
ALPHABET = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)


def members(n_members: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the members in the order of joining.

    The columns are member (text), segment (a place in SEGMENTS), tier (of network builders), join_month (from
    FIRST_MONTH), sponsor (a row, -1 for none), recruits, copy_of (a row, -1 for none) and if they buy, by half-year.
    """
    segment = rng.permuted(np.repeat(np.arange(len(SEGMENTS)), _sizes(n_members)))
    tier, active = _tiers(segment, rng), _active(segment, rng)
    kinds = pd.DataFrame({"segment": segment, "tier": tier, "join_month": _join_months(segment, active, rng)})
    everyone = _in_order(pd.concat([kinds, pd.DataFrame(active, columns=list(HALVES))], axis="columns"), rng)
    everyone["sponsor"] = _sponsors(everyone, rng)
    everyone = _with_copies(everyone, rng)
    everyone["recruits"] = np.bincount(everyone["sponsor"] + 1, minlength=n_members + 1)[1:]
    everyone.insert(0, "member", codes(n_members, rng))
    return everyone


def quota(shares: np.ndarray, n: int) -> np.ndarray:
    """Return whole numbers with the sum `n` in proportion to the shares.

    Examples
    --------
    >>> quota(np.array([0.5, 0.3, 0.2]), 11).tolist()
    [6, 3, 2]
    """
    return np.diff(np.round(np.cumsum(shares) / np.sum(shares) * n).astype(int), prepend=0)


def _sizes(n_members: int) -> np.ndarray:
    customers = SEGMENTS["customers"].to_numpy()
    buyers = round(n_members * customers[:INACTIVE].sum() / MEMBERS)
    few = max(1, round(buyers * customers[BUILDER] / customers[:INACTIVE].sum()))
    others = quota(customers[:BUILDER], buyers - few)
    return np.array([*others, few, n_members - buyers])


def _tiers(segment: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    tiers = np.full(len(segment), "", dtype=object)
    builders = rng.permutation(np.flatnonzero(segment == BUILDER))
    n = len(builders)
    bulk, leaders = max(round(TIERS["bulk"] * n), min(FEW_BULK, n // 100)), round(TIERS["leader"] * n)
    tiers[builders] = "builder"
    tiers[builders[:leaders]] = "leader"
    tiers[builders[n - bulk :]] = "bulk"
    return tiers


def _active(segment: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return in which half-years each member buys, members x HALVES, by the planted chances of movement."""
    entry = np.full(len(segment), -1)
    for kind in range(INACTIVE):
        own = np.flatnonzero(segment == kind)
        shares = SEGMENTS.iloc[kind][["entry_1", "entry_2", "entry_3"]].to_numpy(dtype=float)
        entry[own] = rng.permuted(np.repeat(np.arange(len(HALVES)), quota(shares, len(own))))
    stays, returns = (SEGMENTS[name].to_numpy()[segment] for name in ("retention", "returns"))
    active = np.zeros((len(segment), len(HALVES)), dtype=bool)
    for half in range(len(HALVES)):
        before = active[:, half - 1] if half else np.zeros(len(segment), dtype=bool)
        known = (entry >= 0) & (entry < half)
        chance = np.where(before, stays, np.where(known, returns, 0.0))
        active[:, half] = (entry == half) | (rng.random(len(segment)) < chance)
    return active


def _join_months(segment: np.ndarray, active: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return when each joined: starters when they first buy, some others too, the rest before the window."""
    n, entry = len(segment), active.argmax(axis=1)
    growing = np.exp(GROWTH * np.arange(WINDOW_MONTH))
    before = rng.choice(WINDOW_MONTH, n, p=growing / growing.sum())
    on_entry = WINDOW_MONTH + HALF_MONTHS * entry + rng.integers(0, HALF_MONTHS, n)
    anywhen = rng.integers(WINDOW_MONTH, MONTHS, n)
    first, later = (SEGMENTS[name].to_numpy()[segment] for name in ("before_first", "before_later"))
    in_window = np.where(segment == INACTIVE, anywhen, on_entry)
    joined = np.where(rng.random(n) < np.where(entry == 0, first, later), before, in_window)
    return np.maximum(joined, ROOT_MONTHS)


def _in_order(everyone: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Sort by the month of joining; the first few are network builders, and the roots of the forest."""
    n_roots = max(1, min(3 + len(everyone) // MEMBERS_OF_A_ROOT, (everyone["segment"] == BUILDER).sum()))
    roots = rng.choice(np.flatnonzero(everyone["segment"] == BUILDER), n_roots, replace=False)
    everyone.loc[roots, "join_month"] = rng.integers(0, ROOT_MONTHS, n_roots)
    shuffled = everyone.iloc[rng.permutation(len(everyone))]
    return shuffled.sort_values("join_month", kind="stable", ignore_index=True)


def _sponsors(everyone: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return the sponsor's row of each, who joined in an earlier month; -1 for the roots."""
    month = everyone["join_month"].to_numpy()
    starts = np.searchsorted(month, month)  # how many joined in earlier months
    roots = month < ROOT_MONTHS
    wanted = _recruits_wanted(everyone, rng)
    wanted[roots] = np.maximum(wanted[roots], 10)
    cumulative = np.cumsum(_weights(wanted, starts, roots))
    upto = cumulative[np.maximum(starts - 1, 0)]
    chosen = np.searchsorted(cumulative, rng.random(len(month)) * upto, side="right")
    return np.where(roots, -1, np.minimum(chosen, np.maximum(starts - 1, 0)))


def _recruits_wanted(everyone: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    segment, n = everyone["segment"].to_numpy(), len(everyone)
    least = SEGMENTS["recruits"].to_numpy()[segment] * everyone["tier"].map(TIER_RECRUITS).to_numpy()
    recruiting = rng.random(n) < SEGMENTS["has_recruits"].to_numpy()[segment]
    in_time = everyone["join_month"].to_numpy() < MONTHS - LAST_MONTHS
    heavy = least * rng.random(n) ** (-1 / TAIL)
    return np.where(recruiting & in_time, np.minimum(heavy, n / 100 + 5), 0.0)


def _weights(wanted: np.ndarray, starts: np.ndarray, roots: np.ndarray) -> np.ndarray:
    """Return weights by which everybody's expected number of recruits is in proportion to the wanted one.

    A recruit chooses among all who joined in earlier months. The chances of a weight are therefore a sum over later
    recruits, which a few rounds of proportional fitting bring to what is wanted.
    """
    weight = wanted.copy()
    for _round in range(8):
        upto = np.cumsum(weight)[np.maximum(starts - 1, 0)]
        inverse = np.where(roots, 0.0, 1 / np.maximum(upto, 1e-9))
        by_start = np.bincount(starts, inverse, minlength=len(starts) + 1)
        later = by_start[::-1].cumsum()[::-1]
        after = later[np.searchsorted(starts, starts, side="right")]
        weight = np.where(after > 0, wanted / np.maximum(after, 1e-12), 0.0)
        weight /= weight.sum()
    return weight


def _with_copies(everyone: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Let some members stand twice in a row: the second has the join month, sponsor and purchases of the first."""
    same = (everyone["segment"].eq(OCCASIONAL) & everyone["segment"].shift(-1).eq(OCCASIONAL)) & (
        everyone["join_month"] == everyone["join_month"].shift(-1)
    )
    first = np.flatnonzero(same)[::2]
    first = first[np.diff(first, prepend=-2) > 1]
    chosen = np.sort(rng.choice(first, min(round(COPIES * len(everyone)), len(first)), replace=False))
    copied = ["sponsor", *HALVES]
    everyone.loc[chosen + 1, copied] = everyone.loc[chosen, copied].to_numpy()
    everyone["copy_of"] = -1
    everyone.loc[chosen + 1, "copy_of"] = chosen
    return everyone.astype({"sponsor": int} | dict.fromkeys(HALVES, bool))


def codes(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return different codes of 8 to 11 capital letters and digits: seven count in a scrambled way, the rest vary."""
    number = (np.arange(n, dtype=np.int64) * 48_271_000_019 + rng.integers(36**7)) % 36**7
    digits = number[:, None] // 36 ** np.arange(7) % 36
    letters = ALPHABET[np.hstack([digits, rng.integers(0, 36, (n, 4))])]
    letters[np.arange(11) >= rng.integers(8, 12, n)[:, None]] = 0
    return letters.view("S11").ravel().astype(str)
