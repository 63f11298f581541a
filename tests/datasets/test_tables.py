from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from helpers.datasets import reading
from helpers.datasets.blanks import without_blanks
from helpers.datasets.headings import Wanted
from helpers.datasets.reading import Choices, read_tables
from helpers.errors import CasebookError

SALES = Wanted("sales", {"customer": ("Customer ID", "Client"), "price": ("Unit price",)})
FRAME = pd.DataFrame({"Customer ID": ["a", "b"], "Unit price": [1.5, 2.0], "Note": ["é", "£5"]})


def read(path: Path, columns: dict[str, str] | None = None) -> pd.DataFrame:
    read = read_tables([SALES], path, Choices(columns or {}))["sales"]
    return read.with_rows(without_blanks(read.rows, ())[0]).frame()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_text_in_every_common_form(tmp_path: Path, separator: str, encoding: str) -> None:
    FRAME.to_csv(tmp_path / "x.csv", sep=separator, encoding=encoding, index=False)
    pd.testing.assert_frame_equal(read(tmp_path / "x.csv"), FRAME.iloc[:, :2].set_axis(["customer", "price"], axis=1))


def test_an_encoding_is_not_misjudged_where_the_look_ahead_cuts_a_letter(tmp_path: Path) -> None:
    text = "Customer ID,Unit price\n" + "é,1\n" * 300_000
    for shift in range(3):
        (tmp_path / "x.csv").write_text(text.replace("Customer", "Customer" + " " * shift), encoding="utf-8")
        assert set(read(tmp_path / "x.csv")["customer"]) == {"é"}


def test_parquet_and_workbook_give_the_same_table(tmp_path: Path) -> None:
    FRAME.to_parquet(tmp_path / "x.parquet")
    FRAME.to_excel(tmp_path / "x.xlsx", index=False)
    pd.testing.assert_frame_equal(read(tmp_path / "x.parquet"), read(tmp_path / "x.xlsx"), check_dtype=False)


def test_headings_in_any_case_and_punctuation(tmp_path: Path) -> None:
    FRAME.set_axis(["CUSTOMER_ID", "unit-price", "z"], axis=1).to_csv(tmp_path / "x.csv", index=False)
    assert list(read(tmp_path / "x.csv")) == ["customer", "price"]


def test_columns_name_headings_that_are_not_known(tmp_path: Path) -> None:
    FRAME.rename(columns={"Unit price": "Preis"}).to_csv(tmp_path / "x.csv", index=False)
    assert list(read(tmp_path / "x.csv", {"price": "Preis"})["price"]) == [1.5, 2.0]
    with pytest.raises(
        CasebookError, match=r"lacks price \(for other headings say columns=\{price: your heading\}\)"
    ):
        read(tmp_path / "x.csv")
    with pytest.raises(CasebookError, match="columns names 'prise': did you mean 'price'"):
        read(tmp_path / "x.csv", {"prise": "Preis"})


def test_the_sheet_that_is_named_like_the_table_is_taken_and_others_are_ignored(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "x.xlsx") as book:
        FRAME.assign(**{"Unit price": 9}).to_excel(book, sheet_name="Draft", index=False)
        FRAME.to_excel(book, sheet_name="My sales", index=False)
        pd.DataFrame({"x": [1]}).to_excel(book, sheet_name="Pivot", index=False)
    assert list(read(tmp_path / "x.xlsx")["price"]) == [1.5, 2.0]


def test_blank_rows_are_left_out_and_rows_keep_their_place(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [["Customer ID", "Unit price"], ["a", 1], [None, None], ["b", 2]]:
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    assert list(read(tmp_path / "x.xlsx").index) == [0, 2]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.xlsx", b"", "x.xlsx is empty"),
        ("x.xlsx", b"PK\x03\x04 cut off", "x.xlsx cannot be read as a workbook, it may be cut off"),
        ("x.parquet", b"PAR1 cut off", "x.parquet cannot be read as a table, it may be cut off"),
        ("x.doc", b"text", "x.doc is no file of data"),
        ("x.csv", b"a,b\n1,2\n", "x.csv comes closest, has a and b, and lacks customer and price"),
    ],
)
def test_a_wrong_file_is_named_with_what_was_expected(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CasebookError) as error:
        read(tmp_path / name)
    assert said in str(error.value)
    assert "Expected are a table of sales with the columns Customer ID, Unit price." in str(error.value)


def test_a_folder_without_data(tmp_path: Path) -> None:
    with pytest.raises(CasebookError, match="the folder holds no file of data"):
        read(tmp_path)


def test_unreadable_neighbours_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "sales.csv", index=False)
    for name, content in {
        "~$book.xlsx": b"lock",
        "._sales.csv": b"\x00\x05",
        "notes.txt": b"",
        "cut.xlsx": b"PK",
    }.items():
        (tmp_path / name).write_bytes(content)
    assert list(read(tmp_path)["price"]) == [1.5, 2.0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", b"\xef\xbb\xbf"),
        ("x.csv", b" \n\n"),
        ("x.csv", b'"' + b"a" * 140_000 + b'"'),
        ("x.csv", b"a\x81,b\n"),
    ],
)
def test_odd_bytes_are_refused_in_a_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CasebookError, match="Expected are a table of sales"):
        read(tmp_path / name)


def test_unicode_text_of_spreadsheets_is_read(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "x.txt", sep="\t", index=False, encoding="utf-16")
    assert list(read(tmp_path / "x.txt")["customer"]) == ["a", "b"]


def test_rows_keep_their_place_after_a_blank_line_of_a_text_file(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Customer ID,Unit price\na,1\n\nb,2\n")
    assert list(read(tmp_path / "x.csv").index) == [0, 2]


def test_a_line_of_separators_is_a_blank_row(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Customer ID,Unit price\na,1\n,\nb,2\n")
    assert read(tmp_path / "x.csv").to_dict() == {"customer": {0: "a", 2: "b"}, "price": {0: 1, 2: 2}}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("b", "row 4: 1 cell where the heading has 2"),
        ("b,2,3", "row 4: 3 cells where the heading has 2"),
        ('"b,2', "row 4: 1 cell where the heading has 2; a quotation mark in it is not closed"),
        ('b,"2', "row 4: a quotation mark in its last cell is not closed"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_line_that_is_no_row_is_named(tmp_path: Path, line: str, said: str, encoding: str) -> None:
    (tmp_path / "x.csv").write_text(f"Customer ID,Unit price\né,1\n\n{line}\nc,3\n", encoding=encoding)
    with pytest.raises(CasebookError) as error:
        read(tmp_path / "x.csv")
    assert str(error.value) == f"x.csv, {said}"


def test_an_open_quotation_mark_in_a_long_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text('Customer ID,Unit price\na,"1\n' + "b,2\n" * 900_000)
    with pytest.raises(CasebookError, match=r"x.csv cannot be read as a table \(a quotation mark is not closed"):
        read(tmp_path / "x.csv")


def test_a_text_of_headings_alone_is_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Customer ID,Unit price\n")
    assert read(tmp_path / "x.csv").empty
    (tmp_path / "x.csv").write_text("Customer ID,Unit price")
    with pytest.raises(CasebookError, match=r"x.csv cannot be read as a table \(it has headings and no rows"):
        read(tmp_path / "x.csv")


def test_truth_in_a_text_is_truth(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Customer ID,Unit price\nTRUE,TRUE\nx,false\n")
    assert read(tmp_path / "x.csv").to_dict("list") == {"customer": ["TRUE", "x"], "price": [True, False]}


def test_numbers_of_a_text_are_numbers_and_what_spreadsheets_write_for_nothing_is_missing(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Customer ID,Unit price\n007,1\nx,NA\n#N/A,2.5\n")
    found = read(tmp_path / "x.csv")
    assert found["price"].tolist()[::2] == [1.0, 2.5]
    assert found.isna().to_numpy().tolist() == [[False, False], [False, True], [True, False]]


def test_rows_of_parquet_count_from_zero_whatever_index_it_was_saved_with(tmp_path: Path) -> None:
    FRAME.set_axis([5, 3]).to_parquet(tmp_path / "x.parquet")
    assert list(read(tmp_path / "x.parquet").index) == [0, 1]


def test_headings_in_other_alphabets_are_told_apart(tmp_path: Path) -> None:
    FRAME.set_axis(["顧客", "価格", "備考"], axis=1).to_csv(tmp_path / "x.csv", index=False)
    assert list(read(tmp_path / "x.csv", {"customer": "顧客", "price": "価格"})["price"]) == [1.5, 2.0]


def test_two_columns_with_a_heading_that_is_needed_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Customer ID,Unit price,UNIT_PRICE\na,1,9\n")
    with pytest.raises(CasebookError, match=r"x.csv has 2 columns with the heading 'Unit price': rename all but one"):
        read(tmp_path / "x.csv")
    (tmp_path / "x.csv").write_text("Customer ID,Unit price,Note,Note\na,1,9,8\n")
    assert read(tmp_path / "x.csv")["price"].tolist() == [1]


def test_a_small_parquet_file_of_very_many_values_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_VALUES", 3)
    FRAME.to_parquet(tmp_path / "x.parquet")
    with pytest.raises(CasebookError, match=r"x.parquet holds \d+ values to read, and at most 3 are"):
        read(tmp_path / "x.parquet")
