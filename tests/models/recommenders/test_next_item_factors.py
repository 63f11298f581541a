import numpy as np
import pandas as pd
import pytest

from helpers.models.recommenders.interactions import Interactions, interactions
from helpers.models.recommenders.next_item_factors import fitted_factors, ratings

NOW = pd.Timestamp("2023-07-01")


@pytest.fixture(scope="module")
def known() -> Interactions:
    """Return customers who buy products of falling popularity, without any taste."""
    rng = np.random.default_rng(1)
    chance = 1 / np.arange(1, 31)
    products = rng.choice(30, (1500, 4), p=chance / chance.sum())
    rows = [(f"c{i:04}", f"o{i}", f"p{j:02}", NOW - pd.Timedelta(days=9)) for i in range(1500) for j in products[i]]
    return interactions(pd.DataFrame(rows, columns=["customer", "order", "product", "date"]).drop_duplicates(), NOW)


def test_bought_products_are_one_and_others_zero(known: Interactions) -> None:
    table = ratings(known, np.random.default_rng(1))
    ones = table.data == 1
    bought = known.orders.tocoo()
    assert set(zip(table.row[ones], table.col[ones], strict=True)) == set(zip(bought.row, bought.col, strict=True))
    zeros = set(zip(table.row[~ones], table.col[~ones], strict=True))
    assert not zeros & set(zip(bought.row, bought.col, strict=True))


def test_zeros_do_not_favour_what_is_popular(known: Interactions) -> None:
    table = ratings(known, np.random.default_rng(1))
    zeros = np.bincount(table.col[table.data == 0], minlength=30)
    share_free = 1 - np.bincount(known.orders.indices, minlength=30) / len(known.customers)
    rate = zeros / share_free
    assert rate.min() > 0.8 * rate.max()


def test_popularity_is_kept(known: Interactions) -> None:
    model = fitted_factors(known, 4, seed=1)
    scores = model.bi + model.pu @ model.qi.T
    buyers = pd.Series(np.bincount(known.orders.indices, minlength=30))
    assert buyers.corr(pd.Series(scores.mean(axis=0)), method="spearman") > 0.85


def test_positions_are_those_of_the_table(known: Interactions) -> None:
    model = fitted_factors(known, 3, seed=1)
    assert model.pu.shape == (len(known.customers), 3)
    assert model.qi.shape == (len(known.products), 3)
    again = fitted_factors(known, 3, seed=1)
    assert (again.qi == model.qi).all()
