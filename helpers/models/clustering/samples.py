"""Which customers stand for all where there are very many, and what do these tell of the others?"""

import pandas as pd
from sklearn.neighbors import NearestNeighbors

from helpers.models.inference.determinism import single_thread

ENOUGH = 10_000  # customers by whom clusters are judged; the rest would say the same, and take hours


def some_of(table: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    """Return a table, or where it has more rows, `most` of them that are drawn by chance.

    Examples
    --------
    >>> customers = pd.DataFrame({"spend": [10, 20, 30]})
    >>> len(some_of(customers, 2, seed=0)), len(some_of(customers, 5, seed=0))
    (2, 3)
    """
    return table.sample(most, random_state=seed) if len(table) > most else table


@single_thread
def of_the_nearest(labels: pd.DataFrame, features: pd.DataFrame) -> pd.DataFrame:
    """Return labels of some customers x ways for all who have features: those without get their nearest one's.

    Examples
    --------
    >>> spend = pd.DataFrame({"spend": [10, 20, 900]}, index=["ann", "bob", "eve"])
    >>> of_the_nearest(pd.DataFrame({"cluster": [1, 2]}, index=["ann", "eve"]), spend)["cluster"].to_dict()
    {'ann': 1, 'bob': 1, 'eve': 2}
    """
    if len(labels) == len(features):
        return labels.loc[features.index]
    known = NearestNeighbors(n_neighbors=1, n_jobs=1).fit(features.loc[labels.index].to_numpy())
    others = features.index.difference(labels.index, sort=False)
    places = known.kneighbors(features.loc[others].to_numpy(), return_distance=False)[:, 0]
    return pd.concat([labels, labels.iloc[places].set_axis(others)]).loc[features.index]
