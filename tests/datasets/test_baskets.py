import gzip
from pathlib import Path

import pytest

from helpers.datasets.baskets import are_baskets, basket_files, read_baskets
from helpers.datasets.notes import told

LINES = "bread,butter,milk\nbread, butter\n\nmilk,,\nbeer,bread,milk,nuts\n"
BOUGHT = [(1, "bread"), (1, "butter"), (1, "milk"), (2, "bread"), (2, "butter"), (3, "milk"),
          (4, "beer"), (4, "bread"), (4, "milk"), (4, "nuts")]  # fmt: skip


def bought(path: Path) -> list[tuple[int, str]]:
    return list(read_baskets(basket_files(path)).itertuples(index=False, name=None))


@pytest.mark.parametrize(
    "text",
    [
        LINES,
        LINES.replace(",", ";"),
        LINES.replace(",", "\t").replace("\n", "\r\n"),
        "sep=|\n" + LINES.replace(",", "|"),
        "\ufeff" + LINES,
        LINES.replace("bread,", '"bread",'),
    ],
)
def test_each_line_is_a_basket(text: str, tmp_path: Path) -> None:
    (tmp_path / "baskets.csv").write_text(text, newline="")
    assert bought(tmp_path / "baskets.csv") == BOUGHT
    assert told()["count"].tolist() == [4, 1]
    assert told()["what"].tolist() == ["baskets read, one a line", "blank lines skipped"]


def test_packed_files_other_encodings_and_a_file_a_month_are_read(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "2024-01.csv.gz", "wt", encoding="cp1252") as file:
        file.write("Käse,Brot\nBrot\n")
    (tmp_path / "2024-02.csv").write_text("Brot;Käse;Wein\nWein\n")
    assert bought(tmp_path) == [
        (1, "Käse"),
        (1, "Brot"),
        (2, "Brot"),
        (3, "Brot"),
        (3, "Käse"),
        (3, "Wein"),
        (4, "Wein"),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [["name", "town"], ["Ann", "Rome"], ["Ben", "Rome"]],  # all of one length
        [["name", "town"], ["Ann", "Rome", "Italy"], ["Ben", "Oslo"]],  # nothing stands twice
        [["offers of 2024"], ["offer", "month"], ["1", "May"], ["2", "May"]],
        [["bread", "", "milk"], ["bread"]],  # a cell is missing within
        [[""], ["bread", "milk"]],
    ],
)
def test_a_table_is_none(rows: list[list[str]]) -> None:
    assert not are_baskets(rows)


def test_a_first_line_of_things_that_are_seldom_bought_does_not_matter() -> None:
    assert are_baskets(
        [["caviar", "truffles"], ["bread", "milk", "tea"], ["milk", "bread"], ["tea", "bread"], ["milk"]]
    )
