"""How are customers of another period measured by the same yardstick?

A scale is learned once, from the customers of one period, and laid on those of others. Money and counts have heavy
tails: on a raw scale a few customers with very large values decide where clusters lie. Logarithms prevent that, and
so does counting every value above the 99 % quantile as that quantile.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from helpers.errors import CasebookError
from helpers.wording import listing

Way = Literal["clipped", "log", "robust", "raw"]
WAYS: tuple[Way, ...] = ("clipped", "log", "robust", "raw")
WORDS: dict[Way, str] = {
    "clipped": "clipped scale",
    "log": "logarithms",
    "robust": "medians and quartiles",
    "raw": "raw scale",
}
CLIPPED = 0.99  # the quantile above which a value counts as it


def in_use_first(way: Way) -> tuple[Way, ...]:
    """Return all scales, the one in use first.

    Examples
    --------
    >>> in_use_first("log")
    ('log', 'clipped', 'robust', 'raw')
    """
    return (way, *(other for other in WAYS if other != way))


@dataclass(frozen=True)
class Scale:
    """By feature the highest value that counts, what is taken away, what is divided by; logarithms come first."""

    logged: list[str]
    highest: pd.Series
    centre: pd.Series
    spread: pd.Series


def fit_scale(features: pd.DataFrame, way: Way, shares: Collection[str] = ()) -> Scale:
    """Learn a scale from customers x features; CasebookError where one is missing, infinite or negative for "log".

    Parameters
    ----------
    way : "clipped", "log", "robust" or "raw"
        Means and standard deviations of values clipped at their 99 % quantile (winsorised; Tukey, 1962); of
        logarithms of 1 + each value; medians and interquartile ranges (standard deviations where these are 0); means
        and standard deviations.
    shares : collection of str
        Features that lie between 0 and 1, of which no logarithm is taken.
    """
    logged = [name for name in features if name not in shares] if way == "log" else []
    table = _logarithms(features, logged)
    highest = table.quantile(CLIPPED) if way == "clipped" else pd.Series(np.inf, table.columns)
    table = table.clip(upper=highest, axis="columns")
    deviation = table.std(ddof=0)
    centre, spread = table.mean(), deviation
    if way == "robust":
        middle = table.quantile(0.75) - table.quantile(0.25)
        centre, spread = table.median(), middle.where(middle > 0, deviation)
    return Scale(logged, highest, centre, spread.where(spread > 1e-12, 1.0))


def scaled(scale: Scale, features: pd.DataFrame) -> pd.DataFrame:
    """Return customers x features by a scale, in its order of features; CasebookError as for `fit_scale`.

    Examples
    --------
    >>> january, june = pd.DataFrame({"spend": [0.0, 20.0]}), pd.DataFrame({"spend": [10.0, 40.0]})
    >>> scaled(fit_scale(january, "raw"), june)["spend"].tolist()
    [0.0, 3.0]
    """
    missing = scale.centre.index.difference(features.columns, sort=False)
    if len(missing):
        raise CasebookError(f"The scale needs {listing(missing)} too.")
    table = _logarithms(features[scale.centre.index], scale.logged).clip(upper=scale.highest, axis="columns")
    return (table - scale.centre) / scale.spread


def _logarithms(features: pd.DataFrame, logged: list[str]) -> pd.DataFrame:
    table = features.astype(float)
    holes = [name for name in table if not np.isfinite(table[name]).all()]
    if holes:
        raise CasebookError(f"{listing(holes)} must be a number for every customer, and is missing or infinite.")
    negative = [name for name in logged if (table[name] < 0).any()]
    if negative:
        raise CasebookError(f"No logarithms: {listing(negative)} is negative for some customer.")
    return table.assign(**{name: np.log1p(table[name]) for name in logged})
