"""How fast do sponsors recruit, and does a fast start last?

Joining is known by month. The first three months are the month of joining and the two after it. A window counts only
where the data reach to its end, so that young sponsors are not taken for slow ones.
"""

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from helpers.models.inference.intervals import mean_interval, rank_correlation_interval
from helpers.models.network.trees import Network

WINDOWS = (3, 6, 12)  # months
EARLY = 5  # recruits by whom sponsors are compared, the first ones
YEAR = 12
STARTS = {"1": (1, 1), "2 to 4": (2, 4), "5 to 9": (5, 9), "10 and more": (10, np.inf)}  # recruits of the first year


def dated_recruits(network: Network, joined: pd.Series) -> pd.DataFrame:
    """Return the recruits whose month of joining is known, the first of each sponsor first.

    `joined` holds by member when they joined, where that is known, here as in the functions below.

    The table holds sponsor, member, month and sponsor_month (months since year 0; the latter may be missing), and
    place (1 for the first recruit of the sponsor whose month is known; those of one month come in the order of their
    ids).
    """
    months = months_of(joined.reindex(network.members.index))
    table = network.members[["sponsor"]].assign(month=months, at=network.above[:-1]).reset_index()
    table["sponsor_month"] = np.append(months, np.nan)[network.above[:-1]]
    table = table.dropna(subset=["sponsor", "month"]).sort_values(["at", "month"], kind="stable", ignore_index=True)
    table["place"] = table.groupby("at").cumcount() + 1
    return table[["sponsor", "member", "month", "sponsor_month", "place"]]


def months_of(joined: pd.Series) -> pd.Series:
    """Return dates as months since year 0; missing ones stay missing."""
    dates = pd.to_datetime(joined)
    return (dates.dt.year * 12 + dates.dt.month - 1).astype(float)


def pace(network: Network, joined: pd.Series) -> pd.DataFrame:
    """Return how fast each sponsor recruited, by the recruits whose month of joining is known.

    The table, by sponsor, holds joined_3, joined_6, joined_12 (recruits in the first months after joining), first_3,
    first_6, first_12 (after the first recruit, who counts), to_first (months from joining to the first recruit) and
    to_fifth (from the first to the fifth recruit). Missing where a month is not known, a window is not over, or there
    is no fifth recruit; to_first also where the first one joined before the sponsor: a fault of the data.

    Examples
    --------
    >>> from helpers.models.network.trees import sponsor_network
    >>> network = sponsor_network(pd.Series({"Ann": None, "Ben": "Ann", "Cem": "Ann"}))
    >>> joined = pd.to_datetime(pd.Series({"Ann": "2024-01-15", "Ben": "2024-02-01", "Cem": "2024-06-30"}))
    >>> pace(network, joined)[["joined_3", "joined_6", "to_first"]].to_dict("index")
    {'Ann': {'joined_3': 1, 'joined_6': 2, 'to_first': 1.0}}
    """
    table, sponsors = dated_recruits(network, joined), network.members.index[network.members["recruits"] > 0]
    end, months = months_of(joined).max(), table.groupby("sponsor")["month"]
    own, first = months_of(joined.reindex(sponsors)), months.min().reindex(sponsors)
    fifth = table[table["place"] == EARLY].set_index("sponsor")["month"].reindex(sponsors)
    since_own, since_first = table["month"] - table["sponsor_month"], table["month"] - months.transform("min")
    counted = pd.DataFrame(index=sponsors)
    for name, since, start in (("joined", since_own, own), ("first", since_first, first)):
        for window in WINDOWS:
            within = since.between(0, window - 1).groupby(table["sponsor"]).sum().reindex(sponsors, fill_value=0)
            counted[f"{name}_{window}"] = within.where(start + window - 1 <= end)
    return counted.assign(to_first=(first - own).where(first >= own), to_fifth=fifth - first)


def persistence(network: Network, joined: pd.Series) -> pd.DataFrame:
    """Return what follows a fast start: recruits of the second year by those of the first year after joining.

    Members are compared who recruited in their first year and could be watched for two, whatever they did afterwards,
    so that nobody is chosen for having succeeded.

    The table holds first_year (recruits, in words), sponsors, first_mean, second_mean with second_low and second_high
    (95 % interval by Student's t, not below 0; missing of one sponsor) and without_recruits_share (who
    recruited nobody in the second year).
    """
    years, rows = _years(network, joined), []
    for name, (fewest, most) in STARTS.items():
        own = years[years["first"].between(fewest, most)]
        second, low, high = mean_interval(own["second"])
        row = {"first_year": name, "sponsors": len(own), "first_mean": own["first"].mean(), "second_mean": second}
        row |= {
            "second_low": np.maximum(low, 0),
            "second_high": high,
            "without_recruits_share": (own["second"] == 0).mean(),
        }
        rows.append(row)
    return pd.DataFrame(rows)


def _years(network: Network, joined: pd.Series) -> pd.DataFrame:
    """Return the recruits of the first two years, of those with some in the first and two years to see."""
    table = dated_recruits(network, joined)
    since = table["month"] - table["sponsor_month"]
    seen = table["sponsor_month"] + 2 * YEAR - 1 <= months_of(joined).max()
    counts = {"first": since.between(0, YEAR - 1), "second": since.between(YEAR, 2 * YEAR - 1)}
    years = pd.DataFrame(counts)[seen].groupby(table["sponsor"][seen]).sum()
    return years[years["first"] > 0]


def persistence_correlation(network: Network, joined: pd.Series) -> dict[str, float]:
    """Return Spearman's correlation of the recruits of both years: sponsors, rho, rho_low, rho_high and p_value.

    The interval is by Fisher's z with the variance of Bonett and Wright (2000). Missing where there are fewer than
    ten sponsors, or where one of the years does not vary.
    """
    years = _years(network, joined)
    n = len(years)
    if n < 10 or (years.nunique() < 2).any():
        return {"sponsors": n} | dict.fromkeys(["rho", "rho_low", "rho_high", "p_value"], np.nan)
    rho, p_value = spearmanr(years["first"], years["second"])
    low, high = rank_correlation_interval(rho, n)
    values = {"rho": float(rho), "rho_low": float(low), "rho_high": float(high), "p_value": float(p_value)}
    return {"sponsors": n, **values}
