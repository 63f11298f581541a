import pandas as pd
import pytest

from helpers.reporting.kinds import csv_of


@pytest.mark.parametrize("kind", ["str", object])
def test_one_cell_that_a_spreadsheet_would_run_is_found_among_many(kind: object) -> None:
    names = pd.Series(["Ann", "Smith - Sons", None, "two\nlines", "=1+1", "'@home"], dtype=kind)
    written = csv_of(names.to_frame("name"))
    assert written == 'name\nAnn\nSmith - Sons\n""\n"two\nlines"\n\'=1+1\n\'\'@home\n'
    assert csv_of(names[:4].to_frame("name")) == 'name\nAnn\nSmith - Sons\n""\n"two\nlines"\n'


def test_numbers_among_objects_are_written_as_numbers() -> None:
    values = pd.DataFrame({"value": pd.Series([1 / 3, 2.0], dtype=object)})
    assert csv_of(values, "%.3g") == "value\n0.333\n2\n"


def test_a_carriage_return_ends_no_row() -> None:
    assert csv_of(pd.DataFrame({"name": ["a\rb"], "n": [1]})) == '"name","n"\n"a\rb","1"\n'
