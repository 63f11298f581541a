"""How many customers, and how many weeks, would it take to prove that the offers work?

A test gives the offers to half of the audience, picked at random. What it needs follows from the effect that is to
be found, and from how much customers differ.
"""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import power_proportions_2indep, samplesize_proportions_2indep_onetail

from helpers.certainty import LEVEL
from helpers.errors import CasebookError

POWER = 0.80
TINY = 1e-9
CONVERSION, REVENUE = "share who buy", "revenue per customer"
WEEK = pd.Timedelta(days=7)
WEEKS_BACK = 8  # over which newcomers to the audience are counted


def sample_sizes(customers: pd.DataFrame, effects: list[float]) -> pd.DataFrame:
    """Return how many customers a test takes to find each effect with a power of POWER, two-sided at 5 %.

    The customers are the audience without offers, as measured: orders and amount of each in the weeks. Effects are
    relative gains; CasebookError where one is not above 0.

    The columns are outcome (CONVERSION, REVENUE), effect, baseline (mean without offers), spread (standard deviation
    between customers), per_group, customers (in both); missing where the outcome does not vary or cannot rise so far.

    Both by the normal approximation: shares with the pooled share where there is no effect (Fleiss, Levin and Paik,
    2003), since Cohen's arcsine promises too much where hardly anybody buys; means with the variance between
    customers as measured: those who buy nothing count as 0. With a long tail of large buyers the mean of small groups
    is not normal, and the number is a lower guess.

    Examples
    --------
    >>> customers = pd.DataFrame({"orders": [0, 1] * 50, "amount": [0.0, 20.0] * 50})
    >>> sample_sizes(customers, [0.2])[["outcome", "effect", "baseline", "per_group", "customers"]]
                    outcome  effect  baseline  per_group  customers
    0         share who buy     0.2       0.5      388.0      776.0
    1  revenue per customer     0.2      10.0      397.0      794.0
    """
    wrong = [effect for effect in effects if not effect > 0]
    if wrong:
        raise CasebookError(f"The effect {wrong[0]} is not allowed: it must be above 0.")
    outcomes = {CONVERSION: (customers["orders"] > 0).astype(float), REVENUE: customers["amount"].astype(float)}
    rows = [
        (name, effect, values.mean(), values.std(), _per_group(values, name, effect))
        for name, values in outcomes.items()
        for effect in sorted(effects)
    ]
    table = pd.DataFrame(rows, columns=["outcome", "effect", "baseline", "spread", "per_group"])
    return table.assign(customers=2 * table["per_group"])


def _per_group(values: pd.Series, outcome: str, effect: float) -> float:
    mean, spread = float(values.mean()), float(values.std())
    if not (mean > 0 and spread > 0) or (outcome == CONVERSION and mean * (1 + effect) >= 1):
        return math.nan
    if outcome == CONVERSION:
        needed = samplesize_proportions_2indep_onetail(mean * effect, mean, POWER, alpha=1 - LEVEL)
        return float(math.ceil(max(2.0, needed)))
    return float(math.ceil(_solved(mean * effect / spread)))


def _solved(size: float) -> float:
    """Return the customers per group that a standardised effect takes, at least 2."""
    found = NormalIndPower().solve_power(size, power=POWER, alpha=1 - LEVEL, ratio=1.0, alternative="two-sided")
    return max(2.0, float(np.squeeze(found)))


def least_share(share: float, per_group: int) -> float:
    """Return the least share above `share` that a test with so many customers a group finds with a power of POWER.

    Missing where even a group of which all buy would not be told apart. The method is that of `sample_sizes`.

    Examples
    --------
    >>> round(least_share(0.5, 388), 3)
    0.6
    """

    def missing(more: float) -> float:
        return POWER - power_proportions_2indep(more, share, per_group, alpha=1 - LEVEL, return_results=False)

    most = 1 - share - TINY
    return share + brentq(missing, TINY, most) if per_group > 1 and missing(most) < 0 else math.nan


def largest_least_rise(per_group: int) -> float:
    """Return by how much a share must rise, whatever it is, for a test with so many a group to find it with POWER.

    It takes most where the two shares lie as far below and above one half. Missing where `least_share` always is.

    Examples
    --------
    >>> round(largest_least_rise(388), 3)
    0.1
    """

    def missing(more: float) -> float:
        start = (1 - more) / 2
        return POWER - power_proportions_2indep(more, start, per_group, alpha=1 - LEVEL, return_results=False)

    most = 1 - TINY
    return float(brentq(missing, TINY, most)) if per_group > 1 and missing(most) < 0 else math.nan


def least_rise(values: pd.Series, per_group: int, before: pd.Series | None = None) -> float:
    """Return the least rise of a mean, as a share of it, that a test with so many a group finds with POWER.

    The method is that of `sample_sizes`, and a lower guess for the same reason. What is known of the same customers
    from before the test, if it is told, takes their squared correlation off the variance, as a regression on it does
    (Deng, Xu, Kohavi and Walker, 2013). Missing where the values, one a customer, are not above 0 on average or a
    group has fewer than two.

    Examples
    --------
    >>> round(least_rise(pd.Series([0.0, 20.0] * 50), 397), 3)
    0.2
    """
    mean = float(values.mean())
    if per_group < 2 or not mean > 0:
        return math.nan
    size = NormalIndPower().solve_power(nobs1=per_group, power=POWER, alpha=1 - LEVEL, ratio=1.0)
    explained = 0.0 if before is None else np.nan_to_num(values.corr(before)) ** 2
    return float(size * values.std() * math.sqrt(1 - explained) / mean)


def newcomers(audience: Callable[[pd.Timestamp], pd.Series], until: pd.Timestamp) -> float:
    """Return how many customers a week have joined an audience, over WEEKS_BACK weeks; each of them counts once.

    `audience` returns, of a moment, a Series by customer of those who are in it by what came before.
    """
    seen = set(audience(until - WEEKS_BACK * WEEK).index)
    start = len(seen)
    for week in reversed(range(WEEKS_BACK)):
        seen |= set(audience(until - week * WEEK).index)
    return (len(seen) - start) / WEEKS_BACK


def with_weeks(sizes: pd.DataFrame, audience: int, weekly: float, watched: int) -> pd.DataFrame:
    """Add to `sample_sizes` the weeks that a test takes if each customer is watched for some weeks.

    weeks_to_enrol is 0 where the `audience` of now is enough, and infinite where it is not and nobody joins `weekly`
    (see `newcomers`); weeks is to the end of watching the last ones.

    Examples
    --------
    >>> with_weeks(pd.DataFrame({"customers": [500.0, 1000.0]}), audience=600, weekly=100.0, watched=4)
       customers  weeks_to_enrol  weeks
    0      500.0             0.0    4.0
    1     1000.0             4.0    8.0
    """
    missing = (sizes["customers"] - audience).clip(lower=0)
    wait = np.ceil(missing / weekly) if weekly > 0 else missing.where(missing.isna() | (missing == 0), np.inf)
    return sizes.assign(weeks_to_enrol=wait, weeks=wait + watched)
