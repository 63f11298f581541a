"""Whose way leads from the table to the clusters: the casebook's, or the published study's?"""

import pandas as pd

from helpers.cases.marketing import cleaning, features
from helpers.cases.marketing.options import MethodName, Recipe
from helpers.cases.marketing.published import published_features, published_points
from helpers.cases.marketing.reader import CAMPAIGNS
from helpers.models import clustering
from helpers.models.clustering.methods import Method

METHODS: dict[MethodName, Method] = {"k-means": clustering.kmeans, "Ward": clustering.ward}
WORDS: dict[MethodName, str] = {"k-means": "k-means", "Ward": "Ward's method"}
NUMBERS = [0, 2, 3, 1]  # the study's clusters, the highest mean spending first


def clean(raw: pd.DataFrame, recipe: Recipe, highest_income: float) -> cleaning.Customers:
    """Return the customers that a recipe keeps; `raw` and `highest_income` are as for `cleaning.clean`."""
    way = cleaning.clean_as_published if recipe == "published" else cleaning.clean
    return way(raw, highest_income)


def points(table: pd.DataFrame, customers: pd.DataFrame, recipe: Recipe, with_spending: bool) -> pd.DataFrame:
    """Return what a recipe clusters, customers x columns on comparable scales.

    It is made of the table that the cleaning left or, for the casebook, of `customer_features`, with what is spent or
    without it.
    """
    if recipe == "published":
        return published_points(published_features(table))
    return features.clustering_inputs(customers, with_spending)


def method_of(recipe: Recipe, method: MethodName) -> MethodName:
    """Return how a recipe clusters; only the casebook leaves it open."""
    return "Ward" if recipe == "published" else method


def other_method(method: MethodName) -> Method:
    """Return the method that a recipe does not use, to be held against it."""
    return METHODS["k-means" if method == "Ward" else "Ward"]


def number_of(recipe: Recipe, n_clusters: int | None, survey: pd.DataFrame) -> int:
    """Return the number of clusters: the study's, the one asked for, or as many as prediction strength supports."""
    if recipe == "published":
        return len(NUMBERS)
    return n_clusters or max(2, clustering.strong_number(survey))


def clusters_of(labels: pd.Series, spent: pd.Series, recipe: Recipe) -> pd.Series:
    """Return the clusters with the numbers that a recipe gives them; the study's are known by their mean spending."""
    if recipe == "casebook":
        return labels
    ranking = spent.groupby(labels).mean().sort_values(ascending=False).index
    return labels.map(dict(zip(ranking, NUMBERS, strict=True)))


def made_from(points: pd.DataFrame, customers: pd.DataFrame, recipe: Recipe) -> list[str]:
    """Return the features in which clusters must differ, since they were made from them."""
    if recipe == "published":
        return [*customers, *CAMPAIGNS]
    return [*points.columns, *CAMPAIGNS, *features.FOLLOW]
