from collections.abc import Callable
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest
from ibis import _

from helpers.datasets.retail import read_retail, typed
from helpers.datasets.retail_cleaning import (
    as_ordered,
    bought_or_cancelled,
    clean,
    dropped_codes,
    left_after_cancellations,
    missing_by_column,
)
from helpers.errors import CasebookError

NOT_PRODUCTS = r"\D*|C2|gift_.*"


def lines(*rows: tuple) -> pd.DataFrame:
    """Return lines of customer a from (product, day, quantity, price)."""
    frame = pd.DataFrame(rows, columns=["product", "day", "quantity", "price"])
    date = pd.Timestamp("2024-01-01") + pd.to_timedelta(frame["day"], unit="D")
    return frame.assign(row=range(len(frame)), customer="a", date=date)


def left(*rows: tuple) -> list[int]:
    kept = left_after_cancellations(lines(*rows)).set_index("row")["left"]
    return kept.sort_index().tolist()


def test_a_cancellation_takes_from_the_latest_purchase_first() -> None:
    assert left(("p", 1, 5, 2), ("p", 2, 5, 2), ("p", 3, -6, 2)) == [4, 0]


def test_purchases_of_the_same_price_come_first() -> None:
    assert left(("p", 1, 5, 2), ("p", 2, 5, 3), ("p", 3, -4, 2)) == [1, 5]
    assert left(("p", 1, 5, 2), ("p", 2, 5, 3), ("p", 3, -6, 2)) == [0, 4]


def test_a_cancellation_takes_nothing_from_later_purchases_nor_from_other_products() -> None:
    assert left(("p", 1, 5, 2), ("p", 2, -8, 2), ("p", 3, 5, 2)) == [0, 5]
    assert left(("p", 1, 5, 2), ("q", 2, -3, 2), ("q", 0, 1, 2)) == [5, 0]


def test_two_cancellations_do_not_take_the_same_unit() -> None:
    assert left(("p", 1, 4, 2), ("p", 2, 4, 2), ("p", 3, -4, 2), ("p", 4, -3, 2)) == [1, 0]


def test_netting_never_inflates_and_conserves_units_on_random_lines() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"customer": rng.choice(list("abc"), 400), "product": rng.choice(list("pq"), 400)})
    quantity = np.where(rng.random(400) < 0.3, -1, 1) * rng.integers(1, 9, 400)
    date = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 90, 400), unit="D")
    frame = frame.assign(row=range(400), quantity=quantity, date=date, price=rng.choice([1, 2], 400))
    kept = frame[frame["quantity"] > 0].merge(left_after_cancellations(frame), on="row", validate="one_to_one")
    assert len(kept) == (quantity > 0).sum()
    assert kept["left"].between(0, kept["quantity"]).all()
    for _name, group in frame.groupby(["customer", "product"]):
        taken = (kept["quantity"] - kept["left"])[kept["row"].isin(group["row"])].sum()
        assert taken == _taken_one_by_one(group)


def _taken_one_by_one(group: pd.DataFrame) -> int:
    """Count, unit by unit, how many cancelled units find a purchase that is not later."""
    stock = taken = 0
    for quantity in group.sort_values(["date", "row"])["quantity"]:
        units = quantity if quantity > 0 else -min(stock, -quantity)
        stock += units
        taken += max(0, -units)
    return taken


RAW = pd.DataFrame(
    [
        ("1", "p1", 5, "2024-01-01", 2.0, "a"),
        ("1", "p1", 5, "2024-01-01", 2.0, "a"),
        ("1", "POST", 1, "2024-01-01", 9.0, "a"),
        ("2", "p1", 3, "2024-01-02", 2.0, None),
        ("3", "p2", 1, "2024-01-03", 0.0, "b"),
        ("4", "p2", 4, "2024-01-03", 1.5, "b"),
        ("C5", "p1", -2, "2024-01-04", 2.0, "a"),
        ("C6", "p2", -4, "2024-01-05", 1.5, "b"),
    ],
    columns=["invoice", "product", "quantity", "date", "price", "customer"],
)


def sample() -> ir.Table:
    raw = RAW.rename_axis("row").reset_index().assign(date=pd.to_datetime(RAW["date"]))
    return typed(ibis.memtable(raw))


def test_orders_as_they_were_made_do_not_know_later_cancellations() -> None:
    before = as_ordered(bought_or_cancelled(sample(), r"\D*")).order_by("row").execute()
    assert before[["invoice", "quantity"]].to_numpy().tolist() == [["1", 5], ["4", 4]]
    without = sample().filter(~_.invoice.startswith("C"))
    pd.testing.assert_frame_equal(before, as_ordered(bought_or_cancelled(without, r"\D*")).order_by("row").execute())


def test_the_step_that_takes_the_last_line_is_named() -> None:
    with pytest.raises(
        CasebookError, match=r"'codes that are no products dropped', which had 6 lines \(not_products is"
    ):
        clean(sample(), "p.|POST")
    with pytest.raises(CasebookError, match="'lines without a customer set aside', which had 7 lines"):
        clean(sample().mutate(customer=ibis.null("string")), r"\D*")


def test_dropped_codes_tell_what_their_lines_come_to() -> None:
    codes = dropped_codes(sample(), r"\D*")
    assert codes["product"].tolist() == ["POST"]
    assert codes["revenue_share"].tolist() == pytest.approx([9 / (10 + 10 + 9 + 0 + 6 + 4 + 6)])


def test_every_step_is_counted() -> None:
    purchases = clean(sample(), r"\D*")
    audit = purchases.audit.set_index("step")
    assert audit["rows_after"].tolist() == [8, 7, 6, 5, 4, 1]
    assert audit["customers_after"].tolist() == [2, 2, 2, 2, 2, 1]
    assert audit["revenue_after"].tolist() == [31.0, 21.0, 15.0, 6.0, 6.0, 6.0]
    assert audit["rows_before"].tolist() == [8, 8, 7, 6, 5, 4]
    left = purchases.lines.execute()
    assert left[["invoice", "product", "quantity"]].to_numpy().tolist() == [["1", "p1", 3]]


def test_the_real_data(real_data: Callable[[str], Path]) -> None:
    raw = read_retail(real_data("online_retail.parquet"), {})
    netted = clean(raw, NOT_PRODUCTS)
    assert netted.audit["rows_after"].tolist()[:3] == [541909, 536641, 401604]
    assert (
        netted.lines.aggregate(bad=((netted.lines.quantity <= 0) | (netted.lines.price <= 0)).sum())
        .execute()
        .iloc[0, 0]
        == 0
    )


def test_columns_that_may_be_empty_are_counted() -> None:
    table = missing_by_column(sample()).set_index("column")
    assert table.loc["customer", ["missing", "missing_share"]].tolist() == [1, pytest.approx(1 / 8)]
    assert table.loc["description", ["missing", "missing_share"]].tolist() == [8, 1]
    assert (table["what_is_done"] != "").all()
