import datetime
from pathlib import Path
from typing import Any

import pytest

from helpers.errors import CasebookError
from helpers.reporting.notebooks import Cell
from helpers.reporting.parameters import Parameter, declared

IMPORTS = Cell(
    "code",
    "from datetime import date\nfrom typing import Literal\nfrom helpers.reporting.parameters import Seed, Share",
    (),
)
SOURCE = """\
min_support: Share = 0.05  # smallest share of baskets
seed: Seed = 1
k: int | None = None  # clusters, none to choose
engine: Literal["duckdb", "spark"] = "duckdb"  # where it runs
months: list[int] = [1, 2]
columns: dict = {}  # names # and more
label: str = "a # b"  # a text
flag: bool = False
day: date = "2011-12-10"
headings: dict[str, str] = {}"""


def read(source: str) -> dict[str, Parameter]:
    return declared([IMPORTS, Cell("code", source, ("parameters",))], Path("x.ipynb"))


def test_names_defaults_and_help_are_read_without_running() -> None:
    found = read(SOURCE + "\nundefined: NotThere = 1")
    assert [(p.name, p.default, p.help) for p in found.values()][:7] == [
        ("min_support", 0.05, "smallest share of baskets"),
        ("seed", 1, ""),
        ("k", None, "clusters, none to choose"),
        ("engine", "duckdb", "where it runs"),
        ("months", [1, 2], ""),
        ("columns", {}, "names # and more"),
        ("label", "a # b", "a text"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("min_support", ".1", 0.1),
        ("min_support", "1e-3", 0.001),
        ("min_support", "1", 1.0),
        ("k", "5", 5),
        ("k", "null", None),
        ("engine", "spark", "spark"),
        ("months", "[3]", [3]),
        ("months", "[]", []),
        ("columns", "{offer: Deal}", {"offer": "Deal"}),
        ("label", "yes", "yes"),
        ("label", "12", "12"),
        ("label", "2011-01-01", "2011-01-01"),
        ("label", "a: b: c", "a: b: c"),
        ("flag", "true", True),
        ("day", "2011-02-03", "2011-02-03"),
        ("label", "Sales #2.csv", "Sales #2.csv"),
        ("label", "#1", "#1"),
        ("label", "&sales 2022.csv", "&sales 2022.csv"),
        ("label", "No", "No"),
        ("label", "'No'", "No"),
        ("label", "010", "010"),
        ("label", "1:30", "1:30"),
        ("seed", "010", 10),
        ("flag", "No", False),
        ("headings", "{invoice: Order #, customer: No}", {"invoice": "Order #", "customer": "No"}),
        ("headings", "{invoice: 'Order #', customer: \"No\"}", {"invoice": "Order #", "customer": "No"}),
        ("headings", "{No: 007, on: 2011-12-01, y: 2.50}", {"No": "007", "on": "2011-12-01", "y": "2.50"}),
        ("headings", "{price: null, date: true, z: 5}", {"price": "null", "date": "true", "z": "5"}),
    ],
)
def test_text_of_the_command_line_becomes_the_parameters_type(name: str, text: str, value: Any) -> None:
    found = read(SOURCE)[name].parse(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "min_support",
            "7",
            "min_support=7 is not allowed: it must be a number greater than 0 and at most 1 "
            "(smallest share of baskets).",
        ),
        ("min_support", "0", "greater than 0"),
        ("min_support", "nan", "a number greater than 0"),
        ("seed", "-1", "a whole number at least 0 and less than 4294967296"),
        ("seed", "1.5", "a whole number"),
        ("k", "true", "k=true is not allowed: it must be a whole number or none (clusters, none to choose)."),
        ("engine", "spak", "it must be one of duckdb, spark (where it runs). Did you mean spark?"),
        ("months", "[1, x]", "a list, each of it a whole number"),
        ("flag", "maybe", "true or false"),
        ("day", "2011-02-40", "a date as ISO text"),
        ("seed", "1:30", "seed=1:30 is not allowed"),
        ("headings", "{customer: Client: no}", "has commas, colons, brackets or quotation marks, stands in quotes"),
    ],
)
def test_a_wrong_value_is_told_what_is_allowed(name: str, text: str, message: str) -> None:
    with pytest.raises(CasebookError) as error:
        read(SOURCE)[name].parse(text)
    assert message in str(error.value)


def test_values_of_a_file_must_be_what_they_are() -> None:
    parameters = read(SOURCE)
    assert parameters["k"].check(5) == 5
    assert parameters["min_support"].check(1) == 1.0
    assert parameters["day"].check(datetime.date(2011, 1, 2)) == "2011-01-02"
    for name, value in [("k", True), ("seed", 5.0), ("label", 3), ("flag", 1)]:
        with pytest.raises(CasebookError, match=f"{name}={value} is not allowed"):
            parameters[name].check(value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("seed = 1", "a parameter is 'name: Type = default  # help', not 'seed = 1'"),
        ("seed: int = f()", "the default is no plain value"),
        ("print(1)", "a parameter is"),
    ],
)
def test_a_line_of_another_form_is_refused(source: str, message: str) -> None:
    with pytest.raises(CasebookError, match=r"x\.ipynb") as error:
        read(source)
    assert message in str(error.value)


def test_a_type_that_is_not_imported_is_named() -> None:
    with pytest.raises(CasebookError, match="does not import the type of x: name 'NotThere'"):
        read("x: NotThere = 1")["x"].parse("1")


def test_a_notebook_without_the_cell_is_named() -> None:
    with pytest.raises(CasebookError, match=r"x\.ipynb has no cell that is tagged 'parameters'"):
        declared([IMPORTS], Path("x.ipynb"))


def test_a_cell_that_is_no_python_is_named_by_its_line() -> None:
    with pytest.raises(CasebookError, match="a cell of the notebook is no Python, in 'data: str = \"sample'"):
        read('seed: Seed = 1\ndata: str = "sample')


def test_magics_shell_commands_and_questions_are_passed_over() -> None:
    extra = [Cell("code", "%%bash\nif then", ()), Cell("code", "%time\n!ls\npd.read_csv?\nx = 1", ())]
    assert set(declared([IMPORTS, *extra, Cell("code", "seed: Seed = 1", ("parameters",))], Path("x"))) == {"seed"}
