from datetime import date

import ibis
import pandas as pd

from helpers.cases.health.transactions import customer_orders, customer_purchases


def test_a_window_of_orders_and_of_their_products() -> None:
    rows = [
        (3, "a", "2022-01-02", 5),
        (1, "b", "2022-01-01", 7),
        (2, "a", "2022-01-02", 9),
        (4, "a", "2022-02-01", 1),
    ]
    table = pd.DataFrame(rows, columns=["transaction", "member", "date", "total_amount"])
    table["date"] = pd.to_datetime(table["date"]).dt.date
    orders = customer_orders(ibis.memtable(table), date(2022, 1, 1), date(2022, 2, 1))
    assert orders["order"].tolist() == ["1", "2", "3"]
    assert orders["value"].tolist() == [7.0, 9.0, 5.0]
    assert orders["customer"].tolist() == ["b", "a", "a"]
    assert orders["date"].tolist() == [pd.Timestamp("2022-01-01")] + [pd.Timestamp("2022-01-02")] * 2
    lines = table.loc[[0, 0, 1, 3]].assign(product=["y", "x", "z", "x"], quantity=[1, 2, 3, 4])
    found = customer_purchases(ibis.memtable(lines), date(2022, 1, 1), date(2022, 2, 1))
    assert found[["order", "product", "quantity"]].to_numpy().tolist() == [
        ["1", "z", 3],
        ["3", "x", 2],
        ["3", "y", 1],
    ]
