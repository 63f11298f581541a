import numpy as np
import pandas as pd
import pytest

from helpers.cases.wine.offers import baskets as baskets_of
from helpers.cases.wine.sample import generate_wine
from helpers.models.factorisation.nmf import runs
from helpers.models.factorisation.rank import (
    _measures,
    _shuffled_columns,
    compare_with_chance,
    suggested_rank,
    survey_ranks,
)


def blocks(n_blocks: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    own = np.kron(np.eye(n_blocks, dtype=bool), np.ones((20, 6), dtype=bool))
    return pd.DataFrame(rng.random(own.shape) < np.where(own, 0.7, 0.05))


@pytest.mark.parametrize("n_blocks", [2, 3, 4])
def test_the_suggestion_is_the_number_of_planted_blocks(n_blocks: int) -> None:
    compared = compare_with_chance(survey_ranks(blocks(n_blocks, 1), 5, 5, 2, seed=1))
    assert suggested_rank(compared) == n_blocks


def test_without_structure_nothing_beats_chance() -> None:
    rng = np.random.default_rng(1)
    compared = compare_with_chance(survey_ranks(pd.DataFrame(rng.random((60, 12)) < 0.3), 4, 5, 3, seed=1))
    assert not compared["beats_chance"].any()
    assert suggested_rank(compared) == 2


def suggestion_on_the_sample(seed: int) -> int:
    taken = baskets_of(generate_wine(300, seed).orders, item="offer")
    return suggested_rank(compare_with_chance(survey_ranks(taken, 5, 5, 3, seed)))


@pytest.mark.parametrize("seed", range(1, 6))
def test_on_the_sample_the_suggestion_is_the_planted_rank(seed: int) -> None:
    assert suggestion_on_the_sample(seed) == 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6, 30))
def test_on_the_sample_the_suggestion_is_the_planted_rank_for_many_seeds(seed: int) -> None:
    assert suggestion_on_the_sample(seed) == 3


def test_shuffling_keeps_the_columns_and_breaks_the_rows() -> None:
    table = blocks(2, 1)
    other = _shuffled_columns(table, np.random.default_rng(1))
    assert (other.sum() == table.sum()).all()
    assert not other.equals(table)


def test_gains_are_the_falls_of_the_residuals() -> None:
    table = blocks(2, 1)
    survey = survey_ranks(table, 3, 2, 2, seed=4)
    compared = compare_with_chance(survey).set_index("rank")
    rss = {rank: runs(table, rank, 2, 4)[0].rss for rank in (1, 2, 3)}
    assert compared["gain"].to_dict() == pytest.approx({2: rss[1] - rss[2], 3: rss[2] - rss[3]})
    copies = survey[survey["table"] > 0].pivot_table(index="rank", columns="table", values="rss")
    assert compared.loc[3, "chance_gain"] == pytest.approx((copies.loc[2] - copies.loc[3]).max())


def test_a_rank_beats_chance_only_after_all_smaller_ones() -> None:
    gains = {0: [100, 50, 44, 14], 1: [100, 90, 80, 70]}
    survey = pd.DataFrame(
        [{"table": t, "rank": r, "rss": rss} for t, values in gains.items() for r, rss in enumerate(values, start=1)]
    )
    compared = compare_with_chance(survey)
    assert compared["ratio"].tolist() == pytest.approx([5, 0.6, 3])
    assert compared["beats_chance"].tolist() == [True, False, False]


def test_measures_of_a_clear_table_are_clear() -> None:
    found = _measures(blocks(2, 2), 2, 5, seed=1)
    assert found["cophenetic_correlation"] == found["dispersion"] == 1
    assert found["silhouette_consensus"] == 1
    assert found["silhouette_basis"] > 0.8
