from pathlib import Path

import pandas as pd
import pytest

from helpers.cases.health.examination import KINDS as HEALTH
from helpers.cases.health.reader import MEMBERS, TRANSACTIONS
from helpers.datasets.contents import Roles, roles_of
from helpers.datasets.reading import Choices
from helpers.datasets.retail import LINES
from helpers.datasets.retail_examination import KINDS
from helpers.datasets.retail_sample import generate_retail
from helpers.datasets.tables import find_tables
from helpers.errors import CasebookError

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


def network(folder: Path, **members: str) -> Path:
    people = pd.DataFrame({"Nr": ["M1", "M2", "M3"], "Eintritt": "2020-01-01", "Werber": ["", "M1", "M1"]})
    sales = pd.DataFrame(
        {
            "Bon": ["T1", "T2"],
            "Member ID": ["M1", "M2"],
            "Tag": ["2022-03-04", "2022-03-05"],
            "Waren": ['{"A": 1}', '{"A": 2, "B": 1}'],
            "Betrag": [10.5, 20.25],
        }
    )
    people.rename(columns=members).to_csv(folder / "leute.csv", index=False)
    sales.to_csv(folder / "verkauf.csv", index=False)
    return folder


def test_of_several_tables_each_takes_the_place_that_serves_it_best(tmp_path: Path) -> None:
    found = roles_of([MEMBERS, TRANSACTIONS], HEALTH, network(tmp_path, Nr="Member ID"), Choices())
    assert found["members"].proposed == {"join_date": "Eintritt", "sponsor": "Werber"}
    assert found["transactions"].proposed == {
        "transaction": "Bon", "payment_date": "Tag", "product_json": "Waren", "total_amt": "Betrag"
    }  # fmt: skip


def test_a_column_of_two_tables_may_have_another_heading_in_one(tmp_path: Path) -> None:
    network(tmp_path)
    given = {
        "member": "Nr",
        "sponsor": "Werber",
        "transaction": "Bon",
        "payment_date": "Tag",
        "product_json": "Waren",
    }
    found = find_tables(tmp_path, [MEMBERS, TRANSACTIONS], given | {"product_json": "Waren", "total_amt": "Betrag"})
    assert [one.parts[0].name for one in found.values()] == ["leute.csv", "verkauf.csv"]
    with pytest.raises(CasebookError, match="columns names 'Nummer' for member, and no table has such a heading"):
        find_tables(network(tmp_path, Nr="Member ID"), [MEMBERS], {"member": "Nummer", "sponsor": "Werber"})
