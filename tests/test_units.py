import pytest

from helpers.units import writer, writers
from helpers.wording import fixed, money, p_value, percent

POUNDS = money("£")


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("share", 0.25, "25\u00a0%"),
        ("buyers_share_low", 0.25, "25\u00a0%"),
        ("share_of_offers", 0.25, "25\u00a0%"),
        ("published_support", 0.25, "25\u00a0%"),
        ("revenue_before", 1064.6, "£1,065"),
        ("expected_value_of_a_customer", 1064.6, "£1,065"),
        ("top_sponsors_revenue", 3.5, "£3.50"),
        ("mean_revenue_high", 20, "£20"),
        ("q_value", 0.0001, "<.001"),
        ("null_silhouette_highest", 0.615, "0.61"),
        ("gini", 0.5176, "0.52"),
        ("gini_low", 0.5712, "0.57"),
        ("order_size", 1064.6, "£1,065"),
        ("shadow_importance", 0.0582, "0.058"),
        ("r2_gain_low", 0.0852, "0.085"),
        ("prize_each", 515.28, "£515"),
    ],
)
def test_a_name_says_its_unit(name: str, value: float, written: str) -> None:
    write = writer(name, POUNDS)
    assert write is not None
    assert write(value) == written


@pytest.mark.parametrize("name", ["customers", "shared", "low", "value", "recency", "revenues_seen", "visit_size"])
def test_other_names_say_none(name: str) -> None:
    assert writer(name, POUNDS) is None


def test_the_ends_of_an_interval_follow_the_column_before_them() -> None:
    assert "low" not in writers(["segment", "low"], {}, POUNDS)
    found = writers(["segment", "revenue", "at_least", "low", "high"], {}, POUNDS)
    assert found == dict.fromkeys(["revenue", "at_least", "low", "high"], POUNDS)
    assert writers(["effect", "low", "high"], {"effect": percent}, POUNDS)["high"] is percent


def test_what_the_table_says_goes_before_what_the_name_says() -> None:
    two = fixed(2)
    found = writers(["revenue", "revenue_low", "p_value", "low"], {"revenue": two, "low": two}, POUNDS)
    assert found == {"revenue": two, "revenue_low": two, "p_value": p_value, "low": two}
