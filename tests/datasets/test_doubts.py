import ibis
import ibis.expr.types as ir
import pandas as pd
import pytest
from ibis import _

from helpers.datasets import doubts
from helpers.datasets.retail_sample import generate_retail
from helpers.wording import plain

NOT_PRODUCTS = r"\D*|C2|gift_.*"


@pytest.fixture(scope="module")
def lines() -> ir.Table:
    return generate_retail(80, 2).lines.cache()


def said(lines: ir.Table) -> list[str]:
    return [plain(text) for text in doubts.on_lines(lines, NOT_PRODUCTS)]


def test_nothing_is_said_of_lines_as_they_should_be(lines: ir.Table) -> None:
    assert said(lines) == []


def test_a_total_that_serves_as_a_price_is_seen(lines: ir.Table) -> None:
    (text,) = said(lines.mutate(price=(_.price * _.quantity.abs()).cast("decimal(18, 4)")))
    assert text.startswith(
        "The price looks like the total of a line: of the same product, it grows with the quantity."
    )


def test_one_customer_who_stands_for_many_is_named(lines: ir.Table) -> None:
    customers = lines.select("customer").distinct().order_by("customer").limit(60)["customer"].execute().tolist()
    (text,) = said(lines.mutate(customer=_.customer.isin(customers).ifelse("(walk-in)", _.customer)))
    assert text.startswith("One customer, (walk-in), stands for ")
    assert text.endswith("Is that a customer, or what is left where nobody was entered?")


@pytest.mark.parametrize(
    ("amounts", "share"),
    [
        ([50, 10, 10, 10, 10, 10], "50\u00a0%"),
        ([50, 30, 20], None),
        ([1, 1, 1, 1], None),
        ([7], None),
        ([0, 0], None),
    ],
)
def test_one_customer_is_told_by_share_and_by_the_next(amounts: list[float], share: str | None) -> None:
    text = plain(doubts.on_one_customer(pd.Series(amounts, index=[f"c{n}" for n in range(len(amounts))]), "revenue"))
    assert (share is None) == (text == "")
    assert share is None or text.startswith(f"One customer, c0, stands for {share} of all revenue, 5 times as much")


def test_what_was_exported_twice_is_counted(lines: ir.Table) -> None:
    twice = ibis.union(lines, lines.filter(_.row < 1000).mutate(row=_.row + 1_000_000))
    (text,) = said(twice)
    n = twice.count().execute()
    assert " rows of " in text
    assert f"of {n:,} (" in text
    assert text.endswith("repeat another one in all columns, and count once. Was something exported twice?")


def test_a_month_that_is_missing_is_dated(lines: ir.Table) -> None:
    kept = lines.filter(~_.date.between(pd.Timestamp("2024-03-01"), pd.Timestamp("2024-04-30 23:59")))
    (text,) = said(kept)
    assert text.startswith(
        "Nothing happens from 29 February 2024 to 3 May 2024, 64 days. If the shop was not closed,"
    )


def test_days_that_are_few_have_no_gaps() -> None:
    days = pd.Series(pd.to_datetime(["2024-01-01", "2024-06-01", "2024-12-01"]))
    assert doubts.on_gaps(days) == ""
    daily = pd.Series(pd.date_range("2024-01-01", periods=60))
    assert doubts.on_gaps(daily) == ""
    later = pd.concat([daily, daily + pd.Timedelta(days=100)], ignore_index=True)
    assert "from 29 February 2024 to 10 April 2024, 41 days" in doubts.on_gaps(later)


def test_dropped_codes_are_named_with_their_share() -> None:
    codes = pd.DataFrame({"product": ["PEN", "CUP"], "description": ["A pen", None], "revenue_share": [0.2, 0.1]})
    text = doubts.on_dropped_codes(codes)
    assert text.startswith(
        "2 codes with 30\u00a0% of all amounts are dropped as no products, the largest PEN (A pen) and CUP."
    )
    assert "set not_products to a pattern of those alone that are none" in text
    assert doubts.on_dropped_codes(codes.assign(revenue_share=0.025)) == ""
    assert doubts.on_dropped_codes(codes.head(0)) == ""


def test_two_columns_of_ids_should_meet() -> None:
    ids, known = (ibis.memtable({"id": names}) for names in (["1", "2", "3", "3", None], ["001", "002", "3"]))
    assert doubts.on_meeting(ids, known, "buyers", "the members").startswith(
        "Only 1 of 3 different ids of buyers are among the members (33\u00a0%)."
    )
    assert doubts.on_meeting(ids, ids, "buyers", "the members") == ""
