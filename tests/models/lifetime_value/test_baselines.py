import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from helpers.errors import CasebookError
from helpers.models.lifetime_value.baselines import (
    EXPOSURE,
    MEASURES,
    MODEL,
    NAIVE,
    PREDICTORS,
    RECENT,
    SAME,
    SCALED,
    WINDOW,
    ValueComparison,
    _naive_cltv,
    _some_customers,
    compare_values,
    value_deciles,
    value_measures,
)
from helpers.models.lifetime_value.history import histories
from helpers.models.lifetime_value.value import expected_value

START = pd.Timestamp("2022-01-01")
CALIBRATION, END = pd.Timestamp("2022-12-31"), pd.Timestamp("2023-06-30")


def shop(n: int, seed: int) -> pd.DataFrame:
    """Return orders of 18 months: rates and order values that differ between customers, who leave in time."""
    rng = np.random.default_rng(seed)
    rows = []
    for customer in range(n):
        rate, level = rng.gamma(0.6, 1 / 40), 1 / rng.gamma(4, 1 / 90)
        p, day, first = rng.beta(1, 4), rng.uniform(0, 300), True
        while day < 546 and (first or rng.random() >= p):
            rows.append((f"c{customer:04}", START + pd.Timedelta(days=day), round(rng.gamma(3, level)) + 1.0))
            day, first = day + rng.exponential(1 / max(rate, 1e-9)), False
    return pd.DataFrame(rows, columns=["customer", "date", "value"])


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    return shop(700, seed=1)


@pytest.fixture(scope="module")
def comparison(orders: pd.DataFrame) -> ValueComparison:
    return compare_values(orders, CALIBRATION, END, n_customers=10_000, n_bootstrap=100, seed=1)


def predictions(**columns: list[float]) -> pd.DataFrame:
    """Return forecasts of which all but the named ones are zero."""
    n = len(columns["actual"])
    table = pd.DataFrame(dict.fromkeys(PREDICTORS, [0.0] * n))
    names = {"model": MODEL, "naive": NAIVE, "actual": "actual"}
    return table.assign(**{names[name]: values for name, values in columns.items()})


def test_the_naive_value_by_hand() -> None:
    rows = [
        ("a", "2022-01-01 18:00", 30.0),
        ("a", "2022-01-11", 50.0),
        ("b", "2022-01-31", 7.0),
        ("a", "2022-02-01", 9.0),
    ]
    table = pd.DataFrame(rows, columns=["customer", "date", "value"])
    table["date"] = pd.to_datetime(table["date"], format="mixed")
    assert _naive_cltv(table, pd.Timestamp("2022-02-01")).to_dict() == {"a": 40.0 * 31, "b": 7.0}


def test_the_forecasts_are_what_they_are_called(orders: pd.DataFrame, comparison: ValueComparison) -> None:
    before = orders[orders["date"] < "2023-01-01"]
    amount, first = before.groupby("customer")["value"].sum(), before.groupby("customer")["date"].min().dt.normalize()
    days = (END - CALIBRATION).days
    late = before[before["date"] >= pd.Timestamp("2023-01-01") - pd.Timedelta(days=days)]
    recent = late.groupby("customer")["value"].sum().reindex(amount.index).fillna(0)
    after = orders[(orders["date"] >= "2023-01-01") & (orders["date"] < "2023-07-01")]
    actual = after.groupby("customer")["value"].sum().reindex(amount.index).fillna(0)
    age = (pd.Timestamp("2023-01-01") - first).dt.days
    found = comparison.predictions
    assert found.index.equals(amount.index)
    pd.testing.assert_series_equal(found["actual"], actual, check_names=False)
    pd.testing.assert_series_equal(found[RECENT], recent, check_names=False)
    pd.testing.assert_series_equal(found[WINDOW], amount * days / age.max(), check_names=False)
    pd.testing.assert_series_equal(found[EXPOSURE], amount * days / age, check_names=False)
    known = histories(orders, CALIBRATION)
    model = expected_value(known, comparison.orders.fit, comparison.spend, days)["expected_value"]
    pd.testing.assert_series_equal(found[MODEL], model, check_names=False)
    assert found[SCALED].sum() == pytest.approx(recent.sum())
    assert (found[SAME] == recent.mean()).all()


def test_measures_agree_with_other_implementations(comparison: ValueComparison) -> None:
    found, table = comparison.predictions, comparison.measures.set_index("predictor")
    for name in PREDICTORS:
        row = table.loc[name]
        assert row["total_ratio"] == pytest.approx(found[name].sum() / found["actual"].sum())
        assert row["mean_absolute_error"] == pytest.approx((found[name] - found["actual"]).abs().mean())
        if name != SAME:
            assert row["rank_correlation"] == pytest.approx(spearmanr(found[name], found["actual"]).statistic)
    assert np.isnan(table.loc[SAME, "rank_correlation"])
    assert table.loc[SAME, "top_share"] == pytest.approx(0.1)
    assert (
        table.loc[NAIVE][["rank_correlation", "top_share"]] == table.loc[SCALED][["rank_correlation", "top_share"]]
    ).all()


def test_the_share_of_the_first_tenth_takes_ties_at_their_mean() -> None:
    actual = [10.0, 0, 30, 20] + [0.0] * 16  # the first tenth are two of twenty customers
    table = value_measures(predictions(model=[9, 5, 5, 5] + [1.0] * 16, naive=list(range(20)), actual=actual), 20, 1)
    rows = table.set_index("predictor")
    assert rows.loc[MODEL, "top_share"] == pytest.approx((10 + 50 / 3) / 60)
    assert rows.loc[NAIVE, "top_share"] == 0
    assert rows["best_top_share"].tolist() == pytest.approx([50 / 60] * len(PREDICTORS))


def test_the_intervals_hold_the_measure_and_the_naive_value_is_behind_the_model(comparison: ValueComparison) -> None:
    table = comparison.measures
    for name in MEASURES:
        rows = table.dropna(subset=[name, f"{name}_low"])
        assert (rows[f"{name}_low"] <= rows[name] + 1e-9).all()
        assert (rows[name] <= rows[f"{name}_high"] + 1e-9).all()
    rows = table.set_index("predictor")
    assert rows.loc[NAIVE, "rank_correlation_difference_high"] < 0
    assert rows.loc[NAIVE, "total_ratio"] > 50
    assert 0.7 < rows.loc[MODEL, "total_ratio"] < 1.4
    assert np.isnan(rows.loc[MODEL, "rank_correlation_difference"])


def test_the_naive_value_grows_with_the_data_alone() -> None:
    rows = pd.DataFrame({"customer": ["a"], "date": [START], "value": [100.0]})
    values = [_naive_cltv(rows, START + pd.Timedelta(days=days))["a"] for days in (180, 360)]
    assert values == [18_000, 36_000]


def test_deciles_are_of_equal_size_and_add_up(comparison: ValueComparison) -> None:
    table = comparison.deciles
    assert table["decile"].tolist() == list(range(1, 11))
    assert table["customers"].max() - table["customers"].min() <= 1
    assert (table["actual"] * table["customers"]).sum() == pytest.approx(comparison.predictions["actual"].sum())
    assert table["predicted"].is_monotonic_decreasing


def test_few_customers_have_fewer_deciles() -> None:
    table = value_deciles(predictions(model=[3.0, 2, 1], actual=[1.0, 1, 1]), 20, 1)
    assert table["customers"].tolist() == [1, 1, 1]


def test_the_sample_is_drawn_by_seed_and_keeps_all_orders(orders: pd.DataFrame) -> None:
    some = _some_customers(orders, 50, seed=3)
    assert some["customer"].nunique() == 50
    assert some.equals(_some_customers(orders, 50, seed=3))
    assert len(some) == orders["customer"].isin(some["customer"].unique()).sum()
    assert _some_customers(orders, 10_000, seed=3) is orders
    shuffled = orders.sample(frac=1, random_state=1)
    assert set(_some_customers(shuffled, 50, seed=3)["customer"]) == set(some["customer"])


def test_a_sample_is_of_customers_who_were_known(orders: pd.DataFrame) -> None:
    found = compare_values(orders, CALIBRATION, END, n_customers=200, n_bootstrap=20, seed=2)
    assert len(found.predictions) == 200
    assert found.customers == orders.loc[orders["date"] < "2023-01-01", "customer"].nunique()


def test_orders_of_no_value_and_no_spend_at_all() -> None:
    table = shop(60, seed=2)
    free = pd.DataFrame(
        {"customer": ["free"] * 2, "date": [START, START + pd.Timedelta(days=3)], "value": [0.0, 0.0]}
    )
    found = compare_values(pd.concat([table, free]), CALIBRATION, END, 1000, 20, 1)
    assert found.predictions.loc["free", MODEL] == 0
    nothing = value_measures(predictions(model=[1.0, 2, 3], actual=[0.0, 0, 0]), 20, 1).set_index("predictor")
    assert nothing.loc[MODEL, ["total_ratio", "rank_correlation", "top_share"]].isna().all()
    assert nothing.loc[MODEL, "mean_absolute_error"] == 2


def test_errors(orders: pd.DataFrame) -> None:
    with pytest.raises(CasebookError, match="at least 1"):
        _some_customers(orders, 0, 1)
    with pytest.raises(CasebookError, match="no order on or before 2020-01-01"):
        compare_values(orders, pd.Timestamp("2020-01-01"), END, 100, 20, 1)
