import pandas as pd
import pytest

from helpers.datasets.dates import date_format, read_dates
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
        (["2024-01-01T10:00"], "%Y-%m-%dT%H:%M"),
        (["2024-01-01T10:00:00Z"], "%Y-%m-%dT%H:%M:%SZ"),
        (["2024-01-01 10:00:00.5", "2024-01-01 10:00:00.1234567"], "%Y-%m-%d %H:%M:%S.%f"),
        (["2024-01-01T10:00:00.123Z"], "%Y-%m-%dT%H:%M:%S.%fZ"),
        (["12/1/2010 8:26 AM", "12/31/2010 12:26 pm"], "%m/%d/%Y %I:%M %p"),
        (["31/12/2010 8:26:30 PM"], "%d/%m/%Y %I:%M:%S %p"),
        (["20240101", "20241231"], "%Y%m%d"),
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


@pytest.mark.parametrize("number", ["536365", "2024121", "40513", "20241301"])
def test_a_number_is_no_date_unless_it_has_eight_digits_that_are_one(number: str) -> None:
    with pytest.raises(CasebookError, match=f"row 2: '{number}' is not allowed"):
        decide(number)
    with pytest.raises(CasebookError, match=f"row 3: '{number}' is not allowed"):
        decide("20240101", number)


@pytest.mark.parametrize(
    ("texts", "row", "hinted"),
    [
        (["2024-01-31 8h30"], 2, True),
        (["1/31/2024 8:26", "2/1/2024 25:00"], 3, True),
        (["1/31/2024 8:26", "2/1/2024"], 3, True),
        (["2024-01-31", "2024-02-01 10:00"], 3, True),
        (["2024-01-31T10:00:00", "2024-01-31 10:00:00"], 3, True),
        (["1/31/2024 8:26", "31/1/2024 8:26", "1/30/2024 8:26"], 3, False),
        (["soon 8:26"], 2, False),
        (["2024-01-31", "never"], 3, False),
    ],
)
def test_where_only_the_time_is_the_trouble_the_message_says_so(texts: list[str], row: int, hinted: bool) -> None:
    with pytest.raises(CasebookError, match=f"row {row}: ") as error:
        decide(*texts)
    assert ("its day can be read, its time cannot" in str(error.value)) == hinted


def test_the_files_heading_is_told_where_it_is_another() -> None:
    for first, said in {"never": "row 2: 'never'", "3/4/2011": "no row tells"}.items():
        texts = pd.Series([first])
        texts.attrs["headings"] = {"date": "Datum"}
        with pytest.raises(CasebookError, match=rf"{said}.*; the file's heading is 'Datum'$"):
            date_format(texts, "x.csv", "date")


@pytest.mark.parametrize("word", ["today", "now", "NOW"])
def test_a_word_is_no_date(word: str) -> None:
    with pytest.raises(CasebookError, match=rf"row 3: '{word}' is not allowed, it must be a date"):
        read_dates(pd.Series(["2022-01-04", word]), "x.csv", "date")
