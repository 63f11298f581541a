"""A table that people keep in one of many forms is the same table."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from helpers.errors import CasebookError
from tests.datasets.lines import N, done, invoices, read, table

Form = Callable[[pd.DataFrame, Path], Path]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    path = tmp_path_factory.mktemp("plain") / "x.csv"
    invoices().to_csv(path, index=False)
    return table(path)


def csv(**options: object) -> Form:
    def write(frame: pd.DataFrame, folder: Path) -> Path:
        frame.to_csv(folder / "x.csv", **{"index": False} | options)  # type: ignore[call-overload]
        return folder / "x.csv"

    return write


def text(change: Callable[[list[str]], list[str]]) -> Form:
    def write(frame: pd.DataFrame, folder: Path) -> Path:
        lines = frame.to_csv(index=False).splitlines()
        (folder / "x.csv").write_text("\n".join(change(lines)) + "\n")
        return folder / "x.csv"

    return write


def changed(**columns: Callable[[pd.Series], pd.Series]) -> Form:
    def write(frame: pd.DataFrame, folder: Path) -> Path:
        return csv()(frame.assign(**{name: change(frame[name]) for name, change in columns.items()}), folder)

    return write


def dated(form: str) -> Form:
    return changed(InvoiceDate=lambda days: pd.to_datetime(days).dt.strftime(form))


def sheet(above: list[list[str]]) -> Form:
    def write(frame: pd.DataFrame, folder: Path) -> Path:
        book = openpyxl.Workbook()
        days = pd.to_datetime(frame["InvoiceDate"]).dt.to_pydatetime()
        rows = frame.assign(InvoiceDate=pd.Series(list(days), dtype=object)).astype(object)
        for row in [*above, list(frame), *rows.to_numpy().tolist()]:
            book.active.append(row)
        book.save(folder / "x.xlsx")
        return folder / "x.xlsx"

    return write


def wrong_dimension(frame: pd.DataFrame, folder: Path) -> Path:
    path = sheet([])(frame, folder)
    with zipfile.ZipFile(path) as parts:
        content = {name: parts.read(name) for name in parts.namelist()}
    name = "xl/worksheets/sheet1.xml"
    content[name] = content[name].replace(f'ref="A1:H{N + 1}"'.encode(), b'ref="A1"')
    assert b'ref="A1"' in content[name]
    with zipfile.ZipFile(path, "w") as parts:
        for part, inside in content.items():
            parts.writestr(part, inside)
    return path


def packed(frame: pd.DataFrame, folder: Path) -> Path:
    (folder / "x.csv.gz").write_bytes(gzip.compress(frame.to_csv(index=False).encode()))
    return folder / "x.csv.gz"


def archived(frame: pd.DataFrame, folder: Path) -> Path:
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        archive.writestr("in/x.csv", frame.to_csv(index=False))
        archive.writestr("__MACOSX/in/._x.csv", "no table")
    return folder / "x.zip"


def monthly(frame: pd.DataFrame, folder: Path) -> Path:
    (folder / "parts").mkdir()
    for month, rows in frame.groupby(frame["InvoiceDate"].str[:7]):
        rows.to_csv(folder / "parts" / f"sales_{month}.csv", index=False)
    return folder / "parts"


def of_spark(frame: pd.DataFrame, folder: Path) -> Path:
    (folder / "out").mkdir()
    (folder / "out" / "_SUCCESS").touch()
    for part in range(3):
        frame[20 * part : 20 * part + 20].to_parquet(folder / "out" / f"part-0000{part}-c0de.snappy.parquet")
    return folder / "out"


def two_sheets(frame: pd.DataFrame, folder: Path) -> Path:
    with pd.ExcelWriter(folder / "x.xlsx") as book:
        for name, rows in {"Year 2021-2022": frame[:25], "Year 2022-2023": frame[25:]}.items():
            rows.to_excel(book, sheet_name=name, index=False)
        pd.DataFrame({"Notes": ["draft"]}).to_excel(book, sheet_name="Notes", index=False)
    return folder / "x.xlsx"


def totals(frame: pd.DataFrame, folder: Path) -> Path:
    return text(lambda lines: [*lines[:30], "Subtotal,,,99,,,,", *lines[30:], "Grand Total,,,299,,,,"])(frame, folder)


FORMS: dict[str, Form] = {
    "titles in a text": text(lambda lines: ["Corner Shop, Ltd.", "", "Exported 1 July, 08:15", *lines]),
    "titles in a workbook": sheet([["Corner Shop"], ["January to June"], [], []]),
    "a wrong dimension": wrong_dimension,
    "gzip": packed,
    "zip": archived,
    "a file a month": monthly,
    "parts of Spark": of_spark,
    "a sheet a year": two_sheets,
    "the line of Excel": text(lambda lines: ["sep=,", *lines]),
    "bars": csv(sep="|"),
    "UTF-16": csv(encoding="utf-16"),
    "UTF-16 without a mark": csv(encoding="utf-16-le"),
    "an index without a heading": csv(index=True),
    "names of rows as of R": text(lambda lines: [lines[0], *(f"{n},{line}" for n, line in enumerate(lines[1:]))]),
    "a separator at the end": text(lambda lines: [lines[0], *(f"{line}," for line in lines[1:])]),
    "rows of totals": totals,
    "names of months": dated("%d-%b-%y %H:%M"),
    "long names of months": dated("%B %d, %Y %I:%M %p"),
    "year first with slashes": dated("%Y/%m/%d %H:%M"),
    "twelve hours": dated("%m/%d/%Y %I:%M %p"),
    "a time zone": changed(InvoiceDate=lambda days: days + "+00:00"),
    "a named time zone": changed(InvoiceDate=lambda days: days + " UTC"),
    "numbers of days": changed(
        InvoiceDate=lambda days: ((pd.to_datetime(days) - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1)).round(9)
    ),
    "currency signs": changed(UnitPrice=lambda prices: "£" + prices.map("{:.2f}".format)),
    "currency codes": changed(UnitPrice=lambda prices: prices.map("{:.2f}".format) + " EUR"),
    "decimal commas": changed(UnitPrice=lambda prices: prices.map("{:.2f}".format).str.replace(".", ",")),
    "brackets": changed(UnitPrice=lambda prices: prices.map("{:.2f} ".format)),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_read_to_the_same_table(plain: pd.DataFrame, tmp_path: Path, name: str) -> None:
    found = table(FORMS[name](invoices(), tmp_path))
    pd.testing.assert_frame_equal(found, plain)


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        ("gb18030", "红色杯子 陶瓷茶壶"),
        ("cp932", "青いカップ ティーポット"),
        ("big5", "紅色杯子 茶壺"),
        ("cp1250", "Žluťoučký hrnek Dvořák"),
        ("cp1251", "красная чашка"),
        ("cp1252", "théière café"),
    ],
)
def test_an_encoding_is_found_and_named(tmp_path: Path, encoding: str, word: str) -> None:
    path = csv(encoding=encoding)(invoices().assign(Description=word), tmp_path)
    opened = read(path)
    assert set(opened.lines.execute()["description"]) == {word}
    assert opened.reading["detail"].iloc[0] == f"x.csv, in {encoding}"


def test_what_was_done_is_counted(tmp_path: Path) -> None:
    assert done(totals(invoices(), tmp_path)) == {"rows read": N, "rows of totals set aside": 2}
    both = two_sheets(invoices(), tmp_path)
    assert done(both) == {"rows read": N, "rows that repeat one of an earlier part": 0, "tables not read": 1}
    assert done(both, table="Year 2021*") == {"rows read": 25, "tables not read": 2}
    months = monthly(invoices(), tmp_path)
    invoices()[:7].to_csv(months / "sales_2024-01.csv", index=False)
    assert done(months)["rows that repeat one of an earlier part"] == 7
    zoned = csv()(invoices().assign(InvoiceDate=lambda t: t["InvoiceDate"] + "+02:00"), tmp_path)
    assert "times taken as written, without their time zone (+02:00)" in done(zoned)


def test_a_message_names_the_part_and_its_own_row(tmp_path: Path) -> None:
    frame = invoices().astype({"Quantity": object})
    frame.loc[40, "Quantity"] = "many"
    with pytest.raises(CasebookError, match=r"^sales_2022-12.csv, column 'quantity', row 5: 'many' is not allowed"):
        read(monthly(frame, tmp_path))
    with pytest.raises(CasebookError, match=r"^sheet 'Sheet' of x.xlsx, column 'quantity', row 45: 'many'"):
        read(sheet([["A shop"], [], []])(frame, tmp_path))


def test_cells_that_are_merged_are_filled_down(tmp_path: Path) -> None:
    path = sheet([])(invoices(), tmp_path)
    book = openpyxl.load_workbook(path)
    for columns in "AG":
        book.active.merge_cells(f"{columns}2:{columns}5")
    book.save(path)
    found = table(path)
    assert found["invoice"][:5].tolist() == ["500000"] * 4 + ["500002"]
    assert found["customer"][:5].tolist() == ["200100"] * 4 + ["200104"]
    assert done(path)["cells filled down from merged ones"] == 6


def test_a_part_of_another_form_is_named(tmp_path: Path) -> None:
    parts = monthly(invoices(), tmp_path)
    late = parts / "sales_2022-05.csv"
    late.write_text(late.read_text().replace("UnitPrice", "Preis"))
    with pytest.raises(
        CasebookError, match=r"sales_2022-05.csv looks like a part of .* and has other headings: .*Preis"
    ):
        read(parts)
    late.write_text("")
    with pytest.raises(CasebookError, match=r"sales_2022-05\.csv is empty; .* part of sales_2022-01\.csv"):
        read(parts)
    assert len(table(parts, table="sales_2023*")) > 0


def test_two_tables_that_differ_are_asked_for(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "x.xlsx") as book:
        invoices().to_excel(book, sheet_name="Sales", index=False)
        invoices().assign(Planned="yes").to_excel(book, sheet_name="Forecast", index=False)
    with pytest.raises(CasebookError, match=r"two tables may be meant.*table=Sales or table=Forecast"):
        read(tmp_path / "x.xlsx")
    assert len(table(tmp_path / "x.xlsx", table="Sales")) == N
    with pytest.raises(CasebookError, match=r"table=Sale names no table; .*did you mean 'Sales'"):
        read(tmp_path / "x.xlsx", table="Sale")


def test_a_date_that_lost_its_format_or_is_a_text_is_still_that_date(plain: pd.DataFrame, tmp_path: Path) -> None:
    path = sheet([])(invoices(), tmp_path)
    for change in (44565.77013888889, "2022-01-04 18:29:00"):
        book = openpyxl.load_workbook(path)
        book.active["E2"] = change
        book.active["E2"].number_format = "General"
        book.save(path)
        pd.testing.assert_frame_equal(table(path), plain)


def test_sheets_with_dates_and_with_texts_of_dates_are_one_table(plain: pd.DataFrame, tmp_path: Path) -> None:
    frame = invoices()
    with pd.ExcelWriter(tmp_path / "x.xlsx") as book:
        first = frame[:30].assign(InvoiceDate=pd.to_datetime(frame["InvoiceDate"][:30]))
        first.to_excel(book, sheet_name="2022", index=False)
        frame[30:].to_excel(book, sheet_name="2023", index=False)
    pd.testing.assert_frame_equal(table(tmp_path / "x.xlsx"), plain)
