from pathlib import Path

import pytest

from helpers.errors import CasebookError
from tests.datasets.lines import done, invoices, read, table


def test_orders_without_products_are_a_line_each(tmp_path: Path) -> None:
    orders = invoices().assign(Amount=lambda t: t["UnitPrice"].where(t.index != 3, -7.5))
    orders = orders.drop_duplicates("InvoiceNo")[["InvoiceNo", "InvoiceDate", "Amount", "CustomerID"]]
    orders.to_csv(tmp_path / "x.csv", index=False)
    found = table(tmp_path / "x.csv")
    assert (found["quantity"] * found["price"].astype(float)).tolist() == orders["Amount"].tolist()
    assert set(found["product"]) == {"0"}
    assert done(tmp_path / "x.csv")["orders without products taken as one line each"] == len(orders)


def test_lines_whose_product_has_no_known_heading_are_no_orders(tmp_path: Path) -> None:
    invoices().rename(columns={"StockCode": "Artikel"}).to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(CasebookError, match=r"several lines of one invoice .* columns=\{product: your heading\}"):
        read(tmp_path / "x.csv")


def test_a_negative_price_without_a_quantity_is_a_unit_given_back(tmp_path: Path) -> None:
    frame = invoices().drop(columns="Quantity")
    frame.loc[2, "UnitPrice"] = -3.5
    frame.to_csv(tmp_path / "x.csv", index=False)
    third = table(tmp_path / "x.csv").iloc[2]
    assert (third["quantity"], float(third["price"])) == (-1, 3.5)


def test_a_column_that_may_be_the_quantity_is_asked_for(tmp_path: Path) -> None:
    invoices().rename(columns={"Quantity": "Menge"}).to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(
        CasebookError, match=r"'Menge' may be it: .*quantity: Menge\}, or columns=\{total: UnitPrice\}"
    ):
        read(tmp_path / "x.csv")
    assert table(tmp_path / "x.csv", {"quantity": "Menge"})["quantity"].tolist() == list(invoices()["Quantity"])
    assert set(table(tmp_path / "x.csv", {"total": "UnitPrice"})["quantity"]) == {1}
