from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.statespace.sarimax import SARIMAX
from threadpoolctl import threadpool_limits

from helpers.models.forecasting import methods
from helpers.models.forecasting.methods import (
    ARIMA,
    DRIFT,
    MEAN,
    NAIVE,
    SEASON,
    SEASONAL,
    SMOOTHING,
    candidates,
    projected,
)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Let statsmodels' own fits be as quick as those of the house."""
    with threadpool_limits(1):
        yield


def walk(n: int, seed: int, slope: float = 0.0) -> np.ndarray:
    return 1000 + np.cumsum(np.random.default_rng(seed).normal(slope, 10, n))


def test_simple_forecasts_have_the_intervals_of_the_textbook() -> None:
    """Hyndman and Athanasopoulos (2021), table 5.2."""
    y, ahead = walk(40, 1), np.arange(1, 6)
    steps = np.diff(y)
    found = methods.last_value(y, 5)
    assert found.mean.tolist() == [y[-1]] * 5
    assert found.deviation == pytest.approx(np.sqrt((steps**2).mean() * ahead))
    found = methods.mean(y, 5)
    assert found.deviation == pytest.approx(np.full(5, y.std(ddof=1) * np.sqrt(1 + 1 / 40)))
    found = methods.drift(y, 5)
    assert found.mean == pytest.approx(y[-1] + ahead * (y[-1] - y[0]) / 39)
    assert found.deviation == pytest.approx(steps.std(ddof=1) * np.sqrt(ahead * (1 + ahead / 39)))


def test_last_season_repeats_the_year() -> None:
    y = np.tile(np.arange(SEASON, dtype=float), 2) + np.r_[np.zeros(SEASON), np.full(SEASON, 2.0)]
    found = methods.last_season(y, 3)
    assert found.mean.tolist() == [2, 3, 4]
    assert found.deviation == pytest.approx([2, 2, 2])


@pytest.mark.parametrize("trend", [False, True])
def test_smoothing_has_the_intervals_of_statsmodels(monkeypatch: pytest.MonkeyPatch, *, trend: bool) -> None:
    y = walk(60, 2, slope=4)
    model = ETSModel(pd.Series(y / y.max()), trend="add" if trend else None, damped_trend=trend)
    monkeypatch.setattr(methods, "_smoothing_models", lambda _: [model])
    fit = model.fit(disp=0)
    expected = fit.get_prediction(60, 64).summary_frame(alpha=0.05)
    found = methods.exponential_smoothing(y, 5)
    assert np.asarray(found.mean) / y.max() == pytest.approx(expected["mean"].to_numpy())
    theirs = (expected["pi_upper"] - expected["pi_lower"]).to_numpy() / 2 / 1.959964
    degrees = np.sqrt(60 / (60 - len(fit.params)))
    assert found.deviation / y.max() == pytest.approx(theirs * degrees, rel=1e-4)


@pytest.mark.filterwarnings("ignore:Maximum Likelihood optimization failed")
@pytest.mark.parametrize("order", [(1, 0, 1), (0, 1, 1), (2, 0, 0), (0, 1, 0)])
@pytest.mark.parametrize("horizon", [1, 6])
def test_arima_has_the_intervals_of_statsmodels(order: tuple[int, int, int], horizon: int) -> None:
    y = walk(60, 3)
    unit = np.abs(y).max()
    model = SARIMAX(y / unit, order=order, trend=None if order[1] else "c")
    expected = model.fit(disp=0, maxiter=methods.STEPS).get_forecast(horizon)
    found = methods.arima(y, horizon, order)
    assert found.mean == pytest.approx(unit * expected.predicted_mean, rel=1e-4)  # whose search ends early
    assert found.deviation == pytest.approx(unit * expected.se_mean, rel=1e-3)


def test_a_seasonal_arima_adds_to_the_last_season() -> None:
    rng = np.random.default_rng(4)
    season = 100 * np.sin(np.arange(3 * SEASON) / SEASON * 2 * np.pi)
    y = 1000 + season + rng.normal(0, 5, 3 * SEASON)
    found = methods.seasonal_arima(y, 4, (0, 0, 0))
    over_the_year = y[SEASON:] - y[:-SEASON]
    assert found.mean == pytest.approx(y[-SEASON:][:4] + over_the_year.mean(), rel=1e-3)
    assert found.deviation == pytest.approx(np.full(4, over_the_year.std()), rel=1e-2)
    assert np.isnan(found.fitted[:SEASON]).all()


def test_the_order_follows_the_series() -> None:
    assert methods.arima_order(walk(200, 5))[1] == 1
    rng, y = np.random.default_rng(6), [0.0]
    for _ in range(300):
        y.append(0.6 * y[-1] + rng.normal())
    assert methods.arima_order(np.array(y))[:2] in {(1, 0), (2, 0)}


def test_methods_suit_the_length_of_the_series() -> None:
    assert list(candidates(walk(40, 7), 40)) == [NAIVE, MEAN, DRIFT, SMOOTHING, ARIMA]
    assert list(candidates(walk(2 * SEASON, 7), 2 * SEASON)) == [NAIVE, MEAN, DRIFT, SEASONAL, SMOOTHING, ARIMA]
    assert list(candidates(walk(2 * SEASON, 7), 93)) == [NAIVE, MEAN, DRIFT, SMOOTHING, ARIMA]
    assert list(candidates(np.zeros(30), 30)) == [NAIVE, MEAN, DRIFT]


def test_the_order_is_found_once_and_only_where_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[np.ndarray] = []
    monkeypatch.setattr(methods, "arima_order", lambda y: asked.append(y) or (0, 1, 1))
    y = walk(40, 7)
    found = candidates(y[:30], 30)
    found[SMOOTHING](y, 3)
    assert not asked
    expected = methods.arima(y, 3, (0, 1, 1))
    for known in (y[:30], y):
        projection = found[ARIMA](known, 3)
    assert projection.mean.tolist() == expected.mean.tolist()
    assert [len(series) for series in asked] == [30]


def test_what_fails_has_no_value() -> None:
    def fails(y: np.ndarray, horizon: int) -> methods.Projection:
        raise np.linalg.LinAlgError

    assert np.isnan(projected(fails, np.arange(9.0), 2).mean).all()
    assert projected(candidates(np.zeros(30), 30)[NAIVE], np.zeros(30), 2).mean.tolist() == [0, 0]
