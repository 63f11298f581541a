import pandas as pd
import pytest

from helpers.cases.wine.segments import (
    customer_table,
    explain_customers,
    mailing_by_segment,
    members_of,
    name_segments,
    profile_offers,
    recipients_by_segment,
)


@pytest.fixture
def offers() -> pd.DataFrame:
    rows = [
        (1, "Pinot Noir", "Italy", 6, 40, True),
        (2, "Pinot Noir", "France", 144, 60, False),
        (3, "Merlot", "Chile", 6, 50, False),
        (4, "Malbec", "France", 6, 70, True),
        (5, "Merlot", "Chile", 144, 80, False),
        (6, "Champagne", "France", 144, 90, False),
        (7, "Malbec", "Italy", 144, 20, False),
    ]
    names = ["offer", "varietal", "origin", "minimum_quantity", "discount", "past_peak"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(month="May", product=frame["varietal"] + " " + frame["origin"])


SEGMENTS = {1: [1, 2], 2: [3, 4], 3: [5, 6, 7]}
NAMES = {1: "Pinot Noir lovers", 2: "small timers", 3: "variety and heavy drinkers"}


def test_profile_by_hand(offers: pd.DataFrame) -> None:
    row = profile_offers(offers, SEGMENTS).set_index("segment").loc[3]
    assert row[["offers", "origins", "varietals", "minimum_quantity"]].tolist() == [3, 3, 3, 144]
    assert row["share_of_offers"] == pytest.approx(3 / 7)
    assert row["discount"] == pytest.approx((80 + 90 + 20) / 3)
    assert row["discount_sd"] == pytest.approx(37.859, abs=0.001)
    assert profile_offers(offers, SEGMENTS)["past_peak"].tolist() == [0.5, 0.5, 0]


def test_names_come_from_the_profile_and_not_from_the_label(offers: pd.DataFrame) -> None:
    assert name_segments(offers, SEGMENTS) == NAMES
    assert name_segments(offers, {9: [5, 6, 7], 4: [1, 2]}) == {9: NAMES[3], 4: NAMES[1]}


def test_shared_names_are_numbered(offers: pd.DataFrame) -> None:
    assert list(name_segments(offers, {1: [1], 2: [2], 3: [3, 4]}).values()) == [
        "Pinot Noir lovers 1",
        "Pinot Noir lovers 2",
        "small timers",
    ]


@pytest.fixture
def bought() -> pd.DataFrame:
    rows = {"ann": [1, 0, 0, 0, 0, 0, 0], "bob": [0, 0, 1, 1, 0, 1, 0], "cat": [0, 0, 1, 0, 0, 0, 0]}
    return pd.DataFrame.from_dict(rows, orient="index", columns=range(1, 8)).astype(bool).rename_axis("customer")


CUSTOMERS = pd.Series({"ann": 1, "bob": 2, "cat": 2}).rename_axis("customer")
OFFERS = pd.Series({1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 6: 3, 7: 3})


def test_mailing_counts_those_who_have_not_taken_an_offer(offers: pd.DataFrame, bought: pd.DataFrame) -> None:
    mailing = mailing_by_segment(bought, CUSTOMERS, OFFERS, offers, NAMES).set_index("offer")
    assert mailing[["segment", "taken_share", "send_to"]].to_dict("index") == {
        1: {"segment": "Pinot Noir lovers", "taken_share": 1.0, "send_to": 0},
        2: {"segment": "Pinot Noir lovers", "taken_share": 0.0, "send_to": 1},
        3: {"segment": "small timers", "taken_share": 1.0, "send_to": 0},
        4: {"segment": "small timers", "taken_share": 0.5, "send_to": 1},
    }


def test_recipients_are_the_customers_of_the_segment_who_have_not_taken_it(
    offers: pd.DataFrame, bought: pd.DataFrame
) -> None:
    mailing = mailing_by_segment(bought, CUSTOMERS, OFFERS, offers, NAMES)
    found = recipients_by_segment(bought, CUSTOMERS, mailing, NAMES)
    assert found[["offer", "customer"]].to_numpy().tolist() == [[2, "ann"], [4, "cat"]]
    assert len(found) == mailing["send_to"].sum()


def test_customers_are_told_why_and_sent_only_what_they_have_not_taken(bought: pd.DataFrame) -> None:
    table = explain_customers(bought, CUSTOMERS, OFFERS, NAMES, n=2).set_index("customer")
    assert table.loc["bob", "why"] == "2 of 3 offers taken are the segment's: 3 and 4"
    assert table.loc["bob", "send"] == ""
    assert table.loc["cat", ["why", "send"]].tolist() == ["1 of 1 offer taken is the segment's: 3", "4"]
    for customer, row in table.iterrows():
        assert not any(bought.loc[customer, int(offer)] for offer in row["send"].split(", ") if offer)


def test_memberships_are_shares() -> None:
    basis = pd.DataFrame({1: [3.0, 0.0], 2: [1.0, 2.0]}, index=["ann", "bob"])
    table = customer_table(basis, pd.Series({"ann": 1, "bob": 2}), NAMES)
    assert table.to_dict("list") == {
        "customer": ["ann", "bob"],
        "segment": ["Pinot Noir lovers", "small timers"],
        "share_of_pinot_noir_lovers": [0.75, 0.0],
        "share_of_small_timers": [0.25, 1.0],
    }


def test_members_of_a_series() -> None:
    assert members_of(OFFERS) == SEGMENTS
