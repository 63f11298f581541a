"""Who brought whom, and how large did it grow?

Members who name the member that sponsored them form trees. Each fact on the trees comes from pointer jumping (Wyllie,
1979): from the sponsor of a member to the sponsor's sponsor, then four degrees up, then eight. That takes as many
rounds as the depth has binary digits, and each round is linear in the members. Ties that no tree can hold are set
aside by a rule, and listed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.errors import CasebookError, unknown

ORPHAN, SELF, CIRCLE = "sponsor is not a member", "own sponsor", "circle of sponsors"
FAULTS = [ORPHAN, SELF, CIRCLE]
BELOW = ["top", "degree", "member", "sponsor"]


@dataclass(frozen=True)
class Network:
    """Trees of members.

    `members` holds by member, sorted: sponsor (missing for a root), root, level (0 for a root), recruits (direct
    ones), branch (members below in all degrees) and depth (degrees below). `above` holds the place of each member's
    sponsor; its last place is nobody, who is above roots and themselves. `faults` holds the ties as given that no
    tree can hold: fault (one of FAULTS), member, sponsor, circle (the first member of it, missing elsewhere) and cut
    (whether the tie was set aside).
    """

    members: pd.DataFrame
    above: np.ndarray
    faults: pd.DataFrame


def sponsor_network(sponsors: pd.Series) -> Network:
    """Return the trees that members (the index) and their sponsors (missing for one without) form.

    A member whose sponsor is not a member, or who is the own sponsor, becomes a root. In a circle of sponsors, the
    member who comes first in the order of the ids becomes a root, and all other ties stay. CasebookError where a
    member is missing or named twice.

    Examples
    --------
    >>> network = sponsor_network(pd.Series({"Ann": None, "Ben": "Ann", "Cem": "Ann", "Dee": "Ben"}))
    >>> network.members["level"].to_dict(), network.members["branch"].to_dict()
    ({'Ann': 0, 'Ben': 1, 'Cem': 1, 'Dee': 2}, {'Ann': 3, 'Ben': 1, 'Cem': 0, 'Dee': 0})
    >>> faulty = sponsor_network(pd.Series({"Ann": "Ben", "Ben": "Ann", "Cem": "Zoe"}))
    >>> faulty.faults[["fault", "member", "sponsor", "cut"]]
                         fault member sponsor    cut
    0       circle of sponsors    Ann     Ben   True
    1       circle of sponsors    Ben     Ann  False
    2  sponsor is not a member    Cem     Zoe   True
    """
    given = _checked(sponsors).sort_index()
    above = _places(given)
    outside = given.notna().to_numpy() & (above[:-1] == len(given))
    own = above[:-1] == np.arange(len(given))
    above[:-1][own] = len(given)
    circle = _circles(above)
    cut = circle == np.arange(len(given))
    above[:-1][cut] = len(given)
    return Network(_facts(given.index, above), above, _faults(given, outside, own, circle, cut))


def _checked(sponsors: pd.Series) -> pd.Series:
    if sponsors.index.hasnans:
        raise CasebookError("A member without an id is among the members; each needs an id of its own.")
    twice = sponsors.index[sponsors.index.duplicated()]
    if len(twice):
        raise CasebookError(f"Member {twice[0]!r} is there more than once; each member may have one sponsor only.")
    return sponsors.rename_axis("member").rename("sponsor")


def _places(sponsors: pd.Series) -> np.ndarray:
    """Return the place of each member's sponsor, and that of nobody for those without one and for nobody."""
    places = sponsors.index.get_indexer(sponsors)
    return np.append(np.where(places < 0, len(sponsors), places), len(sponsors))


def _circles(above: np.ndarray) -> np.ndarray:
    """Return the place of the first member of the circle on which each member stands, and -1 for all others."""
    first, up = np.arange(len(above)), above
    for _ in range(len(above).bit_length()):
        first, up = np.minimum(first, first[up]), up[up]
    circle = np.full(len(above), -1)
    circle[up] = first[up]  # more steps than members lead onto a circle or to nobody
    return circle[:-1]


def jumps(above: np.ndarray) -> Iterator[np.ndarray]:
    """Yield who stands 1, 2, 4, ... degrees above each member, as long as anybody does."""
    while (above[:-1] < len(above) - 1).any():
        yield above
        above = above[above]


def _facts(members: pd.Index, above: np.ndarray) -> pd.DataFrame:
    names, roots = pd.Series(members), nearest(above, above[:-1] == len(members))[:-1]
    facts = {
        "sponsor": names.reindex(above[:-1]).array,
        "root": names[roots].array,
        "level": _levels(above),
        "recruits": np.bincount(above[:-1], minlength=len(members))[: len(members)],
        "branch": sums_below(above, np.ones(len(members), dtype=int)),
        "depth": _depths(above),
    }
    return pd.DataFrame(facts, index=members)


def nearest(above: np.ndarray, marked: np.ndarray) -> np.ndarray:
    """Return the place of the nearest marked member at or above each member, that of nobody where there is none."""
    up = np.where(np.append(marked, True), np.arange(len(above)), above)
    while ((further := up[up]) != up).any():
        up = further
    return up


def _levels(above: np.ndarray) -> np.ndarray:
    level = (above < len(above) - 1).astype(int)
    for up in jumps(above):
        level = level + level[up]
    return level[:-1]


def sums_below(above: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the sum of the values of all who stand below each member, who does not count; whole numbers exactly."""
    total = np.append(values, 0 * values[:1])
    for up in jumps(above):
        more = total.copy()
        np.add.at(more, up[:-1], total[:-1])
        total = more
    return total[: len(values)] - values


def _depths(above: np.ndarray) -> np.ndarray:
    depth = np.zeros(len(above), dtype=int)
    for step, up in enumerate(jumps(above)):
        deeper = depth.copy()
        np.maximum.at(deeper, up[:-1], depth[:-1] + 2**step)
        depth = deeper
    return depth[:-1]


def levels(network: Network) -> pd.DataFrame:
    """Return the levels of the trees: level (0 for roots), members, sponsors (with recruits) and sponsors_share."""
    rows = network.members.assign(sponsors=network.members["recruits"] > 0).groupby("level")["sponsors"]
    table = rows.agg(members="size", sponsors="sum").reset_index()
    return table.assign(sponsors_share=table["sponsors"] / table["members"])


def tree_facts(network: Network) -> dict[str, float]:
    """Return what the trees are like.

    That is members, trees (roots with recruits), alone (roots without), sponsors (members with recruits),
    sponsors_share, recruits_mean and recruits_median (of a sponsor), levels (degrees below a root, at most), largest
    (members of the largest tree) and largest_share.

    Examples
    --------
    >>> facts = tree_facts(sponsor_network(pd.Series({"Ann": None, "Ben": "Ann", "Cem": "Ann", "Dee": None})))
    >>> facts["trees"], facts["alone"], facts["recruits_mean"], facts["largest_share"]
    (1, 1, 2.0, 0.75)
    """
    table = network.members
    roots, sponsors = table[table["level"] == 0], table.loc[table["recruits"] > 0, "recruits"]
    largest = roots["branch"].max() + 1 if len(roots) else 0
    return {
        "members": len(table),
        "trees": int((roots["recruits"] > 0).sum()),
        "alone": int((roots["recruits"] == 0).sum()),
        "sponsors": len(sponsors),
        "sponsors_share": len(sponsors) / max(len(table), 1),
        "recruits_mean": float(sponsors.mean()),
        "recruits_median": float(sponsors.median()),
        "levels": int(table["level"].max()) if len(table) else 0,
        "largest": int(largest),
        "largest_share": float(largest / max(len(table), 1)),
    }


def fault_summary(network: Network) -> pd.DataFrame:
    """Return a row for each kind of fault: fault, ties (as given), cut (set aside), sponsors (distinct), circles."""
    groups = network.faults.groupby("fault")
    table = groups.agg(
        ties=("member", "size"), cut=("cut", "sum"), sponsors=("sponsor", "nunique"), circles=("circle", "nunique")
    )
    return table.reindex(FAULTS, fill_value=0).rename_axis("fault").reset_index()


def below(network: Network, sponsors: Sequence[str]) -> pd.DataFrame:
    """Return everybody below each of some sponsors, who may stand below each other.

    That is top (the sponsor, in the order given), degree (1 for direct recruits), member and sponsor; by degree and
    member. CasebookError where a sponsor is not a member.
    """
    parts = [_below_one(network, name) for name in sponsors]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=BELOW)


def _below_one(network: Network, top: str) -> pd.DataFrame:
    members = network.members
    if top not in members.index:
        raise unknown("sponsor", str(top), members.index.astype(str))
    inside = members[below_or_at(network, members.index.get_loc(top))].drop(top).reset_index()
    inside["degree"] = inside["level"] - members.loc[top, "level"]
    return inside.assign(top=top).sort_values("degree", kind="stable")[BELOW]


def below_or_at(network: Network, place: int) -> np.ndarray:
    """Return for each member whether they are the one at a place, or below."""
    members = np.arange(len(network.members))
    return nearest(network.above, members == place)[:-1] == place


def _faults(
    given: pd.Series, outside: np.ndarray, own: np.ndarray, circle: np.ndarray, cut: np.ndarray
) -> pd.DataFrame:
    table = given.reset_index()
    table["fault"] = np.select([outside, own, circle >= 0], FAULTS, "")
    table["circle"] = pd.Series(given.index[circle]).where(circle >= 0)
    table["cut"] = outside | own | cut
    faulty = table[table["fault"] != ""]
    return faulty[["fault", "member", "sponsor", "circle", "cut"]].sort_values(["fault", "member"], ignore_index=True)
