"""Shops that are too small, too young or too alike for some questions: each gets a report that says which."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.cases.marketing.sample import generate_marketing
from helpers.datasets.retail_sample import generate_retail
from tests.house import make_report

QUICK: dict[str, dict[str, object]] = {
    "rfm": {"n_references": 2, "n_stability": 2, "n_bootstrap": 50},
    "loyalty": {"n_seeds": 2, "n_stability": 2, "n_redrawn": 3, "n_bootstrap": 50, "n_origins": 2},
    "marketing": {"n_references": 2, "n_stability": 2, "n_bootstrap": 50},
    "wine": {"most_itemsets": 100, "n_shuffles": 3, "n_runs": 3, "n_stability": 3, "n_hidings": 1, "n_bootstrap": 50},
}
FAULTS = ("Error", "index", "array", "NaN", "empty sequence")


def lines_of_a_shop() -> pd.DataFrame:
    return generate_retail(150, 1).lines.execute().drop(columns="row")


def few(lines: pd.DataFrame) -> pd.DataFrame:
    return lines[lines["customer"].isin(lines["customer"].dropna().unique()[:12])]


def young(lines: pd.DataFrame) -> pd.DataFrame:
    return lines[lines["date"] > lines["date"].max() - pd.Timedelta(days=42)]


def once(lines: pd.DataFrame) -> pd.DataFrame:
    firsts = lines.dropna(subset="customer").sort_values("date").groupby("customer")["invoice"].first()
    return lines[lines["invoice"].isin(firsts)]


def one_product(lines: pd.DataFrame) -> pd.DataFrame:
    return lines.assign(product="20001", description="PINE FRAME")


def alike(_: pd.DataFrame) -> pd.DataFrame:
    days = pd.to_datetime(["2023-03-01 10:00", "2023-05-01 10:00", "2023-07-01 10:00"])
    rows = [
        {"invoice": 1000 + 3 * who + i, "product": "20001", "quantity": 2, "date": day, "price": 5.0, "customer": who}
        for who in range(100, 160)
        for i, day in enumerate(days)
    ]
    return pd.DataFrame(rows)


def reasons_of(case: str, data: Path, out: Path) -> tuple[dict[str, Any], list[str]]:
    """Make a report; return what run.json holds, and why questions stayed open: in sentences, never by a fault."""
    folder = make_report(case, out, QUICK[case] | {"data": data})
    run = json.loads((folder / "run.json").read_text())
    reasons = [one["reason"] for one in run["unanswered"]]
    assert run["status"] == "ok"
    assert not [reason for reason in reasons if any(fault in reason for fault in FAULTS)]
    return run, reasons


@pytest.mark.parametrize(
    ("case", "shop", "reason"),
    [
        ("rfm", few, "at least 20 are needed"),
        pytest.param("rfm", young, "", marks=pytest.mark.slow),
        pytest.param("rfm", once, "", marks=pytest.mark.slow),
        pytest.param("rfm", one_product, "", marks=pytest.mark.slow),
        pytest.param("rfm", alike, "", marks=pytest.mark.slow),
        ("loyalty", alike, "alike in every feature"),
        pytest.param("loyalty", few, "at least 20 are needed", marks=pytest.mark.slow),
        pytest.param("loyalty", young, "", marks=pytest.mark.slow),
        pytest.param("loyalty", once, "Segments are judged by orders", marks=pytest.mark.slow),
        pytest.param("loyalty", one_product, "", marks=pytest.mark.slow),
    ],
)
def test_an_odd_shop(case: str, shop: Callable[[pd.DataFrame], pd.DataFrame], reason: str, tmp_path: Path) -> None:
    shop(lines_of_a_shop()).to_csv(tmp_path / "shop.csv", index=False)
    _, reasons = reasons_of(case, tmp_path / "shop.csv", tmp_path)
    assert any(reason in text for text in reasons) or not reason


def test_what_is_given_and_does_not_fit_the_span_is_refused_where_the_data_are_read(tmp_path: Path) -> None:
    young(lines_of_a_shop()).to_csv(tmp_path / "shop.csv", index=False)
    with pytest.raises(AssertionError, match=r"holdout_days=60 is not allowed: the data span \d+ days.*The data\)"):
        make_report("rfm", tmp_path, {"data": tmp_path / "shop.csv", "holdout_days": 60})


def offers(n: int) -> pd.DataFrame:
    kinds = ["Malbec", "Merlot", "Pinot Noir", "Chardonnay", "Prosecco"]
    rows = {"offer": range(1, n + 1), "month": "March", "varietal": [kinds[i % 5] for i in range(n)]}
    rows |= {"minimum_quantity": 72, "discount": 40, "past_peak": False}
    return pd.DataFrame(rows).assign(origin=lambda table: np.where(table["offer"] % 2, "France", "Chile"))


@pytest.mark.parametrize(
    ("taken", "told"),
    [
        ([(who, offer) for who in range(25) for offer in range(1, 41) if (who * 7 + offer * 3) % 11], "no rules are"),
        pytest.param([(who, 1 + who % 20) for who in range(60)], "two offers or more", marks=pytest.mark.slow),
        pytest.param([(who, 1) for who in range(30)], "too small to take apart", marks=pytest.mark.slow),
    ],
    ids=["dense", "one offer each", "one product"],
)
def test_wine_of_odd_orders(taken: list[tuple[int, int]], told: str, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    transactions = pd.DataFrame(taken, columns=["customer", "offer"])
    transactions.assign(customer=[f"C{who}" for who, _ in taken]).to_csv(shop / "transactions.csv", index=False)
    offers(max(offer for _, offer in taken)).to_csv(shop / "offers.csv", index=False)
    run, reasons = reasons_of("wine", shop, tmp_path)
    assert run["answer"]
    assert [text for text in [*reasons, *run["alerts"]] if told in text]


@pytest.mark.parametrize(
    ("n", "changed", "reason"),
    [
        pytest.param(25, {}, "too few to judge predictions", marks=pytest.mark.slow),
        pytest.param(44, {}, "to calibrate by", marks=pytest.mark.slow),
        pytest.param(200, {"income": np.nan}, "No customer has an income", marks=pytest.mark.slow),
    ],
)
def test_marketing_of_odd_customers(n: int, changed: dict[str, float], reason: str, tmp_path: Path) -> None:
    table = generate_marketing(300, 1).table.head(n).assign(**changed)
    table.to_csv(tmp_path / "shop.csv", index=False)
    _, reasons = reasons_of("marketing", tmp_path / "shop.csv", tmp_path)
    assert [text for text in reasons if reason in text]
