import numpy as np
import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.recommenders.holdout import _hide_one, bought_after, days_judged, leave_one_out
from helpers.models.recommenders.interactions import known_before
from helpers.models.recommenders.methods import ALL, NEW
from helpers.models.recommenders.shortlists import best_products
from tests.models.recommenders.shops import with_tastes

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


def test_of_many_customers_some_are_judged_with_all_that_they_bought() -> None:
    before = with_tastes(50)
    later = before.assign(date=SPLIT, product=before["product"].str.upper())
    known = known_before(before.assign(date=SPLIT - pd.Timedelta(days=9)), SPLIT)
    everybody, some = (bought_after(later, known, SPLIT, DAYS, NEW, most) for most in (None, 4))
    assert list(some.asked.customers) == ["c000", "c016", "c032", "c049"]
    assert some.n_buyers == everybody.n_buyers == len(everybody.asked.customers) == 50
    assert some.n_relevant.tolist() == everybody.n_relevant[[0, 16, 32, 49]].tolist()
    assert (some.asked.orders != everybody.asked.orders[[0, 16, 32, 49]]).nnz == 0


@pytest.mark.parametrize(("last", "days"), [("2011-05-30", 30), ("2011-05-23", 30), ("2011-05-22", 22)])
def test_the_days_asked_for_are_told_unless_purchases_end_clearly_before(last: str, days: int) -> None:
    assert days_judged(pd.DataFrame({"date": pd.to_datetime(["2011-01-01", last])}), SPLIT, DAYS) == days
    assert days_judged(pd.DataFrame({"date": pd.to_datetime(["2011-01-01"])}), SPLIT, DAYS) == 0


def test_one_item_is_hidden_of_those_who_have_several(bought: pd.DataFrame) -> None:
    known, hidden = _hide_one(bought, np.random.default_rng(1))
    assert list(known.index) == list(bought.index[bought.sum(axis=1) > 1])
    for customer, item in hidden.items():
        assert bought.loc[customer, item]
        assert not known.loc[customer, item]
        assert known.loc[customer].sum() == bought.loc[customer].sum() - 1


def test_every_item_is_equally_likely_to_be_hidden() -> None:
    one = pd.DataFrame([[True, True, False, True]] * 3000, columns=list("abcd"))
    _, hidden = _hide_one(one, np.random.default_rng(1))
    assert hidden.value_counts(normalize=True).to_dict() == pytest.approx(dict.fromkeys("abd", 1 / 3), abs=0.03)


def test_too_few_customers_are_refused(bought: pd.DataFrame) -> None:
    with pytest.raises(CasebookError, match="1 of 1 customers have two items or more: to compare methods takes"):
        leave_one_out(bought.head(1), 1, seed=1)


def test_nobody_is_asked_of_whom_methods_learn(bought: pd.DataFrame) -> None:
    found = leave_one_out(bought, 2, seed=1)
    assert len(found) == 10
    several = set(bought.index[bought.sum(axis=1) > 1])
    for hiding in (found[:5], found[5:]):
        asked = [name for held in hiding for name in held.asked.customers]
        assert sorted(asked) == sorted(several)
    for held in found:
        assert not set(held.known.customers) & set(held.asked.customers)
        assert set(held.known.customers) | set(held.asked.customers) == set(bought.index)
        full = bought.loc[held.asked.customers, held.known.products].to_numpy()
        assert (held.asked.orders.toarray() + held.relevant.toarray() == full).all()
        assert (held.n_relevant == 1).all()


def test_what_is_recommended_first_equals_a_sorted_list_by_hand(bought: pd.DataFrame) -> None:
    held = leave_one_out(bought, 1, seed=1)[0]
    customers, products = held.asked.orders.shape
    scores = np.random.default_rng(2).integers(0, 3, (customers, products)).astype(float)
    lists = best_products(held.known, lambda asked: scores, held.asked, 3, new_only=True)
    popular = bought.loc[held.known.customers].sum()
    position = {item: i for i, item in enumerate(bought.columns)}
    has = held.asked.orders.toarray() > 0
    for i in range(customers):
        opened = [(j, item) for j, item in enumerate(held.known.products) if not has[i, j]]
        ranked = sorted(opened, key=lambda pair: (-scores[i, pair[0]], -popular[pair[1]], position[pair[1]]))
        assert lists[i].tolist() == [j for j, _ in ranked[:3]]
