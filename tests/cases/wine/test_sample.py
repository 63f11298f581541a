import pandas as pd
import pytest

from helpers.cases.wine.offers import baskets
from helpers.cases.wine.reader import OFFERS_SCHEMA, TRANSACTIONS_SCHEMA
from helpers.cases.wine.sample import SEGMENTS, generate_wine


def test_same_seed_same_rows_and_another_seed_others() -> None:
    assert generate_wine(50, 1).orders.digest == generate_wine(50, 1).orders.digest
    assert generate_wine(50, 1).orders.digest != generate_wine(50, 2).orders.digest


@pytest.mark.parametrize("size", [1, 7, 60, 500])
def test_every_customer_took_something(size: int) -> None:
    planted = generate_wine(size, 3)
    assert planted.orders.transactions["customer"].nunique() == size
    assert planted.customer_segments.index.is_unique
    OFFERS_SCHEMA.validate(planted.orders.offers)
    TRANSACTIONS_SCHEMA.validate(planted.orders.transactions)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_customers_take_the_offers_of_their_own_segment(seed: int) -> None:
    planted = generate_wine(600, seed)
    taken = baskets(planted.orders, item="offer")
    kinds, meant_for = planted.customer_segments.reindex(taken.index), planted.offer_segments
    share = taken.groupby(kinds).mean().T.groupby(meant_for).mean()
    assert share.loc["pinot", "pinot"] == pytest.approx(SEGMENTS["pinot"]["takes"], abs=0.06)
    assert share.loc["small", "small"] == pytest.approx(SEGMENTS["small"]["takes"], abs=0.06)
    for kind in SEGMENTS:
        assert share.loc[kind].drop(kind).max() < 0.05 < share.loc[kind, kind]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_pairs_are_bought_together(seed: int) -> None:
    planted = generate_wine(600, seed)
    bought = baskets(planted.orders)
    for first, second in planted.rules.items():
        assert bought.loc[bought[first], second].mean() > 0.85
        assert bought.loc[~bought[first], second].mean() < 0.06


def test_shares_of_the_segments() -> None:
    shares = generate_wine(1000, 1).customer_segments.value_counts(normalize=True)
    expected = pd.Series({kind: segment["share"] for kind, segment in SEGMENTS.items()})
    pd.testing.assert_series_equal(
        shares.sort_index(), expected.sort_index(), check_names=False, check_index_type=False
    )
