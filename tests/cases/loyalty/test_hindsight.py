import ibis
import pandas as pd
import pytest

from helpers.cases.loyalty.cleaning import trade
from helpers.cases.loyalty.features import customers_on
from helpers.cases.loyalty.hindsight import look_back
from helpers.cases.loyalty.sample import generate_loyalty
from helpers.datasets.retail_cleaning import clean
from helpers.features.rfm import last_day, orders_of
from helpers.models.migration.hysteresis import trailing_revenue

NOT_PRODUCTS = r"\D*|C2|gift_.*"


def test_what_was_known_is_what_the_lines_up_to_that_day_say() -> None:
    raw = generate_loyalty(120, 1).lines
    found = look_back(raw, trade(raw, "netted", NOT_PRODUCTS), 91, 180, "netted", NOT_PRODUCTS)
    end = pd.Timestamp(last_day(raw))
    assert (found.end, found.split) == (end, end - pd.Timedelta(days=91))
    day = (found.split + pd.Timedelta(days=1)).date()
    past = raw.filter(raw.date < ibis.date(day))
    pd.testing.assert_frame_equal(found.customers, customers_on(day, trade(past, "netted", NOT_PRODUCTS)))
    assert found.history.index.tolist() == found.customers.index.tolist()
    assert found.rfm_scores.index.equals(found.history.index)
    assert found.rfm_scores.between(0, 15).all()
    two = trailing_revenue(found.orders, found.split - pd.Timedelta(days=30), found.split, 30, 180)
    assert found.lately.to_dict() == two[found.split].reindex(found.history.index, fill_value=0).to_dict()


def test_later_revenue_is_of_known_customers_and_of_newcomers() -> None:
    raw = generate_loyalty(120, 1).lines
    found = look_back(raw, trade(raw, "netted", NOT_PRODUCTS), 91, 180, "netted", NOT_PRODUCTS)
    later = found.orders[found.orders["date"] > found.split]
    known = later.loc[later["customer"].isin(found.customers.index), "value"].sum()
    assert found.history["later_revenue"].sum() == pytest.approx(known)
    assert 0 < found.newcomers < 1


def test_orders_before_the_day_stand_as_they_did_then() -> None:
    raw = generate_loyalty(120, 1).lines
    day = last_day(raw) - pd.Timedelta(days=90).to_pytimedelta()
    orders = look_back(raw, trade(raw, "netted", NOT_PRODUCTS), 91, 180, "netted", NOT_PRODUCTS).orders
    then = orders_of(clean(raw.filter(raw.date < ibis.date(day)), NOT_PRODUCTS).lines)
    now = orders_of(clean(raw, NOT_PRODUCTS).lines)
    assert orders[orders["date"] < pd.Timestamp(day)]["value"].sum() == then["value"].sum()
    assert (
        orders[orders["date"] >= pd.Timestamp(day)]["value"].sum()
        == now[now["date"] >= pd.Timestamp(day)]["value"].sum()
    )
