import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.cases.loyalty.cleaning import trade
from helpers.datasets.retail import typed
from helpers.datasets.retail_cleaning import as_ordered, bought_or_cancelled, clean
from helpers.datasets.retail_sample import generate_retail

NOT_PRODUCTS = r"\D*|C2|gift_.*"
UK = "United Kingdom"
ROWS = [
    ("1", "10p", 5, 2.0, "a", UK),
    ("1", "10p", 5, 2.0, "a", UK),  # a repeated line counts twice here
    ("C2", "10p", -1, 2.0, "a", UK),
    ("3", "POST", 1, 9.0, "a", UK),
    ("4", "11", 3, 2.0, None, UK),
    ("5", "12", 4, 1.5, "b", "Unspecified"),
    ("6", "12", 4, 1.5, "c", UK),
    ("C7", "12", -4, 1.5, "c", UK),  # nothing is left
    ("8", "13", 2, 1.0, "16446", UK),
    ("9", "13", 1, 0.05, "d", UK),  # too little
    ("10", "PADS", 1, 1.0, "e", UK),
    ("11", "13", 1, 1.0, "f", None),
]


def raw() -> ir.Table:
    frame = pd.DataFrame(ROWS, columns=["invoice", "product", "quantity", "price", "customer", "country"])
    dated = frame.assign(date=pd.Timestamp("2024-01-01"), description="x").rename_axis("row").reset_index()
    return typed(ibis.memtable(dated))


def test_every_step_is_counted_for_purchases_and_returns_together() -> None:
    audit = trade(raw(), "published", NOT_PRODUCTS).audit
    assert audit["rows_after"].tolist() == [12, 11, 11, 9, 8, 5, 4]
    assert audit["customers_after"].tolist() == [7, 7, 7, 6, 5, 3, 2]
    assert audit["returned_lines"].tolist() == [2, 2, 2, 2, 2, 1, 1]
    assert audit["returned_invoices"].tolist() == [2, 2, 2, 2, 2, 1, 1]
    assert audit["revenue_after"].tolist()[-1] == 19.0


def test_purchases_and_returns_are_kept_apart() -> None:
    traded = trade(raw(), "published", NOT_PRODUCTS)
    assert traded.purchases.order_by("row").execute()["invoice"].tolist() == ["1", "1", "11"]
    assert traded.returns.execute()[["invoice", "quantity"]].to_numpy().tolist() == [["C2", -1]]


def test_what_came_back_is_what_was_not_kept() -> None:
    raw = generate_retail(150, 3).lines
    traded = trade(raw, "netted", NOT_PRODUCTS)
    ordered, kept, returns = (
        each.execute().set_index("row") for each in (traded.purchases, traded.kept, traded.returns)
    )
    assert (returns["quantity"] < 0).all()
    left = ordered["quantity"].add(returns["quantity"], fill_value=0)
    pd.testing.assert_series_equal(left[left > 0].sort_index(), kept["quantity"].sort_index(), check_dtype=False)
    assert returns["price"].equals(ordered.loc[returns.index, "price"])
    expected = clean(raw, NOT_PRODUCTS).lines.execute().set_index("row")
    pd.testing.assert_frame_equal(kept.sort_index(), expected.sort_index())
    assert sorted(ordered.index) == sorted(as_ordered(bought_or_cancelled(raw, NOT_PRODUCTS)).row.execute())
