"""What may a column be whose heading nobody knows?

Its content tells dates, ids, amounts and counts apart. What only one column can be is proposed; where several can,
the user is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import Literal

import pandas as pd
import pyarrow as pa

from helpers.datasets.dates import read_dates
from helpers.datasets.headings import Wanted, lacking, match, plain
from helpers.datasets.numbers import plainly_written
from helpers.datasets.reading import Choices, Read, read_found
from helpers.datasets.tables import Found, find_tables, forms_in
from helpers.errors import CasebookError
from helpers.wording import listing

Kind = Literal["dates", "ids", "amounts", "counts", "texts", "nothing"]
LOOK_AT = 2000  # cells of a column
LOOKED_FOR = ("counts", "dates", "ids")  # where no heading is known, though they could be lacking
FEW_UNITS = 500  # that a count of units rarely exceeds


@dataclass(frozen=True)
class Roles:
    """Which headings of a table serve as what, and how we know."""

    table: pd.DataFrame  # column (ours), heading (the file's) and known_by
    proposed: dict[str, str]  # our names to headings, by content
    asked: tuple[str, ...]  # what the user must decide, in words


def roles_of(wanted: Sequence[Wanted], kinds: Mapping[str, Kind], path: Path, choices: Choices) -> dict[str, Roles]:
    """Return the roles of the headings of wanted tables, by table.

    Where headings are not known, their content is looked at: `kinds` are of our columns. CasebookError says what is
    not found.
    """
    try:
        found = find_tables(path, wanted, choices.columns, choices.table)
    except CasebookError:
        forms = forms_in(path, wanted, choices.table)
        if len(forms) < len(wanted) or not kinds:
            raise
        return _without_clashes(_best(wanted, kinds, forms, choices))
    return _without_clashes({one.name: _roles(one, kinds, found[one.name], choices) for one in wanted})


def _best(
    wanted: Sequence[Wanted], kinds: Mapping[str, Kind], forms: Sequence[Found], choices: Choices
) -> dict[str, Roles]:
    """Return the roles in those tables in which most of the needed columns have one."""
    roles = {
        (one.name, place): _roles(one, kinds, form, choices) for one in wanted for place, form in enumerate(forms)
    }

    def served(places: tuple[int, ...]) -> int:
        pairs = zip(wanted, places, strict=True)
        return sum(len(set(one.needed) & set(roles[one.name, place].table["column"])) for one, place in pairs)

    best = max(permutations(range(len(forms)), len(wanted)), key=served)
    return {one.name: roles[one.name, place] for one, place in zip(wanted, best, strict=True)}


def _without_clashes(roles: dict[str, Roles]) -> dict[str, Roles]:
    """Ask for what is proposed under two headings, which cannot both be said."""
    headings: dict[str, dict[str, str]] = {}
    for table, one in roles.items():
        for name, heading in one.proposed.items():
            headings.setdefault(name, {})[table] = heading
    clashing = {name: where for name, where in headings.items() if len(set(where.values())) > 1}
    asked = tuple(
        f"{name} is {' and '.join(f'{heading!r} in the table of {table}' for table, heading in where.items())}: give "
        "both columns one heading"
        for name, where in clashing.items()
    )
    return {
        table: replace(
            one,
            proposed={name: heading for name, heading in one.proposed.items() if name not in clashing},
            asked=one.asked + (asked if table == next(iter(roles)) else ()),
        )
        for table, one in roles.items()
    }


def _roles(wanted: Wanted, kinds: Mapping[str, Kind], found: Found, choices: Choices) -> Roles:
    headings = [heading for heading in found.parts[0].headings if heading.strip()]
    known = match(wanted, headings, choices.columns)
    needed = [name for name in lacking(wanted, headings, choices.columns) if name in kinds]
    looked_for = {name for name, kind in kinds.items() if kind in LOOKED_FOR and name not in known}
    missing = [name for name in wanted.columns if name in {*needed, *looked_for}]
    proposed: dict[str, str] = {}
    asked: list[str] = []
    if missing and kinds:
        read = read_found(Wanted(wanted.name, {one: (one,) for one in headings}), found, {})
        by_kind = {one: kind_of(read, one, choices) for one in headings if one not in known.values()}
        proposed, asked = _proposals(missing, wanted.optional, kinds, by_kind, read)
    rows = [(name, heading, _known_by(name, heading, choices)) for name, heading in known.items()]
    rows += [(name, heading, f"its content, {kinds[name]}") for name, heading in proposed.items()]
    table = pd.DataFrame(rows, columns=["column", "heading", "known_by"])
    order = {name: place for place, name in enumerate(wanted.columns)}
    in_order = table.sort_values("column", key=lambda names: names.map(order)).reset_index(drop=True)
    return Roles(in_order, proposed, tuple(asked))


def _known_by(name: str, heading: str, choices: Choices) -> str:
    if name in choices.columns:
        return "what you said"
    return "its name" if plain(name) == plain(heading) else "a usual name of it"


def _proposals(
    missing: list[str],
    optional: frozenset[str],
    kinds: Mapping[str, Kind],
    by_kind: Mapping[str, Kind],
    read: Read,
) -> tuple[dict[str, str], list[str]]:
    """Return the headings that can be only one of the columns that are missing, and questions on the others."""
    proposed: dict[str, str] = {}
    asked = []
    for kind in dict.fromkeys(kinds[name] for name in missing):
        names = [name for name in missing if kinds[name] == kind]
        fitting = [heading for heading, its in by_kind.items() if its == kind]
        if len(fitting) < len(names):
            names = [name for name in names if name not in optional] or names
        if kind == "ids" and len(names) == len(fitting) > 1:
            found = _ids_by_order(names, fitting, read)
            proposed |= found
            if not found:
                asked.append(f"which of {listing(map(repr, fitting))} is {' and which '.join(names)}")
        elif len(names) == len(fitting) == 1:
            proposed[names[0]] = fitting[0]
        elif fitting and set(names) - optional:
            asked.append(f"{listing(names)} may be {' or '.join(map(repr, fitting))}, which hold {kind}")
        elif set(names) - optional:
            asked.append(f"no other heading holds {kind}, for {listing(names)}")
    return proposed, asked


def _ids_by_order(names: list[str], fitting: list[str], read: Read) -> dict[str, str]:
    """Tell ids apart: an invoice has one customer who has several invoices, and a product is bought by many."""
    frame = read.rows.slice(0, 50_000).select(fitting).to_pandas().dropna().astype(str)
    decides = {
        (one, other): frame.groupby(one)[other].nunique().max() <= 1
        for one in fitting
        for other in fitting
        if one != other
    }
    pairs = [pair for pair, is_so in decides.items() if is_so and not decides[pair[::-1]]]
    if len(pairs) != 1 or not {"invoice", "customer"} <= set(names):
        return {}
    found = dict(zip(("invoice", "customer"), pairs[0], strict=True))
    rest = [one for one in fitting if one not in pairs[0]]
    return found | dict(zip((name for name in names if name not in found), rest, strict=True))


def kind_of(read: Read, heading: str, choices: Choices) -> Kind:
    """Say what the cells of a column are."""
    column = read.rows[heading].slice(0, LOOK_AT)
    if pa.types.is_temporal(column.type):
        return "dates"
    texts = column.cast(pa.string()).to_pandas().str.strip()
    texts = texts[texts.notna() & (texts != "")]
    if texts.empty:
        return "nothing"
    if _are_dates(texts, choices):
        return "dates"
    numbers = _numbers(read, heading, choices)
    if numbers is None or numbers.isna().any():
        return "ids" if texts.str.contains(r"\d").mean() > 0.5 and not texts.str.contains(" ").any() else "texts"
    if (numbers % 1 != 0).any():
        return "amounts"
    return "counts" if numbers.abs().quantile(0.99) <= FEW_UNITS else "ids"


def _are_dates(texts: pd.Series, choices: Choices) -> bool:
    if not texts.str.contains(r"\d\D+\d|[A-Za-z]{3}|^(?:19|20)\d{6}$").all():
        return False
    try:
        read_dates(texts.drop_duplicates(), "", "", choices.date_order or "day")
    except CasebookError:
        return False
    return True


def _numbers(read: Read, heading: str, choices: Choices) -> pd.Series | None:
    part = read.with_rows(read.rows.slice(0, LOOK_AT))
    try:
        plain = plainly_written(part, [heading], choices.decimal)[heading].to_pandas()
    except CasebookError:
        return None
    return pd.to_numeric(plain[plain.notna() & (plain != "")], errors="coerce")
