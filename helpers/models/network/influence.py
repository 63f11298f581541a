"""Which sponsors matter: by recruits, by branch, by revenue below them, by who comes back?

The same purchase counts for everybody above the buyer, so branch revenues of sponsors who stand below each other hold
the same money and must not be added up.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact, norm

from helpers.certainty import LEVEL
from helpers.errors import unknown
from helpers.keeping import kept
from helpers.models.inference.proportions import with_share
from helpers.models.network.heavy_tail import concentration
from helpers.models.network.trees import Network, below, below_or_at, nearest, sums_below

MEASURES = ["recruits", "branch", "branch_revenue"]
REVENUES = ["own_revenue", "recruits_revenue", "branch_revenue"]
EVERYBODY, WITHOUT = "all", "without the top branch"
OTHERS = "all other sponsors"
SPREAD = ["top_share", "top_share_low", "top_share_high", "gini", "gini_low", "gini_high"]


def influence_table(network: Network, revenue: pd.Series) -> pd.DataFrame:
    """Return the revenue of each member, of the direct recruits, and of the whole branch below.

    The table, by member, holds own_revenue, recruits_revenue and branch_revenue (of all degrees below, without the
    own). `revenue` is what each customer spent, by member: members who are not in it spent nothing, and customers who
    are not members do not count. Whole units of money (or decimals) are summed exactly.

    Examples
    --------
    >>> from helpers.models.network.trees import sponsor_network
    >>> network = sponsor_network(pd.Series({"Ann": None, "Ben": "Ann", "Cem": "Ben"}))
    >>> influence_table(network, pd.Series({"Ann": 100, "Ben": 20, "Cem": 3})).to_dict("list")
    {'own_revenue': [100, 20, 3], 'recruits_revenue': [20, 3, 0], 'branch_revenue': [23, 3, 0]}
    """
    own = revenue.reindex(network.members.index, fill_value=0)
    return _influence(network, own.to_numpy())


def _influence(network: Network, own: np.ndarray) -> pd.DataFrame:
    direct = np.append(own, own[:1]) * 0
    np.add.at(direct, network.above[:-1], own)
    columns = [own, direct[:-1], sums_below(network.above, own)]
    return pd.DataFrame(dict(zip(REVENUES, columns, strict=True)), index=network.members.index)


def top_sponsors(network: Network, revenues: pd.DataFrame, by: str, n: int) -> pd.DataFrame:
    """Return the `n` sponsors (or all, if fewer) that lead by one of MEASURES; `revenues` is of `influence_table`.

    The table holds rank, sponsor, recruits, branch, depth, level, root, under (the nearest sponsor above who is in
    this table too; missing where none is), own_revenue, recruits_revenue, branch_revenue and branch_revenue_share (of
    all revenue). Equal sponsors come in the order of their ids.
    """
    if by not in MEASURES:
        raise unknown("measure", by, MEASURES, "of sponsors")
    table = network.members.join(revenues)
    chosen = table[table["recruits"] > 0].sort_values(by, ascending=False, kind="stable").head(n)
    total = max(float(table["own_revenue"].sum()), 1)
    chosen = chosen.assign(
        under=_under(network, chosen.index), branch_revenue_share=chosen["branch_revenue"].astype(float) / total
    )
    names = ["recruits", "branch", "depth", "level", "root", "under", *REVENUES, "branch_revenue_share"]
    chosen = chosen[names].rename_axis("sponsor").reset_index()
    return chosen.set_axis(range(1, len(chosen) + 1)).rename_axis("rank").reset_index()


def _under(network: Network, chosen: pd.Index) -> pd.api.extensions.ExtensionArray:
    """Return the nearest of the chosen members above each of them."""
    members = network.members.index
    up = nearest(network.above, members.isin(chosen))
    places = up[network.above[members.get_indexer(chosen)]]
    return pd.Series(members).reindex(places).array


def next_degree(network: Network, sponsors: Sequence[str]) -> pd.DataFrame:
    """Return how many recruits of some sponsors recruit again, beside all other sponsors together.

    The table holds sponsor (the last row is OTHERS), recruits, recruiting (recruits who have recruits themselves),
    share with low and high (95 % interval by Wilson), q_value (of Fisher's exact test against OTHERS, times how many
    sponsors there are), second_degree (recruits of the recruits) and per_recruit (their mean). Interval and test take
    recruits as independent of each other.
    """
    recruits = network.members.dropna(subset="sponsor")
    groups = recruits["sponsor"].where(recruits["sponsor"].isin(sponsors), OTHERS)
    rows = recruits.assign(recruiting=recruits["recruits"] > 0).groupby(groups)
    table = rows.agg(
        recruits=("recruiting", "size"), recruiting=("recruiting", "sum"), second_degree=("recruits", "sum")
    )
    table = table.reindex([*dict.fromkeys(sponsors), OTHERS], fill_value=0).rename_axis("sponsor").reset_index()
    table = with_share(table, "recruiting", "recruits")
    table["per_recruit"] = table["second_degree"] / table["recruits"].where(table["recruits"] > 0)
    counts = np.column_stack([table["recruiting"], table["recruits"] - table["recruiting"]])
    tested = [fisher_exact([own, counts[-1]]).pvalue for own in counts[:-1]]
    table["q_value"] = [*np.minimum(np.array(tested) * len(tested), 1.0), np.nan]
    return table[
        ["sponsor", "recruits", "recruiting", "share", "low", "high", "q_value", "second_degree", "per_recruit"]
    ]


@kept
def branch_retention(network: Network, customers: pd.DataFrame, sponsors: Sequence[str]) -> pd.DataFrame:
    """Return how many of the earlier customers in the branches of some sponsors bought in the last half-year.

    The table holds sponsor (in the order given; the last row is OTHERS), members (of the branch), customers (of them,
    who bought before), retained (of these, who are active), share with low and high (95 % interval by Wilson, 1927;
    missing where nobody bought before), expected (the share if all came back as often as others who were in the same
    state), and above_expected (share less expected) with _low and _high: branches differ in whom they hold, and that
    alone makes shares differ. Where a sponsor stands below another, members of the lower branch count for both.
    OTHERS are those who have a sponsor and stand below none of those given. Intervals take customers as independent
    of each other; those of above_expected hold for all sponsors together, by Bonferroni.

    `customers` holds by member those who bought: before (bool: bought in an earlier half-year, so that they could
    come back), active (bool: bought in the last one) and state (what they were just before the last one). Customers
    who are not members do not count. A branch is taken in all degrees, without the sponsor; CasebookError where a
    sponsor is no member.
    """
    names = list(dict.fromkeys(sponsors))
    inside = below(network, names)[["top", "member"]]
    elsewhere = network.members.index[network.members["level"] > 0].difference(inside["member"], sort=False)
    long = pd.concat([inside, pd.DataFrame({"top": OTHERS, "member": elsewhere})], ignore_index=True)
    known = customers[["before", "active"]].reindex(long["member"]).eq(True).to_numpy()
    flags = pd.DataFrame({"members": 1, "customers": known[:, 0], "retained": known.all(axis=1)})
    table = flags.groupby(long["top"].astype(object)).sum().reindex([*names, OTHERS], fill_value=0).astype(int)
    table = with_share(table.rename_axis("sponsor").reset_index(), "retained", "customers")
    long = long.assign(state=customers["state"].reindex(long["member"]).to_numpy(), retained=known.all(axis=1))
    return table.join(_over_expected(long[known[:, 0]], len(names)), on="sponsor")


def _over_expected(long: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return expected and above_expected with its interval, by sponsor, of customers with top, state and retained."""
    others = long[long["top"] == OTHERS].groupby("state")["retained"].agg(["sum", "size"])
    counts = pd.crosstab(long["top"], long["state"]).drop(index=OTHERS, errors="ignore")
    back, size = (others[name].reindex(counts.columns).to_numpy() for name in others)
    n_own = counts.sum(axis=1).to_numpy()[:, None]
    weights = counts / n_own
    expected = (weights * (back / size)).where(weights > 0, 0.0).sum(axis=1, skipna=False)
    likely = (back + 1) / (size + 2)  # so that no few customers are sure
    variance = (weights * likely * (1 - likely) * (1 / n_own + weights / size)).where(weights > 0, 0.0)
    over = long.groupby("top")["retained"].mean().reindex(counts.index) - expected
    half = np.sqrt(variance.sum(axis=1)) * norm.isf((1 - LEVEL) / 2 / max(n, 1))
    ends = {"above_expected": over, "above_expected_low": over - half, "above_expected_high": over + half}
    return pd.DataFrame({"expected": expected, **ends})


@kept
def revenue_concentration(
    network: Network, revenue: pd.Series, top: float, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    """Return how concentrated revenue is, with and without the branch of the sponsor who has most revenue below.

    The table holds members_counted (EVERYBODY or WITHOUT), of (one of REVENUES), members (with such revenue), revenue
    (sum of the members' own), top_share and gini, each with _low and _high (95 % interval). Without the top branch,
    the top sponsor and everybody below are taken away, and the branches above shrink.
    `top` is the share of the members with revenue that counts as the top. For the intervals members are drawn anew,
    as independent of each other.
    """
    revenues = influence_table(network, revenue)
    branch = revenues["branch_revenue"].to_numpy()
    left = ~below_or_at(network, int(branch.argmax())) if (branch > 0).any() else np.ones(len(branch), dtype=bool)
    fewer = _influence(network, revenues["own_revenue"].where(left, 0).to_numpy())[left]
    rows = []
    for name, frame in ((EVERYBODY, revenues), (WITHOUT, fewer)):
        for of in REVENUES:
            row = {"members_counted": name, "of": of, "revenue": frame["own_revenue"].sum()}
            spread = concentration(frame[of], top, n_bootstrap, seed)[["value", "low", "high"]].to_numpy().ravel()
            rows.append(row | {"members": int((frame[of] > 0).sum())} | dict(zip(SPREAD, spread, strict=True)))
    return pd.DataFrame(rows)
