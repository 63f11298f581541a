import numpy as np
import pandas as pd
import pytest

from helpers.cases.health.centre_sentences import on_amounts_by_centre, on_main_centres
from helpers.cases.health.summary import centre_association
from helpers.wording import money
from tests.cases.health.test_summary import by_centre


def said(counts: list[list[int]]) -> str:
    table = by_centre(np.array(counts))
    table["share"] = table["customers"] / table.groupby("centre")["customers"].transform("sum")
    return on_main_centres(table, centre_association(table))


@pytest.mark.parametrize(
    ("counts", "step"),
    [
        ([[520, 480], [480, 520]], "**That centre and segment go together is not shown**"),
        ([[5300, 4700], [4700, 5300]], "go together hardly**"),
        ([[600, 400], [400, 600]], "go together weakly**"),
        ([[700, 300], [300, 700]], "go together moderately**"),
        ([[900, 100], [100, 900]], "go together strongly**"),
    ],
)
def test_the_strength_of_the_association_in_words(counts: list[list[int]], step: str) -> None:
    words = said(counts)
    assert step in words
    assert ("0 are" in words) == ("not shown" not in words)
    assert "rough" not in words


def test_the_centres_in_words() -> None:
    words = said([[700, 300], [150, 350], [10, 0]]).replace("\u00a0", " ")
    assert words.startswith(
        "1,510 customers, each at the centre that is visited most: 3 centres, none with more than 66 %"
    )
    assert "p <.001" in words
    assert (
        "Among the 2 centres with at least 30 of them, 0 are 30 % (1) to 70 % (0) of a centre's customers." in words
    )
    assert "The p-value is rough" in words
    assert "another one as often" not in words


def test_ties_are_told() -> None:
    table = by_centre(np.array([[50, 40], [40, 50]])).assign(share=0.5, tied=[0, 0, 1, 0])
    words = on_main_centres(table, centre_association(table)).replace("\u00a0", " ")
    assert "1 customer (1 %) visited another one as often and counts at the first by name, but not in the" in words


def test_nothing_to_compare() -> None:
    assert "1 centre and 2 segments there is nothing to compare" in said([[3, 4]])
    empty = by_centre(np.zeros((0, 2), int)).assign(share=0.0)
    assert on_main_centres(empty, centre_association(empty)) == "No visit of a customer names its centre."


def test_the_amounts_at_the_centres_in_words() -> None:
    rows = [
        ("C1", "big", 40, 900.0, 5.0),
        ("C1", "small", 50, 10.0, 1.0),
        ("C1", "set aside", 99, 1.0, 1.0),
        ("C2", "big", 30, 600.0, 4.0),
        ("C2", "small", 30, 10.0, 1.0),
        ("C3", "big", 29, 1.0, 4.0),
        ("C2", "set aside", 99, 2.0, 1.0),
    ]
    table = pd.DataFrame(rows, columns=["centre", "segment", "customers", "amount", "visits"])
    assert on_amounts_by_centre(table, money("£")) == (
        "Median amounts by centre, where there are at least 30 customers: **big** £600 (C2) to £900 (C1) at 2 "
        "centres; **small** £10 at each of 2 centres. Medians differ by chance too."
    )
    assert "cannot be compared" in on_amounts_by_centre(table.head(2), money("£"))
