"""Which reports does the user ask for, with which values, and can they be made at all?

Everything that can be wrong with a request is found here, before a kernel starts.
"""

import hashlib
import itertools
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from helpers.closure import ROOT
from helpers.errors import CasebookError, brief, nearest, reason
from helpers.remembered import remembered
from helpers.reporting.cases import Case, choose_cases, read_values
from helpers.reporting.codes import share_key
from helpers.reporting.parameters import DATA, SAMPLE, Parameter, data_reader
from helpers.reporting.places import here, kind_of, located
from helpers.reporting.sources import Snapshot, is_database
from helpers.reporting.yaml_texts import is_no_text

COLUMNS = "columns"
TABLE = "table"
QUERY = "query"
PUBLISH = "publish"
LONGEST_NAME = 150  # bytes: file systems take 255, and there are hidden folders beside
SHARED = "+share"  # ends the folder of a run that is made to share
Reading = Callable[..., Snapshot]


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
    snapshot: Snapshot | None = None  # what was read of a database, where `data` names one
    data_dir: Path | None = None  # where the scenario's data were found, if not in the usual folder

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
    doctor: bool = False  # what the files hold is examined, and not refused here


def requests_of(wish: Wish) -> list[Request]:
    """Return the reports that a wish means, checked; CasebookError says what is wrong with it."""
    cases = choose_cases(wish.cases)
    typed = [_split(text) for text in wish.params]
    texts = dict(typed)
    _check_once([name for name, _ in [*typed, *map(_split, wish.sweep)]])
    grid = [dict(point) for point in itertools.product(*map(_sweep_values, wish.sweep))]
    shared = read_values(wish.params_file) if wish.params_file else {}
    for case in cases:
        case.known(case.scenario(wish.scenario), f" in scenario {wish.scenario!r}")
        case.known(shared, f" in {wish.params_file}")
        case.known({name: None for point in grid for name in point} | texts, "")
    if wish.name is not None and not (
        re.fullmatch(r"[\w+-][\w.+-]*", wish.name) and len(wish.name.encode()) <= LONGEST_NAME
    ):
        raise CasebookError(
            f"--name {brief(wish.name)!r} is not allowed: a run's folder is letters, digits and _ . + -, "
            f"at most {LONGEST_NAME} bytes of them, and does not start with a dot"
        )
    read = cache(_read)
    requests = [_request(case, wish, shared, texts | point, read) for case in cases for point in grid]
    return list({request.label: request for request in requests}.values())


def _request(case: Case, wish: Wish, shared: dict[str, Any], texts: dict[str, str], read: Reading) -> Request:
    base = _defaults(case) | _checked(case, case.scenario(wish.scenario), wish.data_dir)
    typed = {name: case.parameters[name].parse(text) for name, text in texts.items()}
    overrides = _checked(case, shared, wish.data_dir) | _located(typed, here())
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
    snapshot = _snapshot(case, values, read, wish.doctor)
    files = snapshot.files if snapshot else _files(case, values, wish.doctor)
    elsewhere = wish.data_dir != Wish.data_dir and files and DATA not in overrides
    data_dir = wish.data_dir.absolute() if elsewhere else None
    return Request(case, wish.scenario, run, overrides, values, files, wish.share, snapshot, data_dir)


def _defaults(case: Case) -> dict[str, Any]:
    """Return the defaults of a case, checked but for that of the data."""

    def checked() -> dict[str, Any]:
        return {name: p.default if name == DATA else p.check(p.default) for name, p in case.parameters.items()}

    return remembered(["defaults", [cell.source for cell in case.cells if cell.kind == "code"]], checked)


def _check_share(values: dict[str, Any]) -> None:
    if values.get(PUBLISH) is not None:
        raise CasebookError("--share leaves customers out, and publish is for tables with them: say one or the other")
    share_key()


def _checked(case: Case, values: dict[str, Any], folder: Path) -> dict[str, Any]:
    return _located({name: case.parameters[name].check(value) for name, value in values.items()}, folder)


def _located(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Turn a relative path in `data` into an absolute one below `folder`."""
    if values.get(DATA, SAMPLE) == SAMPLE or is_database(values[DATA]):
        return values
    return values | {DATA: str(located(DATA, values[DATA], folder))}


def _files(case: Case, values: dict[str, Any], unread: bool) -> tuple[Path, ...]:
    """Return the files that the report will read, after the reader's check of them unless they stay unread."""
    columns = values.get(COLUMNS, {})
    if values.get(DATA, SAMPLE) == SAMPLE:
        if columns:
            raise CasebookError(
                f"{COLUMNS}={columns} is for a file of yours, and data is 'sample': say data=FILE too"
            )
        return ()
    path = Path(values[DATA])
    parameter = case.parameters[DATA]
    if not path.exists():
        raise _missing(parameter, path)
    if not (path.is_file() or path.is_dir()):
        raise CasebookError(f"data={path} is {kind_of(path)}: it must be 'sample', a file or a folder")
    reader = None if unread else data_reader(parameter)
    table = {TABLE: values[TABLE]} if values.get(TABLE) else {}
    try:
        return tuple(reader(path, columns, **table)) if reader else (path,)
    except OSError as error:
        raise CasebookError(f"data={path} cannot be read: {reason(error)}") from None


def _snapshot(case: Case, values: dict[str, Any], read: Reading, unread: bool) -> Snapshot | None:
    """Return what the report will read of a database, if it reads one."""
    query = values.get(QUERY)
    if not is_database(values.get(DATA, SAMPLE)):
        if query is not None:
            raise CasebookError(f"{QUERY} is for a database, and data is {values[DATA]}: say data=env:NAME too")
        return None
    choices = {name: values[name] for name in (COLUMNS, TABLE) if values.get(name)}
    if query is not None and TABLE in choices:
        raise CasebookError(f"{QUERY} and {TABLE} both say what to read of {values[DATA]}: say one of them")
    return read(values[DATA], query, data_reader(case.parameters[DATA]), json.dumps(choices), unread)


def _read(data: str, query: str | None, reader: Any, choices: str, unread: bool) -> Snapshot:
    """Read a database; what is the same for several reports is read once for them all.

    Where what it holds stays unread so far, its only table is taken whatever its headings are.
    """
    said = {COLUMNS: {}} | json.loads(choices)
    names = said.get(TABLE, [])
    check = partial(reader, **said) if reader else None
    if check and unread:
        check = partial(_the_only, check)
    from helpers.reporting.snapshots import take

    return take(data, query, [names] if isinstance(names, str) else names, check)


def _the_only(check: Any, folder: Path) -> list[Path]:
    files = sorted(folder.iterdir())
    return files if len(files) == 1 else check(folder)


def _missing(parameter: Parameter, path: Path) -> CasebookError:
    try:
        beside = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        beside = []
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
        raise CasebookError(f"{brief(text)!r} is not of the form NAME=VALUE")
    if is_no_text(value):
        raise CasebookError(f"{name} is given as {brief(value)!r}, which is no text in UTF-8")
    return name.strip(), value


def _check_once(names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise CasebookError(f"{name!r} is said {names.count(name)} times: say it once, by -p or by --sweep")


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
