from pathlib import Path

import pytest

from helpers.errors import CasebookError
from tests.datasets.lines import done, invoices, read, table


def with_totals() -> Path:
    frame = invoices()
    return frame.assign(Sales=(frame["Quantity"] * frame["UnitPrice"]).round(2)).drop(columns="UnitPrice")


def test_a_price_follows_from_the_total_of_a_line(tmp_path: Path) -> None:
    with_totals().to_csv(tmp_path / "x.csv", index=False)
    lines = read(tmp_path / "x.csv").lines
    found = lines.mutate(total=lines.quantity * lines.price).order_by("row").execute()
    assert found["total"].astype(float).round(6).tolist() == with_totals()["Sales"].tolist()


def test_a_total_that_is_mapped_as_a_price_is_refused(tmp_path: Path) -> None:
    with_totals().to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(CasebookError, match=r"'Sales' holds grows with the quantity .*say columns=\{total: Sales\}"):
        read(tmp_path / "x.csv", {"price": "Sales"})
    invoices().rename(columns={"UnitPrice": "Sales"}).to_csv(tmp_path / "x.csv", index=False)
    assert table(tmp_path / "x.csv", {"price": "Sales"})["price"].astype(float).tolist() == list(
        invoices()["UnitPrice"]
    )


def test_lines_without_a_quantity_are_one_each(tmp_path: Path) -> None:
    invoices().drop(columns="Quantity").to_csv(tmp_path / "x.csv", index=False)
    assert set(table(tmp_path / "x.csv")["quantity"]) == {1}
    assert done(tmp_path / "x.csv")["lines taken as one unit each, given back where their amount is negative"] == len(
        invoices()
    )


def test_few_rows_that_cannot_be_read_may_be_set_aside(tmp_path: Path) -> None:
    frame = invoices().astype({"Quantity": object})
    frame.loc[[3, 5], "Quantity"] = "x"
    frame.to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(CasebookError, match=r"row 5: 'x' is not allowed.*; 1 more row"):
        read(tmp_path / "x.csv", unreadable=1)
    assert len(table(tmp_path / "x.csv", unreadable=2)) == len(frame) - 2
    assert done(tmp_path / "x.csv", unreadable=2)["rows with a cell that cannot be read set aside"] == 2


def test_words_for_nothing_are_empty_in_keys_and_kept_in_names(tmp_path: Path) -> None:
    frame = invoices()
    frame.loc[[0, 1, 2], "CustomerID"] = ["(blank)", "NULL", "n/a"]
    frame.assign(Country="NA").to_csv(tmp_path / "x.csv", index=False)
    found = table(tmp_path / "x.csv")
    assert found["customer"].isna().sum() == 3
    assert set(found["country"]) == {"NA"}
    assert done(tmp_path / "x.csv")["cells that say NULL, NA, (blank) or the like taken for empty"] == 3
