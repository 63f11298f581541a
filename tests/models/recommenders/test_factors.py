import warnings

import numpy as np
import pandas as pd
import pytest
from surprise import Trainset

from helpers.models.recommenders.factors import (
    NEGATIVES,
    _Ratings,
    _ratings,
    fitted_svd,
    implicit_als,
    learned_customers,
    nmf_factors,
    surprise_svd,
)
from helpers.models.recommenders.interactions import (
    Known,
    known_before,
    known_without_dates,
    part,
    without_dates,
)
from tests.models.recommenders.shops import UNTIL


def test_nothing_is_printed_or_warned(tastes: pd.DataFrame, capfd: pytest.CaptureFixture[str]) -> None:
    known = known_before(tastes, UNTIL)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for learn in (
            implicit_als(known, 4, None, 1),
            surprise_svd(known, 4, 1),
            surprise_svd(known, 4, 1, biased=True),
        ):
            assert np.isfinite(learn(known)).all()
    assert capfd.readouterr() == ("", "")


def test_ratings_are_logarithms_and_zeros_of_what_was_not_bought(tastes: pd.DataFrame) -> None:
    known = known_before(pd.concat([tastes, tastes.assign(order="again")]), UNTIL)
    rated = _ratings(known, np.random.default_rng(1), biased=False)
    bought = rated.data > 0
    assert set(rated.data) == {0, np.log1p(np.float32(2))}
    assert bought.sum() == known.orders.nnz
    assert (np.asarray(known.orders[rated.row, rated.col]).ravel() > 0).tolist() == bought.tolist()
    assert known.orders.nnz < (~bought).sum() < NEGATIVES * known.orders.nnz


def test_ratings_are_read_as_surprise_reads_them(tastes: pd.DataFrame) -> None:
    rated = _ratings(known_before(tastes, UNTIL), np.random.default_rng(1), biased=True)
    by_customer: dict[int, list[tuple[int, float]]] = {}
    for row, column, value in zip(rated.row.tolist(), rated.col.tolist(), rated.data.tolist(), strict=True):
        by_customer.setdefault(row, []).append((column, value))
    theirs, ours = Trainset(by_customer, {}, *rated.shape, rated.nnz, (0, 1), {}, {}), _Ratings(rated)
    assert list(ours.all_ratings()) == list(theirs.all_ratings())
    assert ours.global_mean == theirs.global_mean
    assert (ours.n_users, ours.n_items, ours.n_ratings) == (theirs.n_users, theirs.n_items, theirs.n_ratings)


@pytest.fixture(scope="module")
def untasted() -> Known:
    """Return customers who buy products of falling popularity, without any taste."""
    rng = np.random.default_rng(1)
    chance = 1 / np.arange(1, 31)
    products = rng.choice(30, (1500, 4), p=chance / chance.sum())
    rows = [(f"c{i:04}", f"o{i}", f"p{j:02}", UNTIL - pd.Timedelta(days=9)) for i in range(1500) for j in products[i]]
    table = pd.DataFrame(rows, columns=["customer", "order", "product", "date"]).drop_duplicates()
    return known_before(table, UNTIL)


def test_with_biases_bought_products_are_one_and_zeros_do_not_favour_what_is_popular(untasted: Known) -> None:
    table = _ratings(untasted, np.random.default_rng(1), biased=True)
    ones = table.data == 1
    bought = untasted.orders.tocoo()
    pairs = set(zip(bought.row, bought.col, strict=True))
    assert set(zip(table.row[ones], table.col[ones], strict=True)) == pairs
    assert not set(zip(table.row[~ones], table.col[~ones], strict=True)) & pairs
    zeros = np.bincount(table.col[~ones], minlength=30)
    share_free = 1 - np.bincount(untasted.orders.indices, minlength=30) / len(untasted.customers)
    rate = zeros / share_free
    assert rate.min() > 0.8 * rate.max()


def test_biases_keep_popularity(untasted: Known) -> None:
    scores = surprise_svd(untasted, 4, seed=1, biased=True)(untasted)
    buyers = pd.Series(np.bincount(untasted.orders.indices, minlength=30))
    assert buyers.corr(pd.Series(scores.mean(axis=0)), method="spearman") > 0.85


def test_positions_are_those_of_the_table(untasted: Known) -> None:
    model = fitted_svd(untasted, 3, seed=1, biased=True)
    assert model.pu.shape == (len(untasted.customers), 3)
    assert model.qi.shape == (len(untasted.products), 3)
    assert (fitted_svd(untasted, 3, seed=1, biased=True).qi == model.qi).all()


def test_the_audience_and_some_others_teach_and_it_is_scored_alike_wherever_it_stands(
    tastes: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpers.models.recommenders.factors.LEARN", 40)
    known = known_before(tastes, UNTIL, audience=pd.Index(["c003", "c050", "c002"]))
    some = learned_customers(known, seed=1)
    assert len(some) == 43
    assert set(known.audience) <= set(some)
    assert (np.diff(some) > 0).all()
    score = surprise_svd(known, 4, seed=1, biased=True)
    scores = score(part(known, known.audience))
    assert scores.shape == (3, len(known.products))
    assert (score(part(known, known.audience[::-1])) == scores[::-1]).all()


def test_factors_favour_the_products_of_the_customers_own(bought: pd.DataFrame) -> None:
    known = known_without_dates(bought)
    me = pd.DataFrame(False, index=["me"], columns=known.products)
    me[["a", "b"]] = True
    scores = pd.Series(nmf_factors(known, rank=3, seed=1)(without_dates(me))[0], known.products)
    assert scores[list("abcde")].min() > scores[list("fghijklmno")].max()
