"""Do the customers in the branches of the top sponsors come back more often than those in other branches?

Only customers who bought in an earlier half-year can come back. The share of them who bought in the last half-year is
counted for each branch, in all degrees below the sponsor, and beside it for all other branches together.
"""

from collections.abc import Sequence

import pandas as pd

from helpers.models.inference.proportions import with_share
from helpers.models.network.influence import OTHERS
from helpers.models.network.trees import Network, below

COLUMNS = ["sponsor", "members", "customers", "retained", "share", "low", "high"]


def branch_retention(network: Network, customers: pd.DataFrame, sponsors: Sequence[str]) -> pd.DataFrame:
    """Return how many of the earlier customers in the branches of some sponsors bought in the last half-year.

    Parameters
    ----------
    network : Network
        The trees.
    customers : DataFrame
        By member, those who bought: before (bool: bought in an earlier half-year) and active (bool: bought in the
        last one). Customers who are not members do not count.
    sponsors : sequence of str
        Whose branches are looked at, each without the sponsor.

    Returns
    -------
    DataFrame
        sponsor (in the order given; the last row is OTHERS), members (of the branch), customers (of them, who bought
        before), retained (of these, who are active), share with low and high (95 % interval by Wilson, 1927; missing
        where nobody bought before). Where a sponsor stands below another, members of the lower branch count for both.
        OTHERS are those who have a sponsor and stand below none of those given. The interval takes customers as
        independent of each other.

    Raises
    ------
    CasebookError
        Where a sponsor is not a member.
    """
    names = list(dict.fromkeys(sponsors))
    inside = below(network, names)[["top", "member"]]
    elsewhere = network.members.index[(network.members["level"] > 0) & ~network.members.index.isin(inside["member"])]
    long = pd.concat([inside, pd.DataFrame({"top": OTHERS, "member": elsewhere})], ignore_index=True)
    known = customers[["before", "active"]].reindex(long["member"]).eq(True).to_numpy()
    flags = pd.DataFrame({"members": 1, "customers": known[:, 0], "retained": known.all(axis=1)})
    table = flags.groupby(long["top"].astype(object)).sum().reindex([*names, OTHERS], fill_value=0).astype(int)
    table = table.rename_axis("sponsor").reset_index()
    return with_share(table, "retained", "customers")[COLUMNS]
