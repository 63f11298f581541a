"""How many factors are there, and which would chance have given as well?

The same measures are taken on the data and on copies in which each column is shuffled on its own, which keeps how
popular every item is and leaves nothing that items have in common (Frigyesi and Hoglund, 2008).
"""

import numpy as np
import pandas as pd

from helpers.models.factorisation.nmf import (
    consensus,
    cophenetic_correlation,
    dispersion,
    explained_variance,
    mean_silhouettes,
    runs,
    silhouettes,
)

MARGIN = 1.15


def survey_ranks(table: pd.DataFrame, max_rank: int, n_runs: int, n_shuffles: int, seed: int) -> pd.DataFrame:
    """Return the measures of ranks 1 to `max_rank`, on the data and on shuffled copies.

    Returns
    -------
    DataFrame
        A row for each table and rank: table (0 for the data, then the copies), rank, rss of the best run,
        explained_variance, cophenetic_correlation and dispersion of the consensus, and the mean silhouettes.
    """
    rng = np.random.default_rng(seed)
    tables = [table, *(_shuffled_columns(table, rng) for _ in range(n_shuffles))]
    rows = [
        {"table": number, "rank": rank} | _measures(each, rank, n_runs, seed)
        for number, each in enumerate(tables)
        for rank in range(1, max_rank + 1)
    ]
    return pd.DataFrame(rows)


def _shuffled_columns(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    return table.apply(lambda column: pd.Series(rng.permutation(column.to_numpy()), index=column.index))


def _measures(table: pd.DataFrame, rank: int, n_runs: int, seed: int) -> dict[str, float]:
    fits = runs(table, rank, n_runs, seed)
    together = consensus(fits)
    return {
        "rss": fits[0].rss,
        "explained_variance": explained_variance(table, fits[0]),
        "cophenetic_correlation": cophenetic_correlation(together),
        "dispersion": dispersion(together),
    } | mean_silhouettes(silhouettes(fits))


def compare_with_chance(survey: pd.DataFrame) -> pd.DataFrame:
    """Return for each rank from 2 what it gains over the rank before, on the data and by chance.

    The columns are rank, the measures on the data, gain (fall of the residuals), chance_gain (the largest of the
    shuffled copies), ratio of the two, and beats_chance: this and all smaller ranks gain at least MARGIN times as
    much as chance.

    Examples
    --------
    >>> residuals = {"table": [0, 0, 0, 1, 1, 1], "rank": [1, 2, 3] * 2, "rss": [100, 60, 50, 100, 80, 60]}
    >>> compare_with_chance(pd.DataFrame(residuals))[["rank", "gain", "chance_gain", "ratio", "beats_chance"]]
       rank  gain  chance_gain  ratio  beats_chance
    0     2  40.0         20.0    2.0          True
    1     3  10.0         20.0    0.5         False
    """
    rss = survey.pivot_table(index="rank", columns="table", values="rss")
    gains = -rss.diff().iloc[1:]
    by_chance = gains.drop(columns=0).max(axis=1)
    ratio = gains[0] / by_chance
    real = survey[survey["table"] == 0].set_index("rank").drop(columns="table").loc[gains.index]
    beats = (ratio >= MARGIN).cummin()
    return real.assign(gain=gains[0], chance_gain=by_chance, ratio=ratio, beats_chance=beats).reset_index()


def suggested_rank(compared: pd.DataFrame) -> int:
    """Return the largest rank that beats chance, and 2 where none does."""
    return int(compared.loc[compared["beats_chance"], "rank"].max()) if compared["beats_chance"].any() else 2
