"""Every measure against its definition written out, and the factors against scikit-learn's."""

import itertools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import NMF
from sklearn.metrics import adjusted_rand_score

from helpers.cases.wine.offers import baskets as baskets_of
from helpers.cases.wine.sample import generate_wine
from helpers.errors import Unanswerable
from helpers.models.factorisation import nmf, updates
from helpers.models.factorisation.nmf import (
    Factors,
    _by_nimfa,
    _cophenetic_correlation,
    _dispersion,
    _explained_variance,
    _in_order,
    _measures,
    _shuffled_columns,
    compare_with_chance,
    consensus,
    refit,
    runs,
    runs_at_once,
    runs_table,
    silhouettes,
    suggested_rank,
    survey_ranks,
    tree_order,
)


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    chances = np.repeat([[0.8, 0.1], [0.1, 0.7]], [12, 10], axis=0).repeat([5, 4], axis=1)
    return pd.DataFrame(rng.random(chances.shape) < chances, columns=list("abcdefghi"))


@pytest.fixture
def fits(table: pd.DataFrame) -> list[Factors]:
    return runs(table, 3, 6, seed=1)


def start(table: pd.DataFrame, rank: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.uniform(0.1, 1, (len(table), rank)), rng.uniform(0.1, 1, (rank, table.shape[1]))


def _at_once(values: np.ndarray, basis: np.ndarray, coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    bases, of_columns = updates.factorised(values, basis[None], coefficients[None])
    return bases[0], of_columns[0]


Way = Callable[[np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
BOTH_WAYS = pytest.mark.parametrize("way", [_by_nimfa, _at_once])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rank", [1, 2, 3])
@BOTH_WAYS
def test_factors_equal_scikit_learns_from_the_same_start(
    table: pd.DataFrame, rank: int, seed: int, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same start, same objective, same updates: scikit-learn takes the basis first, so it gets the table turned."""
    for module in (nmf, updates):
        monkeypatch.setattr(module, "MAX_ITERATIONS", 40)
        monkeypatch.setattr(module, "LEAST_GAIN", -1)
    basis, coefficients = start(table, rank, seed)
    (ours,) = _in_order(table, [way(table.to_numpy(float), basis, coefficients)])
    theirs = NMF(rank, init="custom", solver="mu", max_iter=40, tol=0)
    turned = theirs.fit_transform(table.T.astype(float), W=coefficients.T.copy(), H=basis.T.copy())
    assert (ours.basis @ ours.coefficients).to_numpy() == pytest.approx((turned @ theirs.components_).T, abs=1e-6)
    assert ours.rss == pytest.approx(theirs.reconstruction_err_**2)


@BOTH_WAYS
def test_one_update_equals_the_formula_of_lee_and_seung(
    table: pd.DataFrame, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (nmf, updates):
        monkeypatch.setattr(module, "MAX_ITERATIONS", 1)
    values, (w, h) = table.to_numpy(float), start(table, 2, 1)
    basis, coefficients = way(values, w, h)
    h = h * (w.T @ values) / (w.T @ w @ h)
    w = w * (values @ h.T) / (w @ h @ h.T)
    assert basis @ coefficients == pytest.approx(w @ h)


@BOTH_WAYS
def test_the_start_is_left_as_it_was(table: pd.DataFrame, way: Way) -> None:
    basis, coefficients = start(table, 2, 1)
    before = basis.copy(), coefficients.copy()
    way(table.to_numpy(float), basis, coefficients)
    assert (basis == before[0]).all()
    assert (coefficients == before[1]).all()


@pytest.mark.parametrize("rank", [1, 2, 4])
@pytest.mark.parametrize("bare", [False, True])
def test_many_starts_at_once_equal_nimfas_runs_one_by_one(table: pd.DataFrame, rank: int, bare: bool) -> None:
    """Each stops where nimfa stops, also where nobody bought an item and a customer bought nothing."""
    bought = table.assign(e=False) & (np.arange(len(table)) > 2)[:, None] if bare else table
    for one, other in zip(runs(bought, rank, 8, seed=1), runs_at_once(bought, rank, 8, seed=1), strict=True):
        assert one.rss == pytest.approx(other.rss, rel=1e-12)
        np.testing.assert_allclose(one.basis, other.basis, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=1e-9, atol=1e-12)


def test_runs_depend_on_the_seed_alone_and_the_best_comes_first(table: pd.DataFrame, fits: list[Factors]) -> None:
    np.random.seed(0)
    again = runs(table, 3, 6, seed=1)
    for first, second in zip(fits, again, strict=True):
        pd.testing.assert_frame_equal(first.basis, second.basis, check_exact=True)
    assert [fit.rss for fit in fits] == sorted(fit.rss for fit in fits)
    assert not runs(table, 3, 6, seed=2)[0].basis.equals(fits[0].basis)


def test_residuals_and_explained_variance_by_definition(table: pd.DataFrame, fits: list[Factors]) -> None:
    for fit in fits:
        residuals = [
            (table.loc[row, column] - sum(fit.basis.loc[row, t] * fit.coefficients.loc[t, column] for t in (1, 2, 3)))
            ** 2
            for row in table.index
            for column in table.columns
        ]
        assert fit.rss == pytest.approx(sum(residuals))
        assert _explained_variance(table, fit) == pytest.approx(1 - sum(residuals) / table.to_numpy().sum())


def test_factors_are_in_order_of_what_they_explain(fits: list[Factors]) -> None:
    for fit in fits:
        sizes = [(fit.basis[[t]].to_numpy() @ fit.coefficients.loc[[t]].to_numpy()).sum() for t in fit.basis]
        assert sizes == sorted(sizes, reverse=True)


def test_clusters_are_of_the_largest_number(fits: list[Factors]) -> None:
    fit = fits[0]
    for row, cluster in fit.row_clusters.items():
        assert fit.basis.loc[row, cluster] == fit.basis.loc[row].max()
    for column, cluster in fit.column_clusters.items():
        assert fit.coefficients.loc[cluster, column] == fit.coefficients[column].max()


def test_consensus_counts_the_runs_in_which_two_are_together(fits: list[Factors]) -> None:
    together = consensus(fits)
    for a, b in itertools.product("abcdefghi", repeat=2):
        share = np.mean([fit.column_clusters[a] == fit.column_clusters[b] for fit in fits])
        assert together.loc[a, b] == pytest.approx(share)


HALF = pd.DataFrame([[1, 0.9, 0.2], [0.9, 1, 0.4], [0.2, 0.4, 1]], index=list("abc"), columns=list("abc"))


def test_dispersion_by_definition() -> None:
    expected = sum(4 * (value - 0.5) ** 2 for value in HALF.to_numpy().ravel()) / 9
    assert _dispersion(HALF) == pytest.approx(expected)
    assert _dispersion(pd.DataFrame(np.eye(3))) == 1
    assert _dispersion(pd.DataFrame(np.full((3, 3), 0.5))) == 0


def test_cophenetic_correlation_by_definition() -> None:
    """The tree joins a and b at .1, and c to both at the mean of .8 and .6."""
    distances, heights = [0.1, 0.8, 0.6], [0.1, 0.7, 0.7]
    assert _cophenetic_correlation(HALF) == pytest.approx(np.corrcoef(distances, heights)[0, 1])
    assert _cophenetic_correlation(pd.DataFrame(np.ones((3, 3)))) == 1
    assert tree_order(HALF) in (list("abc"), list("cba"), list("bac"), list("cab"))


def width(distances: np.ndarray, clusters: list, i: int) -> float:
    own = [distances[i, j] for j in range(len(clusters)) if clusters[j] == clusters[i] and j != i]
    if not own:
        return 0.0
    others = {s: np.mean([distances[i, j] for j in range(len(clusters)) if clusters[j] == s]) for s in set(clusters)}
    nearest = min(value for cluster, value in others.items() if cluster != clusters[i])
    return float((nearest - np.mean(own)) / max(nearest, np.mean(own)))


def test_silhouettes_by_definition(fits: list[Factors]) -> None:
    best = fits[0]
    found = silhouettes(fits)
    distances = {
        "consensus": 1 - consensus(fits).to_numpy(),
        "coefficients": 1 - np.corrcoef(best.coefficients.T),
        "basis": 1 - np.corrcoef(best.basis),
    }
    for measured_on, rows in found.groupby("measured_on"):
        clusters = list(rows["cluster"])
        expected = [width(distances[str(measured_on)], clusters, i) for i in range(len(clusters))]
        assert rows["silhouette"].to_numpy() == pytest.approx(expected, abs=1e-6)


def test_one_factor_has_no_silhouette(table: pd.DataFrame) -> None:
    assert silhouettes(runs(table, 1, 2, seed=1))["silhouette"].isna().all()


def test_table_of_runs_has_falling_shares_that_sum_to_one(fits: list[Factors]) -> None:
    by_run = runs_table(fits)
    shares = by_run.filter(like="share_")
    assert shares.sum(axis=1).to_numpy() == pytest.approx(1)
    assert (shares.diff(axis=1).iloc[:, 1:] <= 0).all(axis=None)
    counts = fits[0].row_clusters.value_counts(normalize=True)
    assert shares.iloc[0].tolist() == pytest.approx(sorted(counts.reindex([1, 2, 3], fill_value=0), reverse=True))
    widths = silhouettes(fits).groupby("measured_on")["silhouette"].mean()
    assert by_run["silhouette_basis"].iloc[0] == pytest.approx(widths["basis"])


def test_refit_labels_rows_and_columns(table: pd.DataFrame) -> None:
    rows, columns = refit(2, seed=1)(table.iloc[[0, 0, 5, 13, 20, 21]])
    assert list(rows.index) == [0, 0, 5, 13, 20, 21]
    assert list(columns.index) == list(table.columns)


@pytest.mark.parametrize("seed", range(1, 6))
def test_planted_clusters_are_found(seed: int) -> None:
    best = runs(blocks(3, seed), 3, 10, seed)[0]
    assert adjusted_rand_score(np.repeat(range(3), 20), best.row_clusters) >= 0.9
    assert adjusted_rand_score(np.repeat(range(3), 6), best.column_clusters) >= 0.9


@pytest.mark.parametrize("seed", range(1, 4))
def test_of_the_sample_the_offers_and_the_clear_kind_of_customers_are_found(seed: int) -> None:
    """Customers of the two kinds that overlap cannot be told apart, and many took little but what all like."""
    planted = generate_wine(300, seed)
    taken = baskets_of(planted.orders, item="offer")
    best = runs(taken, 3, 15, seed)[0]
    assert adjusted_rand_score(planted.offer_segments[taken.columns], best.column_clusters) >= 0.5
    pinot = planted.customer_segments[taken.index] == "pinot"
    shared = pd.crosstab(pinot, best.row_clusters).loc[True]
    assert shared.max() / (best.row_clusters == shared.idxmax()).sum() >= 0.8
    assert shared.max() / pinot.sum() >= 0.7


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


def test_too_few_customers_have_no_number_of_tastes() -> None:
    with pytest.raises(Unanswerable, match="29 customers and 12 items is too small to take apart: it takes 30 cust"):
        survey_ranks(blocks(2, 1).head(29), 3, 2, 1, seed=1)


def suggestion_on_the_sample(seed: int) -> int:
    """Return the suggestion; what all like may be taken for a taste beside the three that are planted."""
    taken = baskets_of(generate_wine(300, seed).orders, item="offer")
    return suggested_rank(compare_with_chance(survey_ranks(taken, 5, 5, 3, seed)))


@pytest.mark.parametrize("seed", range(1, 4))
def test_on_the_sample_the_suggestion_is_the_planted_rank_or_one_more(seed: int) -> None:
    assert suggestion_on_the_sample(seed) in {3, 4}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6, 30))
def test_on_the_sample_the_suggestion_is_near_the_planted_rank_for_many_seeds(seed: int) -> None:
    assert suggestion_on_the_sample(seed) in {2, 3, 4}


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
