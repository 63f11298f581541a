from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from helpers.cases.wine import published
from helpers.cases.wine.forms import OFFERS, TRANSACTIONS, check_wine
from helpers.cases.wine.offers import baskets
from helpers.cases.wine.reader import read_wine
from helpers.cases.wine.sample import generate_wine
from helpers.datasets.notes import SET_ASIDE, forget, set_aside, told
from helpers.errors import CasebookError
from helpers.features.reproduction import against_published
from helpers.models.rules.mining import association_rules, frequent_itemsets, readable


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Return the sample as a workbook in the form of the published one, with a sheet that is to be ignored."""
    orders = generate_wine(20, 1).orders
    path = tmp_path / "wine.xlsx"
    with pd.ExcelWriter(path) as book:
        offers = orders.offers.drop(columns="product").assign(past_peak=lambda t: t["past_peak"].map(str).str.upper())
        headed(offers, OFFERS.columns).to_excel(book, sheet_name="OfferInformation", index=False)
        headed(orders.transactions, TRANSACTIONS.columns).to_excel(book, sheet_name="Transactions", index=False)
        pd.DataFrame({"Row Labels": [1]}).to_excel(book, sheet_name="Pivot", index=False)
    return path


def headed(frame: pd.DataFrame, columns: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    return frame.rename(columns={name: known[0] for name, known in columns.items()})


def edit(path: Path, sheet: str, cell: str, value: object) -> Path:
    book = openpyxl.load_workbook(path)
    book[sheet][cell] = value
    book.save(path)
    return path


def test_the_workbook_gives_back_what_was_written(workbook: Path) -> None:
    expected, found = generate_wine(20, 1).orders, read_wine(workbook, {})
    assert found.digest == expected.digest
    pd.testing.assert_frame_equal(found.offers, expected.offers, check_dtype=False)
    assert not found.is_published
    assert check_wine(workbook, {}) == [workbook]


def test_a_folder_with_two_files_is_the_same_as_the_workbook(workbook: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for sheet, separator in (("OfferInformation", ";"), ("Transactions", ",")):
        frame = pd.read_excel(workbook, sheet_name=sheet, engine="calamine")
        frame.columns = frame.columns.str.upper()
        frame.to_csv(folder / f"{sheet}.csv", sep=separator, index=False)
    assert read_wine(folder, {}).digest == read_wine(workbook, {}).digest
    assert [path.name for path in check_wine(folder, {})] == ["OfferInformation.csv", "Transactions.csv"]


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "message"),
    [
        (
            "OfferInformation",
            "B4",
            "Juny",
            "column 'month', row 4: 'Juny' is not allowed, it must be the English name",
        ),
        ("OfferInformation", "E5", 180, "column 'discount', row 5: 180 is not allowed, it must be a number from 0"),
        ("OfferInformation", "D6", "1_2", "column 'minimum_quantity', row 6: '1_2' is not allowed"),
        ("Transactions", "B9", "1_2", "column 'offer', row 9: '1_2' is not allowed"),
        ("OfferInformation", "D6", "many", "column 'minimum_quantity', row 6: 'many' is not allowed"),
        ("OfferInformation", "G7", "maybe", "column 'past_peak', row 7: 'maybe' is not allowed, it must be TRUE or"),
        ("OfferInformation", "A3", 1, "column 'offer', row 3: 1 is not allowed"),
        ("Transactions", "B9", 99, "column 'offer', row 9: offer 99 is not among the 32 offers (numbers 1 to 32)"),
        ("Transactions", "A9", None, "column 'customer', row 9: an empty cell is not allowed"),
    ],
)
def test_a_fault_names_column_row_and_value(
    workbook: Path, sheet: str, cell: str, value: object, message: str
) -> None:
    with pytest.raises(CasebookError) as error:
        read_wine(edit(workbook, sheet, cell, value), {})
    assert f"sheet {sheet!r} of wine.xlsx, {message}" in str(error.value)


def test_repeated_transactions_are_dropped_and_counted(workbook: Path) -> None:
    before = read_wine(workbook, {})
    first = before.transactions.iloc[0]
    row = len(before.transactions) + 2
    edit(workbook, "Transactions", f"A{row}", f" {first['customer']} ")
    edit(workbook, "Transactions", f"B{row}", int(first["offer"]))
    after = read_wine(workbook, {})
    assert after.digest == before.digest
    dropped = after.audit.set_index("step").loc["repeated transactions dropped"]
    assert dropped["rows_before"] - dropped["rows_after"] == 1


def test_the_published_workbook(real_data: Callable[[str], Path]) -> None:
    orders = read_wine(real_data("WineKMC.xlsx"), {})
    assert orders.is_published
    assert (len(orders.offers), len(orders.transactions), orders.transactions["customer"].nunique()) == (32, 324, 100)
    assert int(baskets(orders).to_numpy().sum()) == 296


def test_the_published_data_are_known_in_another_form_too(real_data: Callable[[str], Path], tmp_path: Path) -> None:
    for sheet, name in (("OfferInformation", "offers"), ("Transactions", "transactions")):
        frame = pd.read_excel(real_data("WineKMC.xlsx"), sheet_name=sheet)
        frame.sample(frac=1, random_state=1).to_csv(tmp_path / f"{name}.csv", index=False, sep="\t")
    assert read_wine(tmp_path, {}).is_published


def test_exactly_the_published_rules(real_data: Callable[[str], Path]) -> None:
    bought = baskets(read_wine(real_data("WineKMC.xlsx"), {}))
    itemsets = frequent_itemsets(bought, 0.05, 5)
    rules = readable(association_rules(itemsets, len(bought), 0.5))
    compared = against_published(published.__file__, "rules", [rules], ["antecedents", "consequents"])
    assert len(itemsets) == 45
    assert len(rules) == 15
    assert len(compared) == 3 * len(rules)
    assert compared["agrees"].all()


@pytest.mark.parametrize(("support", "confidence", "n"), [(0.05, 0.45, 16), (0.05, 0.51, 14), (0.06, 0.5, 10)])
def test_neighbouring_limits(real_data: Callable[[str], Path], support: float, confidence: float, n: int) -> None:
    bought = baskets(read_wine(real_data("WineKMC.xlsx"), {}))
    assert len(association_rules(frequent_itemsets(bought, support, 5), len(bought), confidence)) == n


def test_few_rows_that_cannot_be_read_are_set_aside_and_counted_with_what_was_taken_of_them(workbook: Path) -> None:
    before = read_wine(workbook, {})
    edit(edit(workbook, "OfferInformation", "B4", "Juny"), "Transactions", "A9", None)
    with pytest.raises(CasebookError, match="'Juny' is not allowed"):
        read_wine(workbook, {})
    forget()
    after = read_wine(workbook, {}, unreadable=1)
    assert after.offers["offer"].tolist() == before.offers["offer"].drop(index=2).tolist()
    assert 3 not in set(after.transactions["offer"])
    counts = told().set_index("what")["count"]
    assert counts[SET_ASIDE].tolist() == [1, 1]
    taken = (before.transactions["offer"] == 3).sum()
    assert counts["transactions of offers that were set aside"] >= taken - 1 > 0
    assert set_aside() == counts["transactions of offers that were set aside"] + 2
