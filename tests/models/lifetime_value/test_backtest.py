import numpy as np
import pandas as pd
import pytest

from helpers.errors import Unanswerable
from helpers.models.lifetime_value.backtest import (
    DAY,
    PERIODS,
    Past,
    backtest_value,
    earlier_days,
    independent_periods,
    is_doubtful,
    log_ratio,
    longest_horizon,
    missed,
    order_value,
    summary_of_periods,
    widened,
)
from helpers.models.lifetime_value.bg_nbd import fit_bg_nbd
from helpers.models.lifetime_value.gamma_gamma import fit_gamma_gamma
from helpers.models.lifetime_value.history import histories
from helpers.models.lifetime_value.value import ALL, value_of_all
from tests.models.lifetime_value.simulated import with_season

SPAN = 739
END = pd.Timestamp("2022-12-01") + (SPAN - 1) * DAY


def past_of(orders: pd.DataFrame) -> Past:
    """Return what was known on a day, with segments by the orders of the year before it."""

    def past(day: pd.Timestamp) -> tuple[pd.DataFrame, pd.Series]:
        then = orders[orders["date"] < day + DAY]
        n = then[then["date"] >= day - 364 * DAY].groupby("customer").size().reindex(then["customer"].unique())
        names = np.select([n > 4, n > 1, n == 1], ["often", "again", "once"], "lapsed")
        return then, pd.Series(names, n.index)

    return past


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    return with_season(300, 1, SPAN)


@pytest.fixture(scope="module")
def tested(orders: pd.DataFrame) -> pd.DataFrame:
    return backtest_value(past_of(orders), orders, END, 180, 40, seed=1)


def test_periods_of_one_length_are_shifted_and_the_last_ends_with_the_data() -> None:
    first = END - (SPAN - 1) * DAY
    for span, days in ((SPAN, 365), (SPAN, 30), (374, 93), (374, 180)):
        found = earlier_days(END - (span - 1) * DAY, END, days)
        assert len(found) == PERIODS >= 5
        assert found[-1] == END - days * DAY
        assert (found[0] - END).days + span - 1 >= max(days // 2, span // 5)
    assert earlier_days(first, first + DAY, 1) == [first]
    assert longest_horizon(SPAN, leaving=True) >= 365 > longest_horizon(SPAN, leaving=False)
    assert longest_horizon(374, leaving=False) == 93


def test_each_period_is_counted_from_what_was_known_then(orders: pd.DataFrame, tested: pd.DataFrame) -> None:
    assert tested["known_until"].nunique() == PERIODS
    for day, rows in tested.groupby("known_until"):
        then = orders[orders["date"] < day + DAY]
        later = orders[(orders["date"] >= day + DAY) & (orders["date"] < day + 181 * DAY)]
        came = later.loc[later["customer"].isin(then["customer"]), "value"].sum()
        row = rows.iloc[0]
        assert row["segment"] == ALL
        assert row["customers"] == then["customer"].nunique() == rows["customers"].iloc[1:].sum()
        assert row["actual"] == pytest.approx(came) == pytest.approx(rows["actual"].iloc[1:].sum())
        assert row["expected"] == pytest.approx(rows["expected"].iloc[1:].sum())
        span = (day - then["date"].min()).days + 1
        assert row["as_before"] == pytest.approx(then["value"].sum() * 180 / span)
        assert row["order_value"] == pytest.approx(
            then["value"].sum() / len(then.drop_duplicates(["customer", "date"]))
        )
    assert independent_periods(tested) == pytest.approx(
        1 + (tested["known_until"].max() - tested["known_until"].min()).days / 180
    )


def test_what_came_later_changes_no_forecast(orders: pd.DataFrame, tested: pd.DataFrame) -> None:
    day = tested["known_until"].iloc[0]
    changed = orders.assign(value=orders["value"].where(orders["date"] < day + DAY, 3 * orders["value"]))
    again = backtest_value(past_of(changed), changed, END, 180, 40, seed=1)
    names = ["segment", "expected", "low", "high"]
    one, other = (table.loc[table["known_until"] == day, names] for table in (tested, again))
    pd.testing.assert_frame_equal(one, other)


def test_intervals_are_wider_and_the_wider_the_more_was_missed(orders: pd.DataFrame, tested: pd.DataFrame) -> None:
    known = histories(orders, END)
    fits = fit_bg_nbd(known), fit_gamma_gamma(known)
    alone = value_of_all(known, *fits, 180, past_of(orders)(END)[1], 40, seed=1)
    expected, unit = tested["expected"], tested["order_value"]
    far = log_ratio(tested["actual"], expected, unit)
    once, twice, none = (
        widened(alone, tested.assign(actual=(expected + unit) * np.exp(times * far) - unit), order_value(known))
        for times in (1, 2, 0)
    )
    for name in ("total", "mean"):
        assert once[name].equals(alone[name])
        assert (twice[f"{name}_low"] <= once[f"{name}_low"]).all()
        assert (once[f"{name}_low"] < alone[f"{name}_low"]).all()
        assert (twice[f"{name}_high"] > once[f"{name}_high"]).all()
        assert (once[f"{name}_high"] > alone[f"{name}_high"]).all()
    assert (twice["total_high"] <= twice.loc[twice["segment"] == ALL, "total_high"].item()).all()
    pd.testing.assert_frame_equal(none, alone)


def test_the_periods_are_summed_up_and_more_than_one_miss_is_a_doubt(tested: pd.DataFrame) -> None:
    table = summary_of_periods(tested).set_index("segment")
    own = tested[tested["segment"] == ALL]
    assert table.loc[ALL, "held"] == own["actual"].between(own["low"], own["high"]).sum()
    for name, forecast in (("typical_miss", "expected"), ("as_before_miss", "as_before")):
        assert table.loc[ALL, name] == pytest.approx((own["actual"] / own[forecast] - 1).abs().median())
    assert table.loc[ALL, "periods"] == PERIODS
    held = tested.assign(held=True)
    one = own.index[:1]
    assert not is_doubtful(held)
    assert not is_doubtful(held.assign(held=~held.index.isin(one)))
    assert is_doubtful(held.assign(held=~held.index.isin(own.index[:2])))


def test_nothing_came_and_nothing_expected_is_no_fault() -> None:
    nothing = pd.Series([0.0, 0.0, 10.0])
    found = log_ratio(nothing, pd.Series([0.0, 10.0, 0.0]), pd.Series(10.0, index=nothing.index))
    assert found.tolist() == pytest.approx([0, -np.log(2), np.log(2)])
    shares = missed(pd.Series([47.0, 130.0, 0.0, 5.0]), pd.Series([100.0, 100.0, 10.0, 0.0]))
    assert shares.tolist() == pytest.approx([-0.53, 0.3, -1, np.nan], nan_ok=True)


@pytest.mark.slow
@pytest.mark.parametrize(("span", "days"), [(SPAN, 365), (SPAN, 180), (374, 180)])
def test_widened_intervals_hold_what_comes_next(span: int, days: int) -> None:
    """Of 60 planted shops with a season, intervals for 95 % must hold at least 90 % of totals and of segments.

    Measured: 100 % of totals and 99.6 % of segments for a year from two, 100 % and 99.2 % for half a year from two,
    98.3 % and 100 % for half a year from one. The bootstrap alone held 57, 13 and 13 % of the totals.
    """
    totals, segments, alone = [], [], []
    for seed in range(60):
        every = with_season(600, 500 + seed, span + days)
        end = every["date"].min().normalize().replace(year=2022, month=12, day=1) + (span - 1) * DAY
        orders = every[every["date"] < end + DAY]
        known, own = histories(orders, end), past_of(orders)(end)[1]
        tested = backtest_value(past_of(orders), orders, end, days, 100, seed=1)
        values = value_of_all(known, fit_bg_nbd(known), fit_gamma_gamma(known), days, own, 100, seed=1)
        came = every[every["date"] >= end + DAY].groupby("customer")["value"].sum().reindex(known.index).fillna(0)
        truth = pd.concat([pd.Series({ALL: came.sum()}), came.groupby(own).sum()])[values["segment"]].to_numpy()
        wide = widened(values, tested, order_value(known))
        held = ((wide["total_low"] <= truth) & (truth <= wide["total_high"])).tolist()
        totals.append(held[0])
        segments.extend(held[1:])
        alone.append(bool(values["total_low"][0] <= truth[0] <= values["total_high"][0]))
    assert np.mean(totals) >= 0.9
    assert np.mean(segments) >= 0.9
    assert np.mean(alone) < 0.8


def test_forecasts_that_missed_by_far_are_not_given() -> None:
    days = pd.to_datetime(["2023-01-10", "2023-04-10", "2023-07-10"])
    orders = pd.DataFrame([{"customer": f"C{n}", "date": day, "value": 10.0} for n in range(60) for day in days])
    with pytest.raises(Unanswerable, match="Forecasts made on 6 earlier days would have missed what came in 45 days"):
        backtest_value(past_of(orders), orders, days[-1], 45, 20, seed=1)
