from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pytest

from helpers.datasets.headings import Wanted
from helpers.datasets.reading import Choices, read_tables
from helpers.datasets.schemas import conform
from helpers.errors import CasebookError

SCHEMA = pa.DataFrameSchema(
    {
        "id": pa.Column(
            int, unique=True, report_duplicates="exclude_first", coerce=True, description="a number, once"
        ),
        "price": pa.Column(float, pa.Check.gt(0), coerce=True, description="a number above 0"),
        "answer": pa.Column(int, pa.Check.isin([0, 1]), coerce=True, required=False, description="0 or 1"),
    }
)


def test_values_get_their_types() -> None:
    found = conform(pd.DataFrame({"id": ["1", "2"], "price": [1, "2.5"]}), SCHEMA, "x.csv")
    assert found.to_dict("list") == {"id": [1, 2], "price": [1.0, 2.5]}


@pytest.mark.parametrize(
    ("ids", "prices", "message"),
    [
        ([1, 2], [1, "x"], "x.csv, column 'price', row 3: 'x' is not allowed, it must be a number above 0"),
        ([1, 2], [-1, 2], "x.csv, column 'price', row 2: -1 is not allowed, it must be a number above 0"),
        (
            [1, 2],
            [1, None],
            "x.csv, column 'price', row 3: an empty cell is not allowed, it must be a number above 0",
        ),
        ([1, "1_2"], [1, 2], "x.csv, column 'id', row 3: '1_2' is not allowed, it must be a number, once"),
        (
            [1, 2],
            ["1_2", 2],
            "x.csv, column 'price', row 2: '1_2' is not allowed, it must be a number above 0",
        ),
        ([1, 1], [1, 2], "x.csv, column 'id', row 3: 1 is not allowed, it must be a number, once"),
        (
            [1, 2, 3],
            [0, -1, "x"],
            "x.csv, column 'price', row 4: 'x' is not allowed, it must be a number above 0",
        ),
    ],
)
def test_a_fault_names_file_column_row_and_value(ids: list, prices: list, message: str) -> None:
    with pytest.raises(CasebookError) as error:
        conform(pd.DataFrame({"id": ids, "price": prices}), SCHEMA, "x.csv")
    assert str(error.value) == message


def test_the_wrong_value_is_named_and_not_what_it_does_to_the_others() -> None:
    frame = pd.DataFrame({"id": [1, 2, 3], "price": 1.0, "answer": ["0", "x", "1"]})
    with pytest.raises(CasebookError) as error:
        conform(frame, SCHEMA, "x.csv")
    assert str(error.value) == "x.csv, column 'answer', row 3: 'x' is not allowed, it must be 0 or 1"


def test_a_number_that_is_too_large_is_shown_as_it_is() -> None:
    with pytest.raises(CasebookError, match=r"row 3: 1e\+20 is not allowed, it must be a number, once"):
        conform(pd.DataFrame({"id": [1, 1e20], "price": 1.0}), SCHEMA, "x.csv")


def test_further_faults_are_counted() -> None:
    with pytest.raises(CasebookError, match=r"row 2: .*; 1 more row with a fault$"):
        conform(pd.DataFrame({"id": [1, 2, 3], "price": [-1, 1, -2]}), SCHEMA, "x.csv")


def test_the_files_heading_is_told_where_it_is_another(tmp_path: Path) -> None:
    wanted = Wanted("sales", {"id": (), "price": ("Unit price",)})
    for heading, said in {"Preis": "; the file's heading is 'Preis'", "PRICE": ""}.items():
        pd.DataFrame({"ID": [1, 2], heading: [1, -1]}).to_csv(tmp_path / "x.csv", index=False)
        columns = {"price": heading}
        frame = read_tables([wanted], tmp_path / "x.csv", Choices(columns))["sales"].frame()
        with pytest.raises(CasebookError) as error:
            conform(frame.map(lambda value: value).assign(other=1), SCHEMA, "x.csv")
        expected = "x.csv, column 'price', row 3: -1 is not allowed, it must be a number above 0"
        assert str(error.value) == expected + said


@pytest.mark.parametrize("numbers", [[1, 2.5], ["1", "2.5"]])
def test_a_fraction_where_whole_numbers_are_wanted_is_refused(numbers: list) -> None:
    schema = pa.DataFrameSchema({"offer": pa.Column(int, coerce=True, description="a whole number")})
    with pytest.raises(
        CasebookError, match=r"column 'offer', row 3: '?2.5'? is not allowed, it must be a whole number"
    ):
        conform(pd.DataFrame({"offer": numbers}), schema, "x.csv")


def test_few_rows_with_a_fault_are_left_out_whatever_the_fault() -> None:
    frame = pd.DataFrame({"id": [1, 2.5, 3, 4, 5], "price": ["1", "2", "1_2", "x", "5"]})
    with pytest.raises(CasebookError, match=r"column 'id', row 3: 2\.5 is not allowed.*; 2 more rows with a fault"):
        conform(frame, SCHEMA, "x.csv", most=2)
    assert conform(frame, SCHEMA, "x.csv", most=3).to_dict("list") == {"id": [1, 5], "price": [1.0, 5.0]}
