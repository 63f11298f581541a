"""Which reports does the user ask for, with which values, and can they be made at all?

Everything that can be wrong with a request is found here, before a kernel starts.
"""

import hashlib
import itertools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.errors import CasebookError, nearest
from helpers.reporting.cases import ROOT, Case, choose_cases, read_values
from helpers.reporting.codes import share_key
from helpers.reporting.parameters import SAMPLE, Parameter, data_reader

DATA = "data"
PUBLISH = "publish"
SHARED = "+share"  # ends the folder of a run that is made to share


@dataclass(frozen=True)
class Request:
    """One report to make: a case, the values of all its parameters and the files that it reads."""

    case: Case
    scenario: str
    run: str
    overrides: dict[str, Any]
    parameters: dict[str, Any]
    files: tuple[Path, ...]
    share: bool = False

    @property
    def label(self) -> str:
        return f"{self.case.name}/{self.run}"


@dataclass(frozen=True)
class Wish:
    """What was typed on the command line, as text."""

    cases: tuple[str, ...] = ()
    scenario: str = "default"
    params: tuple[str, ...] = ()
    params_file: Path | None = None
    sweep: tuple[str, ...] = ()
    name: str | None = None
    data_dir: Path = ROOT / "data"
    share: bool = False


def requests_of(wish: Wish) -> list[Request]:
    """Return the reports that a wish means, checked; CasebookError says what is wrong with it."""
    cases = choose_cases(wish.cases)
    texts = dict(_split(text) for text in wish.params)
    grid = [dict(point) for point in itertools.product(*map(_sweep_values, wish.sweep))]
    shared = read_values(wish.params_file) if wish.params_file else {}
    for case in cases:
        case.known(case.scenario(wish.scenario), f" in scenario {wish.scenario!r}")
        case.known(shared, f" in {wish.params_file}")
        case.known({name: None for point in grid for name in point} | texts, "")
    if wish.name is not None and not re.fullmatch(r"[\w+-][\w.+-]*", wish.name):
        raise CasebookError(
            f"--name {wish.name!r} is not allowed: a run's folder is letters, digits and _ . + -, "
            f"and does not start with a dot"
        )
    requests = [_request(case, wish, shared, texts | point) for case in cases for point in grid]
    return list({request.label: request for request in requests}.values())


def _request(case: Case, wish: Wish, shared: dict[str, Any], texts: dict[str, str]) -> Request:
    base = {name: p.default if name == DATA else p.check(p.default) for name, p in case.parameters.items()}
    base |= _checked(case, case.scenario(wish.scenario), wish.data_dir)
    typed = {name: case.parameters[name].parse(text) for name, text in texts.items()}
    overrides = _checked(case, shared, wish.data_dir) | _located(typed, Path.cwd())
    values = _located(base, wish.data_dir) | overrides
    if wish.share:
        _check_share(values)
    if values.get(PUBLISH) is not None:
        from helpers.reporting.databases import check_database

        check_database(values[PUBLISH])
    run = wish.name or wish.scenario
    if wish.sweep or (overrides and not wish.name):
        run = f"{run}+{digest_of(overrides)[:8]}"
    run += SHARED if wish.share else ""
    return Request(case, wish.scenario, run, overrides, values, _files(case, values), wish.share)


def _check_share(values: dict[str, Any]) -> None:
    if values.get(PUBLISH) is not None:
        raise CasebookError("--share leaves customers out, and publish is for tables with them: say one or the other")
    share_key()


def _checked(case: Case, values: dict[str, Any], folder: Path) -> dict[str, Any]:
    return _located({name: case.parameters[name].check(value) for name, value in values.items()}, folder)


def _located(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Turn a relative path in `data` into an absolute one below `folder`."""
    if values.get(DATA, SAMPLE) == SAMPLE:
        return values
    return values | {DATA: str((folder / Path(values[DATA]).expanduser()).resolve())}


def _files(case: Case, values: dict[str, Any]) -> tuple[Path, ...]:
    """Return the files that the report will read, after the reader's check of them."""
    if values.get(DATA, SAMPLE) == SAMPLE:
        return ()
    path = Path(values[DATA])
    parameter = case.parameters[DATA]
    if not path.exists():
        raise _missing(parameter, path)
    reader = data_reader(parameter)
    choices = {"columns": {}} | {name: values[name] for name in ("columns", "table") if values.get(name)}
    return tuple(reader(path, **choices)) if reader else (path,)


def _missing(parameter: Parameter, path: Path) -> CasebookError:
    beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    guess = nearest(path.name, beside)
    hint = f" Did you mean {path.parent / guess}?" if guess else ""
    about = f" ({parameter.help})" if parameter.help else ""
    return CasebookError(
        f"data={path} does not exist: it must be 'sample', a file or a folder{about}. Relative names in "
        f"params files are looked up in --data-dir, others where the command is typed.{hint}"
    )


def digest_of(values: object) -> str:
    """Return the SHA-256 of any value that JSON can write, in hexadecimal."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _split(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (equals and name):
        raise CasebookError(f"{text!r} is not of the form NAME=VALUE")
    return name.strip(), value


def _sweep_values(text: str) -> Iterable[tuple[str, str]]:
    name, values = _split(text)
    return [(name, value) for value in split_at_commas(values)]


def split_at_commas(text: str) -> list[str]:
    """Split at the commas that stand outside brackets and braces.

    >>> split_at_commas("[1,2],[3]")
    ['[1,2]', '[3]']
    """
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "[{") - (letter in "]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
