from pathlib import Path

import pandas as pd
import pytest

from helpers.datasets.contents import Roles, roles_of
from helpers.datasets.reading import Choices
from helpers.datasets.retail import LINES
from helpers.datasets.retail_examination import KINDS
from helpers.datasets.retail_sample import generate_retail

GERMAN = {
    "invoice": "Rechnung",
    "product": "Artikelnummer",
    "description": "Bezeichnung",
    "quantity": "Menge",
    "date": "Datum",
    "price": "Preis",
    "customer": "Kunde",
    "country": "Land",
}
FOUND = {name: GERMAN[name] for name in ("invoice", "product", "quantity", "date", "price", "customer")}


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    lines = generate_retail(40, 2).lines.order_by("row").drop("row").execute().rename(columns=GERMAN)
    return lines[lines["Artikelnummer"].str.fullmatch(r"\d+\w?")]


def roles(frame: pd.DataFrame, tmp_path: Path, **columns: str) -> Roles:
    frame.to_csv(tmp_path / "umsatz.csv", index=False)
    return roles_of([LINES], KINDS, tmp_path / "umsatz.csv", Choices(columns=columns))[LINES.name]


def test_headings_that_nobody_knows_are_told_by_their_content(lines: pd.DataFrame, tmp_path: Path) -> None:
    found = roles(lines, tmp_path)
    assert found.proposed == FOUND
    assert found.asked == ()
    assert found.table.set_index("column")["known_by"].to_dict() == {
        "invoice": "its content, ids",
        "product": "its content, ids",
        "quantity": "its content, counts",
        "date": "its content, dates",
        "price": "its content, amounts",
        "customer": "its content, ids",
    }


def test_what_the_user_says_goes_before_names_and_names_before_content(lines: pd.DataFrame, tmp_path: Path) -> None:
    frame = lines.rename(columns={"Menge": "Qty", "Preis": "price"}).assign(Rabatt=0.5)
    known = roles(frame, tmp_path, date="Datum").table.set_index("column")["known_by"].to_dict()
    assert known["date"] == "what you said"
    assert known["quantity"] == "a usual name of it"
    assert known["price"] == "its name"
    assert known["customer"] == "its content, ids"


def test_what_two_columns_may_be_is_asked(lines: pd.DataFrame, tmp_path: Path) -> None:
    found = roles(lines.assign(Einstand=lines["Preis"].astype(float) / 2 + 0.001), tmp_path)
    assert "price" not in found.proposed
    assert found.asked == ("price may be 'Preis' or 'Einstand', which hold amounts",)


def test_what_no_column_can_be_is_said(lines: pd.DataFrame, tmp_path: Path) -> None:
    assert "no other heading holds dates, for date" in roles(lines.drop(columns="Datum"), tmp_path).asked
