"""Do we find what a published study found?"""

from pathlib import Path
from typing import Any

import pandas as pd


def read_published(module: str, name: str, **options: Any) -> pd.DataFrame:
    """Return what a study printed: published_`name`.csv beside the file of a module; options are of `read_csv`."""
    return pd.read_csv(Path(module).with_name(f"published_{name}.csv"), **options)


def against_published(
    published: pd.DataFrame, reproduced: pd.DataFrame, keys: list[str], decimals: int
) -> pd.DataFrame:
    """Return published figures beside ours, by the `keys` that both tables have.

    For each other column X of `published` there are published_X and reproduced_X, and `agrees` says whether all are
    the same in as many decimals as the study printed. Rows that only one of the two has are kept and do not agree.

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
    table, agrees = both[keys].copy(), pd.Series(True, both.index)
    for name in figures:
        table[f"published_{name}"], table[f"reproduced_{name}"] = both[f"{name}_1"], both[f"{name}_2"]
        agrees &= (both[f"{name}_1"] - both[f"{name}_2"]).abs() <= _half_a_digit(decimals)
    return table.assign(agrees=agrees)


def within_spread(published: pd.DataFrame, runs: pd.DataFrame, decimals: int) -> pd.DataFrame:
    """Return the rows of `published` (measure, measured_on in words, published) beside the spread of ours.

    `runs` has a row for each of our runs, the best first, and a column for each measure. Added are best (of our
    runs), low and high (of all), and `agrees`: what is published lies between them, in as many decimals as the study
    printed.
    """
    ours = runs[published["measure"]]
    table = published.assign(best=ours.iloc[0].to_numpy(), low=ours.min().to_numpy(), high=ours.max().to_numpy())
    near = _half_a_digit(decimals)
    return table.assign(agrees=table["published"].between(table["low"] - near, table["high"] + near))


def _half_a_digit(decimals: int) -> float:
    return 0.5 * 10**-decimals + 1e-9
