import pandas as pd
import pytest

from helpers.figures import factorisation as pictures
from helpers.figures.clustering import silhouette_bars
from helpers.figures.style import to_svg
from helpers.models.factorisation.nmf import (
    compare_with_chance,
    consensus,
    runs,
    runs_table,
    silhouettes,
    survey_ranks,
    tree_order,
)
from tests.figures.test_style import texts

NAMES = {1: "first factor", 2: "second factor"}


@pytest.fixture
def table(baskets: pd.DataFrame) -> pd.DataFrame:
    return baskets.rename_axis(columns="offer")


def test_the_survey_has_a_panel_for_each_kind_of_measure(table: pd.DataFrame) -> None:
    survey = survey_ranks(pd.concat([table] * 3, ignore_index=True), 3, 2, 1, seed=1)
    said = texts(to_svg(pictures.rank_survey(survey, compare_with_chance(survey)), "x"))
    assert {"Gain over one factor less", "Agreement of the runs", "Mean silhouette", "data", "shuffled"} <= said


def test_maps_label_their_items_and_factors(table: pd.DataFrame) -> None:
    fits = runs(table, 2, 3, seed=1)
    together = consensus(fits)
    assert set("abcde") <= texts(to_svg(pictures.consensus_map(together, tree_order(together)), "x"))
    fit = fits[0]
    coefficients = pictures.coefficient_map(fit.coefficients, fit.column_clusters, NAMES)
    assert {*"abcde", *NAMES.values()} <= texts(to_svg(coefficients, "x"))
    assert {"12 customers", *NAMES.values()} <= texts(
        to_svg(pictures.basis_map(fit.basis, fit.row_clusters, NAMES), "x")
    )


def test_sizes_are_drawn_for_every_segment(table: pd.DataFrame) -> None:
    fits = runs(table, 2, 3, seed=1)
    assert {"largest", "number 2"} <= texts(to_svg(pictures.spread_of_runs(runs_table(fits)), "x"))


def test_silhouettes_are_drawn_for_every_segment(baskets: pd.DataFrame) -> None:
    fits = runs(baskets.rename_axis(columns="offer"), 2, 3, seed=1)
    assert set(NAMES.values()) <= texts(to_svg(silhouette_bars(silhouettes(fits), NAMES), "x"))
