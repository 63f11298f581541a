import math

import pandas as pd
import pytest

from helpers.cases.wine.offers import baskets
from helpers.cases.wine.sample import generate_wine
from helpers.cases.wine.segments import (
    actions,
    customer_table,
    members_of,
    name_segments,
    names_of,
    profile_offers,
    traits,
)
from helpers.models import factorisation
from helpers.models.factorisation.nmf import Factors
from helpers.wording import percent


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


@pytest.fixture
def bought() -> pd.DataFrame:
    rows = {"ann": [1, 0, 0, 0, 0, 0, 0], "bob": [0, 0, 1, 1, 0, 1, 0], "cat": [0, 0, 1, 0, 0, 0, 0]}
    return pd.DataFrame.from_dict(rows, orient="index", columns=range(1, 8)).astype(bool).rename_axis("customer")


CUSTOMERS = pd.Series({"ann": 1, "bob": 2, "cat": 2}).rename_axis("customer")
OFFERS = pd.Series({1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 6: 3, 7: 3})
BASIS = pd.DataFrame({1: [3.0, 0.0, 0.0], 2: [1.0, 2.0, 1.0], 3: 0.0}, index=["ann", "bob", "cat"])


def test_traits_by_hand(offers: pd.DataFrame, bought: pd.DataFrame) -> None:
    known = traits(bought, offers)
    assert known["varietal"].to_dict() == {"ann": "Pinot Noir", "bob": "", "cat": "Merlot"}
    assert known["much"].to_dict() == {"ann": False, "bob": True, "cat": False}


def test_a_name_is_true_of_most_of_the_customers(offers: pd.DataFrame) -> None:
    taken = {
        "p": [1],
        "q": [1, 2],
        "r": [2, 6],
        "m": [3, 4],
        "n": [4, 3],
        "o": [3, 5, 6, 7],
        "x": [5, 6],
        "y": [3, 4],
    }
    bought = pd.DataFrame(
        {offer: [offer in own for own in taken.values()] for offer in range(1, 8)}, index=list(taken)
    )
    segments = pd.Series({"p": 1, "q": 1, "r": 1, "m": 2, "n": 2, "o": 2, "x": 3, "y": 3})
    table = name_segments(bought, offers, segments)
    assert table["name"].to_dict() == {1: "Pinot Noir lovers", 2: "small timers", 3: "mixed buyers"}
    assert table["true_share"].head(2).tolist() == pytest.approx([2 / 3, 2 / 3])
    assert math.isnan(table.loc[3, "true_share"])
    moved = name_segments(bought, offers, segments.map({1: 9, 2: 4, 3: 1}))
    assert moved.loc[9, "name"] == "Pinot Noir lovers", "the name does not come from the label"
    split = name_segments(bought, offers, pd.Series({"p": 1, "q": 5, "m": 2}))
    assert split["name"].to_dict() == {1: "Pinot Noir lovers 1", 2: "small timers", 5: "Pinot Noir lovers 2"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_names_of_the_sample_are_true_of_two_thirds_or_claim_nothing(seed: int) -> None:
    orders = generate_wine(200, seed).orders
    by_offer = baskets(orders, item="offer")
    fit = factorisation.runs(by_offer, 3, 2, seed)[0]
    names, known = names_of(by_offer, orders.offers, fit), traits(by_offer, orders.offers)
    for segment, own in members_of(fit.row_clusters).items():
        name, group = names[segment].rstrip(" 123"), known.loc[own]
        true = {"small timers": ~group["much"], "bulk buyers": group["much"]}
        holds = true.get(name, group["varietal"] == name.removesuffix(" lovers")).mean()
        assert name == "mixed buyers" or holds >= 2 / 3


def test_customers_are_told_why_and_how_surely(bought: pd.DataFrame) -> None:
    weights = [[1, 1, 0, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0, 0], [0, 0, 0, 0, 1, 1, 1]]
    fit = Factors(BASIS, pd.DataFrame(weights, index=[1, 2, 3], columns=range(1, 8)), 0.0)
    called = {offer: f"wine {offer}" for offer in range(1, 8)}
    table = customer_table(bought, fit, NAMES, called).set_index("customer")
    assert table["why"].to_dict() == {
        "ann": "1 of 1 offer taken is the segment's: wine 1",
        "bob": "2 of 3 offers taken are the segment's: wine 3 and wine 4",
        "cat": "1 of 1 offer taken is the segment's: wine 3",
    }
    assert table["placed"].tolist() == ["by one offer", "clearly", "by one offer"]
    assert table["share_of_pinot_noir_lovers"].tolist() == [0.75, 0.0, 0.0]
    assert table["share_of_small_timers"].tolist() == [0.25, 1.0, 1.0]


def test_segments_not_found_again_are_tested_first() -> None:
    orders = generate_wine(60, 1).orders
    products = baskets(orders)
    halves = ["lovers"] * 40 + ["others"] * 20
    members = pd.DataFrame({"customer": products.index, "segment": halves, "placed": "clearly"})
    verdicts = pd.DataFrame({"segment": ["lovers", "others"], "of": "customers", "verdict": ["stable", "doubtful"]})
    table = actions(products, orders, members, verdicts).set_index("segment")
    assert table["customers"].tolist() == [40, 20]
    assert table.loc["lovers", "what_to_do"].startswith("offers like these, from ")
    offered = orders.offers[["minimum_quantity", "discount"]].apply(tuple, axis=1)
    terms = ["usual_quantity", "usual_discount"]
    assert table[terms].apply(tuple, axis=1).isin(offered).all(), "terms that there were"
    assert table.loc["others", "what_to_do"].startswith("too few for a test; to try all the same: offers like")
    swapped = verdicts.assign(verdict=["doubtful", "stable"])
    tried = actions(products, orders, members, swapped).set_index("segment")["what_to_do"]
    assert tried["lovers"].startswith("test on 20 of them, picked at random, for 13 weeks: offers like")
    inside, outside = products.iloc[:40].mean(), products.iloc[40:].mean()
    liked = (inside - outside).nlargest(3).index
    own = orders.transactions.merge(orders.offers, on="offer").query("customer in @products.index[:40]")
    own = own[own["product"].isin(liked)]
    quantity = own["minimum_quantity"].value_counts()
    assert quantity[table.loc["lovers", "usual_quantity"]] == quantity.max()
    given = own.loc[own["minimum_quantity"] == table.loc["lovers", "usual_quantity"], "discount"]
    assert table.loc["lovers", "seen_in"] == own.loc[given.index, "offer"].nunique()
    assert (given <= table.loc["lovers", "usual_discount"]).mean() >= 0.5
    assert (given < table.loc["lovers", "usual_discount"]).mean() < 0.5
    first = liked[0]
    assert table.loc["lovers", "likes"].startswith(
        f"{first} ({percent(inside[first])}, others {percent(outside[first])})"
    )


def test_members_of_a_series() -> None:
    assert members_of(OFFERS) == SEGMENTS
