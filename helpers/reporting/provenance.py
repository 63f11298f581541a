"""How was a report made, and how is it made again with other values?"""

import json
import re
import shlex
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from helpers.errors import CasebookError
from helpers.reporting.parameters import Parameter, described
from helpers.reporting.sharing import SHARED
from helpers.wording import count

SAFE = r"[\w/]([\w ./:+-]*[\w./+-])?"  # texts that YAML takes for what they are
WORDS = {"null", "true", "false", "yes", "no", "on", "off"}


def form(run: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> list[dict[str, Any]]:
    """Return a row for each parameter; those set for this run come first, then what its scenario changes."""
    allowed = schemas(parameters)
    rows = [_row(parameter, allowed[name], run) for name, parameter in parameters.items()]
    return sorted(rows, key=lambda row: (not row["given"], not row["changed"]))


def schemas(parameters: Mapping[str, Parameter]) -> dict[str, dict[str, Any]]:
    """Return the JSON schema of each parameter, which is empty where the notebook does not say its type."""
    found: dict[str, dict[str, Any]] = {name: {} for name in parameters}
    for name, parameter in parameters.items():
        with suppress(CasebookError):
            found[name] = parameter.schema()
    return found


def _row(parameter: Parameter, schema: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, Any]:
    value = run["parameters"][parameter.name]
    given, changed = parameter.name in run.get("overrides", {}), value != parameter.default
    return {
        "name": parameter.name,
        "value": json.dumps(value, ensure_ascii=False),
        "shown": shown(value),
        "default": shown(parameter.default),
        "given": given,
        "changed": changed,
        "first": given or changed,
        "schema": json.dumps(schema),
        "allowed": described(schema),
        "help": parameter.help,
    }


def shown(value: Any) -> str:
    """Return a value as it stands in a page: text as it is, all else as YAML writes it."""
    return value if isinstance(value, str) else "none" if value is None else json.dumps(value, ensure_ascii=False)


def command_line(run: Mapping[str, Any]) -> str:
    """Return the command that makes a run again, quoted for a POSIX shell.

    >>> print(command_line({"case": "wine", "scenario": "small", "overrides": {"k": None, "columns": {"a": "it's"}}}))
    python run_reports.py wine -s small -p k=null -p 'columns={"a": "it'"'"'s"}'
    """
    scenario = [] if run["scenario"] == "default" else ["-s", run["scenario"]]
    given = [
        part for name, value in run.get("overrides", {}).items() for part in ("-p", f"{name}={_argument(value)}")
    ]
    share = ["--share"] if run.get("customers") == SHARED else []
    found = ["--data-dir", run["data_dir"]] if run.get("data_dir") else []
    return shlex.join(["python", "run_reports.py", run["case"], *scenario, *found, *share, *given])


def _argument(value: Any) -> str:
    """Return a value as `-p NAME=VALUE` takes it."""
    plain = isinstance(value, str) and re.fullmatch(SAFE, value) and value.lower() not in WORDS
    return str(value) if plain else _json(value)


def _json(value: Any) -> str:
    """Return a value as JSON that YAML reads too, letters that do not show by their numbers."""
    said = json.dumps(value, ensure_ascii=False)
    return said if said.isprintable() else json.dumps(value)


def yaml_of(run: Mapping[str, Any]) -> str:
    """Return the values that were set for a run as a file for `-f`.

    >>> yaml_of({"overrides": {"seed": 2, "months": [1, 2], "currency": "£"}})
    'seed: 2\\nmonths: [1, 2]\\ncurrency: "£"'
    """
    given = run.get("overrides", {}).items()
    return "\n".join(f"{name}: {_json(value)}" for name, value in given)


def origin(run: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return where data and software of a run came from, by name."""
    data = run["data"]
    source = "generated from the seed" if data["source"] == "sample" else data["source"]
    versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
    rows = [
        ("Scenario", run["scenario"]),
        ("Data", source),
        ("Fingerprint of the data (SHA-256)", data["fingerprint"]),
        ("Seed", str(run["parameters"].get("seed", ""))),
        ("Duration", count(round(run["seconds"]), "second")),
        ("Made on", run["made"]),
        ("Versions", versions),
    ]
    return [(name, text) for name, text in rows if text]
