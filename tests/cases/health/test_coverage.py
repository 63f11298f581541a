from datetime import date, datetime

import ibis
import numpy as np
import pandas as pd
import pytest

from helpers.cases.health.cleaning import clean_health
from helpers.cases.health.coverage import check_covered, share_seen_before, view_before, whole_half_years
from helpers.cases.health.features import single_view
from helpers.cases.health.pricing import price_ranges, product_prices
from helpers.cases.health.reader import read_health
from helpers.cases.health.sample import generate_health
from helpers.errors import CasebookError
from helpers.models.migration.transitions import half_years

FIRST, LAST = date(2020, 1, 1), date(2023, 6, 30)


def test_periods_within_the_transactions_are_let_through() -> None:
    check_covered(half_years(date(2022, 1, 1), 3), FIRST, LAST)
    check_covered(half_years(date(2020, 1, 1), 7), date(2020, 1, 12), date(2023, 6, 16))
    check_covered(half_years(date(2022, 1, 1), 3), datetime(2020, 1, 1), pd.Timestamp("2023-06-30"))


@pytest.mark.parametrize(
    ("first_day", "n", "last", "fault", "fits"),
    [
        (date(2022, 1, 1), 4, LAST, "2023-H2 begins on 2023-07-01", "n_half_years up to 3 would fit"),
        (date(2022, 7, 1), 3, LAST, "2023-H2 begins on 2023-07-01", "first_day 2022-01-01 with n_half_years 3"),
        (date(2022, 1, 1), 3, date(2023, 6, 1), "2023-H1 reaches to 2023-06-30", "first_day 2021-07-01 with"),
        (date(2019, 7, 1), 3, LAST, "2019-H2 begins on 2019-07-01", "first_day 2022-01-01 with n_half_years 3"),
        (date(2018, 1, 1), 9, LAST, "2018-H1 begins on 2018-01-01", "first_day 2020-01-01 with n_half_years 7"),
        (date(2020, 1, 1), 3, date(2020, 12, 31), "2021-H1 begins on", "they cover 2 half-years, and at least 3"),
    ],
)
def test_what_is_not_covered_is_refused_and_what_fits_is_named(
    first_day: date, n: int, last: date, fault: str, fits: str
) -> None:
    with pytest.raises(CasebookError, match="first_day and n_half_years") as caught:
        check_covered(half_years(first_day, n), FIRST, last)
    assert fault in str(caught.value)
    assert fits in str(caught.value)
    assert f"from 2020-01-01 to {last}" in str(caught.value)


def test_what_is_said_to_fit_fits() -> None:
    whole = whole_half_years(FIRST, LAST)
    assert (whole[0], whole[-1], len(whole)) == (date(2020, 1, 1), date(2023, 1, 1), 7)
    for n in range(1, 8):
        check_covered(half_years(whole[-n], n), FIRST, LAST)


def test_the_view_before_a_day_knows_nothing_of_it() -> None:
    clean = clean_health(read_health(generate_health(300, 1).folder, {}))
    ranges = price_ranges(product_prices(clean.lines))
    day = date(2023, 4, 10)
    found = view_before(pd.Timestamp(day), clean.transactions, clean.members, ranges)
    expected = single_view(clean.transactions, clean.members, ranges, date(2022, 10, 10), day)
    pd.testing.assert_frame_equal(found, expected)
    rows = clean.transactions.execute()
    days = pd.to_datetime(rows["date"])
    inside = rows[(days < pd.Timestamp(day)) & (days >= pd.Timestamp(day) - pd.Timedelta(days=182))]
    assert found["frequency"].to_dict() == inside.groupby("member").size().to_dict()


def test_who_was_seen_before_by_hand() -> None:
    frame = pd.DataFrame(
        {
            "member": ["a", "a", "b", "c", "d"],
            "date": ["2020-05-01", "2022-02-01", "2022-01-01", "2021-12-31", "2020-01-01"],
        }
    )
    rows = ibis.memtable(frame.assign(date=pd.to_datetime(frame["date"]))).cast({"date": "date"})
    assert share_seen_before(rows, date(2022, 1, 1), ["a", "b", "c", "e"]) == 0.5
    assert share_seen_before(rows, date(2022, 1, 1), pd.Index(["a", "a", "b"])) == 0.5
    assert np.isnan(share_seen_before(rows, date(2022, 1, 1), []))
