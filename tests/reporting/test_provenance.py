import shlex
from typing import Any

import pytest
import yaml

from helpers.reporting.parameters import Parameter
from helpers.reporting.provenance import command_line, form, yaml_of

IMPORTS = {name: f"helpers.reporting.parameters.{name}" for name in ("Share", "Count", "Day")} | {
    "Literal": "typing.Literal"
}
PARAMETERS = {
    name: Parameter(name, kind, default, "", IMPORTS)
    for name, kind, default in [
        ("data", "str", "sample"),
        ("columns", "dict[str, str]", {}),
        ("months", "list[int]", [1, 2]),
        ("share", "Share", 0.5),
        ("k", "Count | None", None),
        ("whom", "str | None", None),
        ("first_day", "Day | None", None),
        ("engine", 'Literal["duckdb", "spark"]', "duckdb"),
        ("deep", "bool", False),
    ]
}
VALUES: list[dict[str, Any]] = [
    {"data": '/home/anna/my shop\'s "best" $HOME `file`.csv'},
    {"columns": {"offer": "Deal no", "it's": 'a "b", {c}: d'}},
    {"columns": {}, "months": [], "share": 0.05, "k": 7, "deep": True, "engine": "spark"},
    {"whom": "null", "k": None},
    {"whom": "No"},
    {"whom": "# 5"},
    {"whom": "..."},
    {"whom": "2011"},
    {"whom": "Zoë O'Quinn"},
    {"whom": "a: b"},
    {"whom": " "},
    {"whom": ""},
    {"whom": "\\D*|C2|gift_.*"},
    {"first_day": "2011-12-10", "share": 1e-07},
]


@pytest.mark.parametrize("overrides", VALUES)
def test_the_command_and_the_file_give_the_same_values_again(overrides: dict[str, Any]) -> None:
    run = {"case": "shop", "scenario": "published", "overrides": overrides}
    words = shlex.split(command_line(run))
    assert words[:5] == ["python", "run_reports.py", "shop", "-s", "published"]
    assert words[5::2] == ["-p"] * len(overrides)
    typed = dict(word.split("=", 1) for word in words[6::2])
    assert {name: PARAMETERS[name].parse(text) for name, text in typed.items()} == overrides
    kept = yaml.safe_load(yaml_of(run)) or {}
    assert {name: PARAMETERS[name].check(value) for name, value in kept.items()} == overrides


def test_where_the_data_were_found_is_told() -> None:
    run = {"case": "shop", "scenario": "published", "overrides": {}, "data_dir": "/home/anna/our data"}
    assert command_line(run) == "python run_reports.py shop -s published --data-dir '/home/anna/our data'"


def test_a_copy_to_share_is_made_again_as_one() -> None:
    run = {"case": "shop", "scenario": "default", "overrides": {}, "customers": "shared"}
    assert command_line(run) == "python run_reports.py shop --share"


def test_what_was_set_comes_first_then_what_the_scenario_changes() -> None:
    values = {name: one.default for name, one in PARAMETERS.items()} | {"months": [3], "k": 2, "deep": False}
    rows = form({"parameters": values, "overrides": {"k": 2, "deep": False}}, PARAMETERS)
    assert [(row["name"], row["given"], row["changed"]) for row in rows[:4]] == [
        ("k", True, True), ("deep", True, False), ("months", False, True), ("data", False, False),
    ]  # fmt: skip
    told = {row["name"]: (row["shown"], row["default"], row["allowed"]) for row in rows}
    assert told["k"] == ("2", "none", "a whole number at least 1 or none")
    assert told["months"] == ("[3]", "[1, 2]", "a list, each of it a whole number")
    assert told["engine"] == ("duckdb", "duckdb", "one of duckdb, spark")
