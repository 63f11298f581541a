from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from helpers.datasets.retail import check_retail, digest, is_published, read_retail
from helpers.errors import CasebookError

FRAME = pd.DataFrame(
    {
        "InvoiceNo": ["536365", "C536366", "536367"],
        "StockCode": ["85123A", "22423", "00071"],
        "Description": ["WHITE HEART", "£5 CAKESTAND", None],
        "Quantity": [6, -2, 1],
        "InvoiceDate": ["12/1/2010 8:26", "12/31/2010 18:05", "1/4/2011 10:00"],
        "UnitPrice": [2.55, 12.75, 0.0],
        "CustomerID": ["17850.0", "17851.0", None],
        "Country": ["United Kingdom", "France", "EIRE"],
    }
)


def write(path: Path, frame: pd.DataFrame, **options: str) -> Path:
    if path.suffix == ".csv":
        frame.to_csv(path, index=False, **options)
    elif path.suffix == ".xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_parquet(path)
    return path


def read(path: Path, columns: dict[str, str] | None = None) -> pd.DataFrame:
    return read_retail(path, columns or {}).order_by("row").execute()


def as_typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table as spreadsheets hold it: numbers as numbers, dates as dates."""
    dates = pd.to_datetime(frame["InvoiceDate"], format="%m/%d/%Y %H:%M")
    codes = [code if code[0] == "C" else int(code) for code in frame["InvoiceNo"]]
    return frame.assign(InvoiceDate=dates, CustomerID=frame["CustomerID"].astype(float), InvoiceNo=codes)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("sep", [",", ";", "\t"])
def test_texts_in_every_form(tmp_path: Path, encoding: str, sep: str) -> None:
    lines = read(write(tmp_path / "x.csv", FRAME, encoding=encoding, sep=sep))
    assert lines["row"].tolist() == [0, 1, 2]
    assert lines["invoice"].tolist() == ["536365", "C536366", "536367"]
    assert lines["product"].tolist() == ["85123A", "22423", "00071"]
    assert lines["description"].tolist()[:2] == ["WHITE HEART", "£5 CAKESTAND"]
    assert lines["quantity"].tolist() == [6, -2, 1]
    assert lines["date"].tolist() == [
        pd.Timestamp("2010-12-01 08:26"),
        pd.Timestamp("2010-12-31 18:05"),
        pd.Timestamp("2011-01-04 10:00"),
    ]
    assert [str(price) for price in lines["price"]] == ["2.5500", "12.7500", "0.0000"]
    assert lines["customer"].tolist()[:2] == ["17850", "17851"]
    assert lines["customer"].isna().tolist() == [False, False, True]


def test_a_workbook_and_parquet_give_the_same_lines_as_text(tmp_path: Path) -> None:
    typed = as_typed(FRAME).assign(StockCode=["85123A", 22423, "00071"])
    workbook = read(write(tmp_path / "x.xlsx", typed))
    parquet = read(write(tmp_path / "x.parquet", as_typed(FRAME).astype({"InvoiceNo": str})))
    text = read(write(tmp_path / "x.csv", FRAME))
    pd.testing.assert_frame_equal(workbook, text)
    pd.testing.assert_frame_equal(parquet, text)


def test_iso_dates(tmp_path: Path) -> None:
    iso = FRAME.assign(InvoiceDate=["2010-12-01 08:26", "2010-12-31 18:05", "2011-01-04 10:00"])
    pd.testing.assert_frame_equal(read(write(tmp_path / "y.csv", iso)), read(write(tmp_path / "x.csv", FRAME)))


def test_any_transactions_through_columns_without_description_and_country(tmp_path: Path) -> None:
    own = FRAME.drop(columns=["Description", "Country"]).rename(columns={"InvoiceNo": "Bon", "CustomerID": "Kunde"})
    path = write(tmp_path / "x.csv", own)
    lines = read(path, {"invoice": "Bon", "customer": "Kunde"})
    assert lines["invoice"].tolist() == ["536365", "C536366", "536367"]
    assert lines[["description", "country"]].isna().all(axis=None)
    with pytest.raises(CasebookError, match=r"lacks invoice and customer .*Expected are a table of transactions"):
        check_retail(path, {})
    with pytest.raises(CasebookError, match="lacks country"):
        check_retail(path, {"invoice": "Bon", "customer": "Kunde", "country": "Land"})


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("Quantity", "two", r"x.csv, column 'quantity', row 3: 'two' is not allowed, it must be a number of units"),
        ("Quantity", "nan", r"column 'quantity', row 3: 'nan' is not allowed, it must be a number of units"),
        ("Quantity", "-inf", r"column 'quantity', row 3: '-inf' is not allowed"),
        ("Quantity", "1e30", r"column 'quantity', row 3: '1e30' is not allowed"),
        ("Quantity", "10000000000", r"column 'quantity', row 3: '10000000000' is not allowed"),
        ("UnitPrice", "nan", r"column 'price', row 3: 'nan' is not allowed, it must be an amount of money"),
        ("UnitPrice", "inf", r"column 'price', row 3: 'inf' is not allowed"),
        ("UnitPrice", "1e30", r"column 'price', row 3: '1e30' is not allowed"),
        ("UnitPrice", "99999999999999", r"column 'price', row 3: '99999999999999' is not allowed"),
        ("UnitPrice", "2,55", r"column 'price', row 3: '2,55' .*; the file's heading is 'UnitPrice'$"),
        ("UnitPrice", "2,55", r"column 'price', row 3: '2,55' is not allowed, it must be an amount .*decimal comma"),
        ("InvoiceNo", None, r"column 'invoice', row 3: an empty cell is not allowed"),
        ("InvoiceDate", "yesterday", r"column 'date', row 3: 'yesterday' is not allowed, it must be a date"),
        ("InvoiceDate", None, r"column 'date', row 3: an empty cell"),
    ],
)
def test_a_wrong_value_is_named_with_column_and_row(
    tmp_path: Path, column: str, value: str | None, message: str
) -> None:
    iso = ["2010-12-01 08:26", "2010-12-31 18:05", "2011-01-04 10:00"]
    wrong = FRAME.assign(InvoiceDate=iso).astype({column: object})
    wrong.loc[1, column] = value
    with pytest.raises(CasebookError, match=message):
        read(write(tmp_path / "x.csv", wrong))


def test_further_rows_with_a_fault_are_counted(tmp_path: Path) -> None:
    with pytest.raises(CasebookError, match=r"row 2: 'x' is not allowed, .*; 2 more rows with a fault"):
        read(write(tmp_path / "x.csv", FRAME.assign(Quantity="x")))


def test_a_file_of_headings_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CasebookError, match="has headings and no rows"):
        read(write(tmp_path / "x.csv", FRAME.head(0)))


def test_the_digest_does_not_depend_on_the_form_and_knows_a_changed_value(tmp_path: Path) -> None:
    text = read_retail(write(tmp_path / "x.csv", FRAME), {})
    workbook = read_retail(write(tmp_path / "x.xlsx", as_typed(FRAME)), {})
    changed = read_retail(write(tmp_path / "y.csv", FRAME.assign(Quantity=[6, -2, 2])), {})
    assert digest(text) == digest(workbook) != digest(changed)


def test_the_published_data_are_known_in_every_form(real_data: Callable[[str], Path], tmp_path: Path) -> None:
    parquet = real_data("online_retail.parquet")
    assert is_published(read_retail(parquet, {}))
    frame = pd.read_parquet(parquet)
    dates = frame["InvoiceDate"].dt.strftime("%-m/%-d/%Y %-H:%M")
    as_text = frame.assign(InvoiceDate=dates, CustomerID=frame["CustomerID"].astype(float))
    assert is_published(read_retail(write(tmp_path / "x.csv", as_text, encoding="cp1252"), {}))
    assert not is_published(read_retail(write(tmp_path / "part.parquet", frame.head(1000)), {}))


@pytest.mark.parametrize("bad", [float("inf"), 1e30])
@pytest.mark.parametrize("name", ["x.parquet", "x.xlsx"])
def test_numbers_that_are_no_quantity_are_named_in_every_form(tmp_path: Path, bad: float, name: str) -> None:
    frame = as_typed(FRAME).astype({"InvoiceNo": str}).assign(Quantity=[6.0, bad, 1.0])
    with pytest.raises(CasebookError, match=r"column 'quantity', row 3: .* it must be a number of units"):
        read(write(tmp_path / name, frame))


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx"])
def test_the_row_of_the_file_is_named_after_a_blank_one(tmp_path: Path, name: str) -> None:
    blank = pd.DataFrame({column: [None] for column in FRAME})
    frame = pd.concat([FRAME.head(1), blank, FRAME.tail(2).assign(Quantity=["x", "y"])]).astype(object)
    with pytest.raises(CasebookError, match=r"row 4: 'x' is not allowed"):
        read(write(tmp_path / name, frame))


def test_a_ragged_line_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", FRAME)
    path.write_text(path.read_text() + "536368,22423\n")
    with pytest.raises(CasebookError, match=r"^x.csv, row 5: 2 cells where the heading has 8$"):
        read(path)


@pytest.mark.parametrize(
    "texts",
    [
        ["2010-12-01T08:26", "2010-12-31T18:05", "2011-01-04T10:00"],
        ["2010-12-01T08:26:00Z", "2010-12-31T18:05:00Z", "2011-01-04T10:00:00Z"],
        ["2010-12-01 08:26:00.0", "2010-12-31 18:05:00.000", "2011-01-04 10:00:00.0000000"],
        ["12/1/2010 8:26 AM", "12/31/2010 6:05 PM", " 1/4/2011 10:00 am "],
    ],
)
def test_dates_in_every_common_form(tmp_path: Path, texts: list[str]) -> None:
    found = read(write(tmp_path / "y.csv", FRAME.assign(InvoiceDate=texts)))
    pd.testing.assert_frame_equal(found, read(write(tmp_path / "x.csv", FRAME)))


@pytest.mark.parametrize("name", ["x.csv", "x.xlsx", "x.parquet"])
def test_dates_of_eight_digits(tmp_path: Path, name: str) -> None:
    lines = read(write(tmp_path / name, FRAME.assign(InvoiceDate=[20101201, 20101231, 20110104])))
    assert lines["date"].dt.strftime("%Y%m%d").tolist() == ["20101201", "20101231", "20110104"]


def test_a_column_without_any_date(tmp_path: Path) -> None:
    with pytest.raises(CasebookError, match=r"column 'date', row 2: an empty cell .*; 2 more rows"):
        read(write(tmp_path / "x.csv", FRAME.assign(InvoiceDate=None)))


@pytest.mark.parametrize("sep", [";", "\t"])
@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        (["2,55", "12,75", "0"], ["2.5500", "12.7500", "0.0000"]),
        (["1.234,50", "1.234", "1,250"], ["1234.5000", "1234.0000", "1.2500"]),
        (["2.55", "1.234", "12"], ["2.5500", "1.2340", "12.0000"]),
        (["2.55", "1,234.50", "0"], ["2.5500", "1234.5000", "0.0000"]),
    ],
)
def test_prices_with_a_decimal_comma(tmp_path: Path, sep: str, prices: list[str], expected: list[str]) -> None:
    lines = read(write(tmp_path / "x.csv", FRAME.assign(UnitPrice=prices), sep=sep))
    assert [str(price) for price in lines["price"]] == expected


def test_where_prices_have_a_decimal_comma_a_point_in_quantities_is_of_thousands(tmp_path: Path) -> None:
    frame = FRAME.assign(UnitPrice=["2,55", "1,5", "3"], Quantity=["1.000", "-2", "6,0"])
    assert read(write(tmp_path / "x.csv", frame, sep=";"))["quantity"].tolist() == [1000, -2, 6]


@pytest.mark.parametrize(
    ("prices", "row"),
    [
        (["2,55", "12.75", "0"], 2),  # both
        (["1,200", "15", "3,500"], 2),  # thousands or decimals
    ],
)
def test_a_comma_that_cannot_be_told_is_refused_with_a_hint(tmp_path: Path, prices: list[str], row: int) -> None:
    with pytest.raises(CasebookError, match=rf"column 'price', row {row}: .* decimal comma"):
        read(write(tmp_path / "x.csv", FRAME.assign(UnitPrice=prices), sep=";"))


def test_a_price_that_is_none_is_named_among_prices_with_a_comma(tmp_path: Path) -> None:
    with pytest.raises(CasebookError, match=r"row 4: 'free' is not allowed, .*, as in 2.55;"):
        read(write(tmp_path / "x.csv", FRAME.assign(UnitPrice=["2,55", "1,5", "free"]), sep=";"))


def test_the_users_own_headings_are_told(tmp_path: Path) -> None:
    own = FRAME.rename(columns={"Quantity": "Menge", "Country": "Land"}).assign(Menge="x")
    columns = {"quantity": "Menge", "country": "Land"}
    with pytest.raises(CasebookError, match=r"^x.csv, column 'quantity', row 2: .*; the file's heading is 'Menge'$"):
        read(write(tmp_path / "x.csv", own), columns)
    named = read(write(tmp_path / "x.csv", own.assign(Menge=1)), columns)
    assert named["country"].tolist() == FRAME["Country"].tolist()


@pytest.mark.parametrize("day", ["9999-12-31 08:26", "1600-01-01 08:26"])
def test_a_year_that_nobody_trades_in_is_refused(tmp_path: Path, day: str) -> None:
    late = FRAME.assign(InvoiceDate=["2010-12-01 08:26", day, "2011-01-04 10:00"])
    with pytest.raises(CasebookError, match=f"column 'date', row 3: '{day}' is not allowed.*from 1900 to 2100"):
        read(write(tmp_path / "x.csv", late))
