import pandas as pd
import pytest

from helpers.datasets.dates import date_format
from helpers.errors import CasebookError


def decide(*texts: str) -> str:
    return date_format(pd.Series(texts), "x.csv", "date")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2011-12-01", "2011-01-31"], "%Y-%m-%d"),
        (["2011-12-01 08:26:00"], "%Y-%m-%d %H:%M:%S"),
        (["2011-12-01T08:26:00"], "%Y-%m-%dT%H:%M:%S"),
        (["12/1/2010 8:26", "1/31/2011 10:00"], "%m/%d/%Y %H:%M"),
        (["31-12-2012", "1-2-2012"], "%d-%m-%Y"),
        (["31.12.2012", "01.02.2012"], "%d.%m.%Y"),
        (["12/31/10 8:26"], "%m/%d/%y %H:%M"),
        (["4/4/2012", "5/5/2012"], "%d/%m/%Y"),
    ],
)
def test_the_format_that_fits_the_whole_column(texts: list[str], expected: str) -> None:
    assert decide(*texts) == expected


def test_one_cell_decides_for_all_others() -> None:
    assert decide("1/2/2011", "3/4/2011", "13/1/2011") == "%d/%m/%Y"
    assert decide("1/2/2011", "3/4/2011", "1/13/2011") == "%m/%d/%Y"


def test_a_column_in_which_no_row_tells_is_refused_and_both_readings_are_said() -> None:
    with pytest.raises(CasebookError, match=r"no row tells .* '3/4/2011' \(3 April 2011, 4 March 2011\)"):
        decide("3/4/2011", "1/2/2011")


def test_the_cell_that_fits_no_format_is_named_with_its_row() -> None:
    texts = pd.Series(["1/2/2011", "31/1/2011", "soon"], index=[0, 7, 9])
    with pytest.raises(
        CasebookError, match=r"x.csv, column 'date', row 11: 'soon' is not allowed, it must be a date"
    ):
        date_format(texts, "x.csv", "date")
    with pytest.raises(CasebookError, match="row 2: 'never'"):
        decide("never", "2011-12-01")
