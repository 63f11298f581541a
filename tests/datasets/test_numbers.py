from pathlib import Path

import pytest

from helpers.errors import CasebookError
from tests.datasets.lines import invoices, read, table


def prices(folder: Path, texts: list[str], **choices: object) -> list[str]:
    path = folder / "x.csv"
    invoices()[: len(texts)].assign(UnitPrice=texts).to_csv(path, index=False, sep=";")
    return [f"{price.normalize():f}" for price in table(path, **choices)["price"]]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["£1,200.50", "£3.10"], ["1200.5", "3.1"]),
        (["1.200,50 €", "3,10 €"], ["1200.5", "3.1"]),
        (["1'200.50", "CHF 3.10"], ["1200.5", "3.1"]),
        (["1\u202f200,50", "3,1"], ["1200.5", "3.1"]),
        (["(3.10)", "-2.5", "−1.5", "4.25-"], ["-3.1", "-2.5", "-1.5", "-4.25"]),
        (["1,234,567", "2"], ["1234567", "2"]),
        (["12,34,567.00", "2"], ["1234567", "2"]),
        (["1.234", "0.377"], ["1.234", "0.377"]),
        (["1,234", "0,377"], ["1.234", "0.377"]),
        (["1.234", "1,5"], ["1234", "1.5"]),
        ([" $84,835.00 ", "$5.00"], ["84835", "5"]),
    ],
)
def test_amounts_are_read_as_they_are_written(tmp_path: Path, texts: list[str], expected: list[str]) -> None:
    assert prices(tmp_path, texts) == expected


@pytest.mark.parametrize("text", ["1.234", "1,234", "(12.500)", "$1,200"])
def test_an_amount_that_can_be_read_in_two_ways_is_asked_for(tmp_path: Path, text: str) -> None:
    with pytest.raises(CasebookError, match=r"column 'price', row 3: .* \(say decimal=point\) or, .*decimal=comma"):
        prices(tmp_path, ["5", text])
    point, comma = (prices(tmp_path, ["5", text], decimal=mark)[1] for mark in ("point", "comma"))
    assert {abs(float(point)), abs(float(comma))} in ({1.234, 1234}, {12.5, 12500}, {1.2, 1200})
    assert (float(point) > float(comma)) == ("," in text) or text.startswith("(")


def test_the_amounts_of_a_file_decide_together(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    invoices()[:2].assign(Quantity=["1,200", "3"], UnitPrice=["£2.55", "£3.10"]).to_csv(path, index=False)
    assert table(path)["quantity"].tolist() == [1200, 3]


def test_two_currencies_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CasebookError, match=r"column 'price', row 3: '€3.10' is in another currency"):
        prices(tmp_path, ["$2.55", "€3.10"])


@pytest.mark.parametrize("text", ["free", "1.2.3", "1,23,4.5", "5 kg", "--5", "()"])
def test_what_is_no_amount_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(
        CasebookError, match=r"column 'price', row 3: .* is not allowed, it must be an amount of money"
    ):
        prices(tmp_path, ["2.55", text])


def test_weights_stay_exact(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    invoices()[:3].assign(Quantity=["0.377", "2", "-1.25"]).to_csv(path, index=False)
    lines = read(path).lines
    assert [str(units) for units in lines.order_by("row").execute()["quantity"]] == [
        "0.377000",
        "2.000000",
        "-1.250000",
    ]


@pytest.mark.parametrize("column", ["UnitPrice", "Quantity"])
def test_an_underscore_sets_no_thousands_apart(tmp_path: Path, column: str) -> None:
    frame = invoices().astype({column: object})
    frame.loc[3, column] = "1_2"
    frame.to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(CasebookError, match="row 5: '1_2' is not allowed"):
        read(tmp_path / "x.csv")
    frame.rename(columns={column: "Total"}).to_csv(tmp_path / "x.csv", index=False)
    if column == "UnitPrice":
        with pytest.raises(CasebookError, match="column 'total', row 5: '1_2' is not allowed"):
            read(tmp_path / "x.csv")
