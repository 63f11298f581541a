"""Do we find what a published study found?"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

TOLERANCE = 1e-9


def read_published(module: str, name: str, **options: Any) -> pd.DataFrame:
    """Return what a study printed: published_`name`.csv beside the file of a module; options are of `read_csv`."""
    return pd.read_csv(Path(module).with_name(f"published_{name}.csv"), **options)


def against_published(
    published: pd.DataFrame, reproduced: pd.DataFrame, keys: list[str], decimals: int
) -> pd.DataFrame:
    """Return published figures beside ours.

    Parameters
    ----------
    published, reproduced : DataFrame
        The same `keys`; every other column of `published` is a figure to compare.
    keys : list of str
        What names a row.
    decimals : int
        How many decimals the study printed.

    Returns
    -------
    DataFrame
        keys, then published_X and reproduced_X for each figure X, and `agrees`: all figures are the same as printed.
        Rows that only one of the two has are kept and do not agree.

    Examples
    --------
    >>> printed = pd.DataFrame({"clusters": [2, 3], "share": [0.58, 0.42]})
    >>> against_published(printed, printed.assign(share=[0.5832, 0.41]), keys=["clusters"], decimals=2)
       clusters  published_share  reproduced_share  agrees
    0         2             0.58            0.5832    True
    1         3             0.42            0.4100   False
    """
    figures = [name for name in published.columns if name not in keys]
    both = published.merge(reproduced[[*keys, *figures]], on=keys, how="outer", suffixes=("_1", "_2"), sort=False)
    columns = {
        f"{side}_{name}": both[f"{name}_{i}"] for name in figures for i, side in ((1, "published"), (2, "reproduced"))
    }
    half_a_digit = 0.5 * 10**-decimals + TOLERANCE
    gaps = np.column_stack([columns[f"published_{name}"] - columns[f"reproduced_{name}"] for name in figures])
    return both[keys].assign(**columns, agrees=(np.abs(gaps) <= half_a_digit).all(axis=1))


def within_spread(published: pd.DataFrame, runs: pd.DataFrame, decimals: int) -> pd.DataFrame:
    """Return published figures beside the spread of ours over several runs.

    Parameters
    ----------
    published : DataFrame
        measure, measured_on (in words) and published.
    runs : DataFrame
        A row for each run, the best first, with a column for each measure.
    decimals : int
        How many decimals the study printed.

    Returns
    -------
    DataFrame
        The published rows, then best (of our runs), low and high (of all runs), and `agrees`: the published figure
        lies between low and high, as far as it was printed.
    """
    ours = runs[published["measure"]]
    table = published.assign(best=ours.iloc[0].to_numpy(), low=ours.min().to_numpy(), high=ours.max().to_numpy())
    half_a_digit = 0.5 * 10**-decimals + TOLERANCE
    inside = table["published"].between(table["low"] - half_a_digit, table["high"] + half_a_digit)
    return table.assign(agrees=inside)
