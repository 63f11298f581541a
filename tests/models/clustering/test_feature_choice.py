import numpy as np
import pandas as pd
import pytest

from helpers.models.clustering.feature_choice import (
    UNASKED,
    _contrast_importance,
    _rank_correlations,
    choose_features,
)


@pytest.fixture(scope="module")
def planted() -> pd.DataFrame:
    """Return 400 rows: three related features, a twin of one of them, one that is alone and one that never varies."""
    rng = np.random.default_rng(0)
    common = rng.normal(size=400)
    table = pd.DataFrame({name: common + rng.normal(0, 0.5, 400) for name in ("orders", "revenue", "items")})
    table["twin"] = -np.exp(table["revenue"]) + rng.normal(0, 0.01, 400)
    table["alone"] = rng.normal(size=400)
    table["same"] = 1.0
    return table


@pytest.fixture(scope="module")
def table(planted) -> pd.DataFrame:
    return choose_features(planted, 0.9, 1).set_index("feature")


def test_of_twins_the_less_telling_one_goes(planted, table) -> None:
    importance = _contrast_importance(planted, 1)["importance"]
    weaker, stronger = sorted(["revenue", "twin"], key=lambda name: importance[name])
    assert not table.loc[weaker, "kept"]
    assert table.loc[weaker, "reason"] == f"nearly the same as {stronger}, which told more while both were in"
    assert table.loc[stronger, "kept"]
    assert table.loc["twin", "most_correlated_with"] == "revenue"
    assert table.loc["twin", "correlation"] == pytest.approx(planted["twin"].corr(planted["revenue"], "spearman"))


def test_what_is_alone_or_never_varies_goes_and_the_rest_stays(table) -> None:
    assert table.loc["alone", "reason"] == "no more telling than shuffled copies"
    assert table.loc["same", "reason"] == "the same for everybody"
    assert not table.loc[["alone", "same"], "kept"].any()
    assert table.loc[["orders", "items"], "kept"].all()
    kept = table[table["kept"]]
    assert (kept["importance"] > kept["shadow_importance"]).all()


def test_a_twin_lends_no_importance(planted) -> None:
    rng = np.random.default_rng(4)
    two = planted.assign(echo=planted["alone"] + rng.normal(0, 0.01, 400)).drop(columns=["twin", "same"])
    table = choose_features(two, 0.9, 1).set_index("feature")
    assert not table.loc[["alone", "echo"], "kept"].any()


def test_a_limit_of_one_keeps_twins(planted) -> None:
    assert not choose_features(planted, 1.0, 1)["reason"].str.startswith("nearly").any()


def test_every_feature_has_its_row_and_the_same_again(planted, table) -> None:
    assert table.index.tolist() == planted.columns.tolist()
    assert choose_features(planted, 0.9, 1).set_index("feature").equals(table)
    assert not table.isna().any(axis=None)


def test_correlations_of_what_does_not_vary_are_none(planted) -> None:
    ranks = _rank_correlations(planted)
    assert (ranks["same"] == 0).all()
    assert ranks.to_numpy().diagonal().tolist() == [0] * 6


def test_a_single_feature_is_compared_with_nothing() -> None:
    row = choose_features(pd.DataFrame({"x": np.arange(60.0)}), 0.9, 1).iloc[0]
    assert (row["most_correlated_with"], row["correlation"]) == ("", 0)


def test_the_shadow_is_the_same_for_all_and_importances_are_shares(planted) -> None:
    found = _contrast_importance(planted, 1)
    assert len(set(found["shadow_importance"])) == 1
    assert 0 < found["importance"].sum() < 1


def test_where_importance_tells_nothing_all_stay_that_vary_and_repeat_no_other() -> None:
    rng = np.random.default_rng(1)
    few = pd.DataFrame(rng.normal(size=(60, 4)), columns=list("abcd")).assign(same=1.0)
    table = choose_features(few.assign(twin=2 * few["a"]), 0.9, 1).set_index("feature")
    assert (table["importance"] > table["shadow_importance"]).sum() < 2
    assert set(table.index[table["kept"]]) in ({"a", "b", "c", "d"}, {"twin", "b", "c", "d"})
    assert (table.loc[table["kept"], "reason"] == UNASKED).all()
    assert table.loc["same", "reason"] == "the same for everybody"
