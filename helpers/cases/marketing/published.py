"""What did the published study cluster, and what would it have found without its mistakes?

The study read day-first dates as month-first where it could, kept the row number as a feature, and called parent only
who has two children or more. All three are repeated here to reproduce its figures, and each is mended to see what it
changes.
"""

from typing import Any

import pandas as pd
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers.cases.marketing import features
from helpers.cases.marketing.reader import CAMPAIGNS, SPENT_ON, is_published
from helpers.cases.marketing.statements import statements
from helpers.features.reproduction import against_published
from helpers.models import clustering, prediction

MODEL = ["model", "r2", "rmse"]
SPLIT_SEED, SEEDS = 42, 10  # of the study's split, and how many of ours for the models
DATES, ROWS, PARENTS = {"month_first": False}, {"row_number": False}, {"parents_from": 1}
MENDED: dict[str, dict[str, Any]] = {
    "as published": {},
    "dates read day first": DATES,
    "without the row number": ROWS,
    "parents from the first child on": PARENTS,
    "dates and row number mended": DATES | ROWS,
    "all three mended": DATES | ROWS | PARENTS,
}


def reproduction(
    raw: pd.DataFrame, table: pd.DataFrame, clusters: pd.Series, summary: pd.DataFrame, recipe: str, seed: int
) -> dict[str, pd.DataFrame]:
    """Return the published figures beside ours; nothing where the data or the recipe are not the study's.

    `table` is what the cleaning left of `raw`, and `summary` is our `cluster_table`, made with the seed. They are the
    clusters, as by `against_published`; the study's statements in words; what becomes of its clusters as its mistakes
    are mended, as by `compare_spaces`; and the models, as by `against_published`, the mean and the range over seeds.
    """
    if recipe != "published" or not is_published(raw):
        return {}
    predictors = _predictors(published_features(table))
    spent = table.set_index("customer")[SPENT_ON].sum(axis="columns")
    scores = prediction.one_split_scores(predictors, spent, prediction.untuned_models, SPLIT_SEED, range(SEEDS))
    return {
        "clusters": against_published(__file__, "clusters", [summary], ["cluster"]),
        "statements": statements(raw, features.customer_features(table), clusters, summary),
        "mistakes": clustering.compare_spaces(_versions(table), clustering.ward, len(summary), seed),
        "models": _spread_of_models(scores),
    }


def published_features(
    table: pd.DataFrame, month_first: bool = True, row_number: bool = True, parents_from: int = 2
) -> pd.DataFrame:
    """Return the study's features, by customer, with its mistakes, unless these are mended.

    The index of the table that `clean_as_published` left is the row number.
    """
    joined = table["joined"].map(_misread) if month_first else table["joined"]
    children = table["kids_home"] + table["teens_home"]
    partner = table["marital_status"].isin(features.PARTNERED)
    made = {
        "account_age": (joined.max() - joined).dt.days,
        "children": children,
        "spent": table[SPENT_ON].sum(axis="columns"),
        "age": 2021 - table["birth_year"],
        "partner": partner,
        "household": children + 1 + partner,
        "parent": children >= parents_from,
        "promotions": table[CAMPAIGNS].sum(axis="columns"),
    } | ({"row_number": table.index} if row_number else {})
    dropped = ["marital_status", "joined", "birth_year", "contact_cost", "answer_revenue"]
    kept = table.drop(columns=dropped, errors="ignore").assign(**made).set_index("customer")
    return pd.get_dummies(kept, columns=["education"]).astype(float)


def published_points(inputs: pd.DataFrame) -> pd.DataFrame:
    """Return what the study clustered: its features, standardised and turned onto their principal components."""
    turned = make_pipeline(StandardScaler(), PCA(0.95)).fit_transform(inputs)  # of the variance
    return pd.DataFrame(turned, index=inputs.index)


def _predictors(inputs: pd.DataFrame) -> pd.DataFrame:
    """Return what the study predicted spending from: its features, without what is spent."""
    return inputs.drop(columns=[*SPENT_ON, "spent"])


def _misread(day: pd.Timestamp) -> pd.Timestamp:
    """Return what a day-first date becomes when it is read as month-first where that is possible."""
    return day.replace(month=day.day, day=day.month) if day.day <= 12 else day


def _versions(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what the study clustered, and what it would have without each of its mistakes, by name."""
    return {version: published_points(published_features(table, **mended)) for version, mended in MENDED.items()}


def _spread_of_models(ours: pd.DataFrame) -> pd.DataFrame:
    """Return the published scores beside ours of `one_split_scores`: the mean, and the range over seeds."""
    ends = [ours[["model", f"r2{end}", f"rmse{end}"]] for end in ("", "_min", "_max")]
    return against_published(__file__, "models", [each.set_axis(MODEL, axis="columns") for each in ends], ["model"])
