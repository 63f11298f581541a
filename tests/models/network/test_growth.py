import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from helpers.models.network.growth import dated_recruits, pace, persistence, persistence_correlation
from helpers.models.network.trees import sponsor_network
from tests.models.network.sponsors import joined, network

RECRUITS = [f"r{place}" for place in range(7)]
STAR = sponsor_network(pd.Series({"s": None, "u": "s"} | dict.fromkeys(RECRUITS, "s")))
MONTHS = ["2019-03", "2019-03", "2019-05", "2019-06", "2019-12", "2020-03", "2018-12"]
DATES = pd.to_datetime(pd.Series({"s": "2019-01-01"} | {r: f"{m}-01" for r, m in zip(RECRUITS, MONTHS, strict=True)}))


def test_dated_recruits_come_in_the_order_of_joining() -> None:
    table = dated_recruits(STAR, DATES)
    assert table["member"].tolist() == ["r6", "r0", "r1", "r2", "r3", "r4", "r5"]
    assert table["place"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert (table["month"] - table["sponsor_month"]).tolist() == [-1, 2, 2, 4, 5, 11, 14]


def test_the_pace_of_one_sponsor_by_hand() -> None:
    row = pace(STAR, DATES).loc["s"]
    assert row[["joined_3", "joined_6", "joined_12"]].tolist() == [2, 4, 5]
    assert row[["first_3", "first_6", "first_12"]].tolist() == [1, 4, 5]
    assert np.isnan(row["to_first"])
    assert row["to_fifth"] == 6
    assert pace(STAR, DATES.drop("r6")).loc["s", "to_first"] == 2


def test_a_window_that_is_not_over_does_not_count() -> None:
    row = pace(STAR, DATES[DATES < "2019-06-01"]).loc["s"]
    assert row["joined_3"] == 2
    assert row[["joined_6", "joined_12"]].isna().all()


def test_missing_dates_leave_the_pace_unknown() -> None:
    assert pace(STAR, DATES.where(DATES.isna())).isna().all(axis=None)


def test_years_are_counted_by_brute_force() -> None:
    found = network(1500, 1)
    dates = joined(found.members.index, 1)
    months = dates.dt.year * 12 + dates.dt.month
    rows = []
    for sponsor, recruits in found.members.groupby("sponsor"):
        since = (months[recruits.index] - months[sponsor]).dropna()
        first, second = since.between(0, 11).sum(), since.between(12, 23).sum()
        if first and months[sponsor] + 23 <= months.max():
            rows.append((first, second))
    first, second = np.array(rows).T
    table = persistence(found, dates)
    assert table["sponsors"].sum() == len(rows)
    assert table["second_mean"].iloc[0] == pytest.approx(second[first == 1].mean())
    assert table["without_recruits_share"].iloc[0] == pytest.approx((second[first == 1] == 0).mean())
    found_correlation = persistence_correlation(found, dates)
    assert found_correlation["rho"] == pytest.approx(spearmanr(first, second).statistic)
    assert found_correlation["rho_low"] < found_correlation["rho"] < found_correlation["rho_high"]


def test_few_sponsors_have_no_correlation() -> None:
    assert np.isnan(persistence_correlation(STAR, DATES)["rho"])
    assert persistence(STAR, DATES)["sponsors"].sum() == 0
