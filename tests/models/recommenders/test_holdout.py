import pandas as pd
import pytest

from helpers.models.recommenders.holdout import bought_after, days_judged
from helpers.models.recommenders.interactions import known_before
from helpers.models.recommenders.methods import ALL, NEW

SPLIT, DAYS = pd.Timestamp("2011-05-01"), 30


@pytest.fixture
def purchases() -> pd.DataFrame:
    rows = [
        ("ann", "pen", "2011-04-01"),
        ("ann", "pen", "2011-05-01"),
        ("ann", "ink", "2011-05-30"),
        ("ann", "ink", "2011-05-29"),
        ("ann", "cup", "2011-05-31"),
        ("ann", "new", "2011-05-02"),
        ("ben", "ink", "2011-04-30"),
        ("ben", "ink", "2011-05-03"),
        ("eve", "pen", "2011-05-03"),
    ]
    table = pd.DataFrame(rows, columns=["customer", "product", "date"]).assign(order="1")
    return table.assign(date=pd.to_datetime(table["date"]))


def test_what_was_bought_afterwards_by_hand(purchases: pd.DataFrame) -> None:
    known = known_before(purchases, SPLIT)
    assert list(known.products) == ["ink", "pen"]
    new = bought_after(purchases, known, SPLIT, DAYS, NEW)
    assert list(new.asked.customers) == ["ann"]
    assert (new.relevant.toarray().tolist(), new.n_relevant.tolist()) == ([[True, False]], [2])
    both = bought_after(purchases, known, SPLIT, DAYS, ALL)
    assert list(both.asked.customers) == ["ann", "ben"]
    assert (both.relevant.toarray().tolist(), both.n_relevant.tolist()) == ([[True, True], [True, False]], [3, 1])
    assert both.asked.orders.toarray().tolist() == [[0, 1], [1, 0]]


def test_only_the_audience_is_judged(purchases: pd.DataFrame) -> None:
    known = known_before(purchases, SPLIT, audience=pd.Index(["ben", "eve"]))
    assert list(bought_after(purchases, known, SPLIT, DAYS, ALL).asked.customers) == ["ben"]
    assert bought_after(purchases, known, SPLIT, DAYS, NEW).asked.customers.empty


@pytest.mark.parametrize(("last", "days"), [("2011-05-30", 30), ("2011-05-23", 30), ("2011-05-22", 22)])
def test_the_days_asked_for_are_told_unless_purchases_end_clearly_before(last: str, days: int) -> None:
    assert days_judged(pd.DataFrame({"date": pd.to_datetime(["2011-01-01", last])}), SPLIT, DAYS) == days
    assert days_judged(pd.DataFrame({"date": pd.to_datetime(["2011-01-01"])}), SPLIT, DAYS) == 0
