import pandas as pd
import pytest

from helpers.cases.wine.offers import baskets
from helpers.cases.wine.reader import OFFERS_SCHEMA, TRANSACTIONS_SCHEMA
from helpers.cases.wine.sample import FOUND, LIKED, ONLY_LOOKS, SEGMENTS, TOO_WEAK, generate_wine
from helpers.models.rules.mining import readable
from tests.models.rules.mined import mined


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
    liked = planted.orders.offers.set_index("offer")["product"] == ONLY_LOOKS
    taken = baskets(planted.orders, item="offer").loc[planted.mixed[~planted.mixed].index, ~liked]
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
    for first, second in (FOUND | TOO_WEAK).items():
        assert bought.loc[bought[first], second].mean() > (0.85 if first in FOUND else 0.5)
        assert bought.loc[~bought[first], second].mean() < 0.06
    assert bought[ONLY_LOOKS].groupby(planted.customer_segments).mean().to_numpy() == pytest.approx(LIKED, abs=0.1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_found_what_is_too_weak_and_what_only_looks_like_a_rule(seed: int) -> None:
    rules = readable(mined(baskets(generate_wine(300, seed).orders), 0.05, 0.5, 5)).set_index(
        ["antecedents", "consequents"]
    )
    assert (rules.loc[list(FOUND.items()), "q_value"] < 0.05).all()
    assert not set(TOO_WEAK.items()) & set(rules.index)
    by_chance = rules.xs(ONLY_LOOKS, level="consequents")
    assert len(by_chance)
    assert (by_chance["q_value"] >= 0.05).mean() > 0.6
    assert (by_chance["confidence_new"] - LIKED).abs().mean() < (by_chance["confidence"] - LIKED).mean()


def test_some_transactions_are_in_the_file_twice() -> None:
    audit = generate_wine(300, 1).orders.audit
    assert 0 < (audit["rows_before"] - audit["rows_after"]).iloc[1] < 0.05 * audit["rows_before"].iloc[0]


def test_shares_of_the_segments() -> None:
    shares = generate_wine(1000, 1).customer_segments.value_counts(normalize=True)
    expected = pd.Series({kind: segment["share"] for kind, segment in SEGMENTS.items()})
    pd.testing.assert_series_equal(
        shares.sort_index(), expected.sort_index(), check_names=False, check_index_type=False
    )
