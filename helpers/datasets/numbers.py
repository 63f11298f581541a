"""Which number does 1.234,50 € or (£1,200) stand for?

A single cell may not tell whether a point or a comma begins the decimals, the amounts of a file together often do. A
text that is read as one number only is read so; where both are possible, the user is asked.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal as Exact

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from helpers.datasets.options import Decimal
from helpers.datasets.reading import Read
from helpers.datasets.schemas import headed
from helpers.errors import CasebookError

PLAIN = re.compile(r"-?\d+(\.\d+)?")
CODES = (
    "USD|EUR|GBP|CHF|JPY|CNY|RMB|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|AUD|CAD|NZD|HKD|SGD|INR|BRL|MXN|ZAR|TRY|RUB|UAH|KRW|"
    "THB|IDR|VND|US\\$|A\\$|C\\$|R\\$|kr\\.?|zł|Kč|Ft|lei|лв\\.?|руб\\.?|Rs\\.?|Fr\\.?|TL|Lt"
)
SYMBOLS = "$¢£¤¥\u058f\u060b\u09f2\u09f3\u0af1\u0bf9\u0e3f\u17db\u20a0-\u20cf\ufdfc\ufe69\uff04\uffe0-\uffe6"
SIGN = re.compile(rf"({CODES}|[{SYMBOLS}])", re.IGNORECASE)
AT_AN_END = re.compile(r"[-−–+\s]*")  # what may stand outside of a currency
SPACES = re.compile(r"(?<=\d)[\s'’\u00a0\u202f](?=\d{3}(?!\d))")
GROUPS = r"[1-9]\d{0,2}(?:%s\d{2,3})*%s\d{3}"
BODY = {
    "point": re.compile(rf"(?:\d+|{GROUPS % (',', ',')})?(?:\.\d*)?"),
    "comma": re.compile(rf"(?:\d+|{GROUPS % (chr(92) + '.', chr(92) + '.')})?(?:,\d*)?"),
}
EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
MARKS = {"point": ",", "comma": "."}  # what sets the thousands apart


def plainly_written(read: Read, names: Iterable[str], given: Decimal | None) -> pa.Table:
    """Return the rows of a table in which the amounts of some columns are written as in -1234.50.

    What is no amount is left as it is. CasebookError says which amount can be read in two ways, or that amounts are
    in two currencies.
    """
    texts = {name: pc.unique(read.rows[name]).drop_null().to_pylist() for name in names if _is_text(read.rows, name)}
    bare = {name: {text: _bare(text) for text in said if not PLAIN.fullmatch(text)} for name, said in texts.items()}
    for name, said in bare.items():
        _check_currency(read, name, {text: sign for text, (_body, _minus, sign) in said.items() if sign})
    mark = given or _mark_of(read, texts, bare)
    rows = read.rows
    for name, said in texts.items():
        numbers = {
            text: _plain(_bare(text), mark, text) for text in said if not PLAIN.fullmatch(text) or mark == "comma"
        }
        changed = {text: number for text, number in numbers.items() if number != text}
        if changed:
            rows = rows.set_column(rows.column_names.index(name), name, _replaced(rows[name], changed))
    return rows


def _is_text(rows: pa.Table, name: str) -> bool:
    return name in rows.column_names and pa.types.is_string(rows[name].type)


def _bare(text: str) -> tuple[str, bool, str]:
    """Return an amount without its sign and its currency, whether it is negative, and the currency."""
    body = text.strip()
    negative = body.startswith("(") and body.endswith(")")
    body = body[1:-1] if negative else body
    signs = SIGN.findall(body)
    parts = SIGN.sub("\0", body).split("\0")
    if len(signs) == 1 and any(map(AT_AN_END.fullmatch, parts)):
        body = "".join(parts).strip()
    minus = re.fullmatch(r"(?:([-−–+])\s*(.*?)|(.*?)\s*([-−–+]))", body)
    if minus and not negative:
        negative, body = (minus[1] or minus[4]) != "+", (minus[2] or minus[3] or "").strip()
    return SPACES.sub("", body), negative, signs[0] if len(signs) == 1 else ""


def _evidence(body: str) -> str | None:
    """Return how the decimals of an amount begin, "either" where both are possible, None where it has none."""
    if EITHER.fullmatch(body):
        return "either"
    possible = [mark for mark, form in BODY.items() if form.fullmatch(body)]
    return possible[0] if len(possible) == 1 else None


def _mark_of(read: Read, texts: Mapping[str, list[str]], bare: Mapping[str, Mapping[str, tuple]]) -> Decimal:
    """Return how decimals begin in all columns together; where both occur, the point, and the others are refused."""
    found: dict[str, tuple[str, str]] = {}
    for name, said in texts.items():
        for text in said:
            kind = _evidence(bare[name][text][0] if text in bare[name] else text.removeprefix("-"))
            if kind == "point":
                return "point"
            if kind:
                found.setdefault(kind, (name, text))
    if "comma" in found:
        return "comma"
    if "either" in found:
        raise _doubt(read, *found["either"])
    return "point"


def _doubt(read: Read, name: str, text: str) -> CasebookError:
    place, row = read.source.at(_row_of(read, name, text))
    body, minus, _sign = _bare(text)
    one, other = (_plain((body, minus, ""), mark, text) for mark in BODY)
    return CasebookError(
        f"{place}, column {name!r}, row {row}: {text!r} can be read as {_short(one)} (say decimal=point) or, with a "
        f"decimal comma, as {_short(other)} (say decimal=comma){headed(name, read.headings)}"
    )


def _short(number: str) -> str:
    return f"{Exact(number).normalize():f}"


def _row_of(read: Read, name: str, text: str) -> int:
    place = pc.index(read.rows[name], pa.scalar(text)).as_py()
    return read.rows["row"][place].as_py()


def _check_currency(read: Read, name: str, signs: Mapping[str, str]) -> None:
    kinds = {unicodedata.normalize("NFKC", sign).upper().rstrip(".") for sign in signs.values()}
    if len(kinds) > 1:
        first, other = sorted(kinds)[:2]
        text = next(text for text, sign in signs.items() if sign.upper().rstrip(".") == other)
        place, row = read.source.at(_row_of(read, name, text))
        raise CasebookError(
            f"{place}, column {name!r}, row {row}: {text!r} is in another currency than others, which are in "
            f"{first}; a report is in one currency{headed(name, read.headings)}"
        )


def _plain(bare: tuple[str, bool, str], mark: str, text: str) -> str:
    """Return an amount as in -1234.50, or the text itself where it is none."""
    body, negative, _sign = bare
    if not body or not BODY[mark].fullmatch(body) or not any(map(str.isdigit, body)):
        return text
    number = body.replace(MARKS[mark], "").replace(",", ".")
    return f"-{number}" if negative else number


def _replaced(column: pa.ChunkedArray, changed: Mapping[str, str]) -> pa.Array:
    encoded = column.combine_chunks().dictionary_encode()
    words = pa.array([changed.get(word, word) for word in encoded.dictionary.to_pylist()], pa.string())
    return pa.DictionaryArray.from_arrays(encoded.indices, words).cast(pa.string())


def as_number(column: ir.Column, kind: str) -> ir.Column:
    """Return a column as numbers of a kind, missing where it holds none; engines would read 1_2 as 12."""
    plain = ibis.ifelse(column.contains("_"), None, column) if column.type().is_string() else column
    return plain.try_cast(kind)


def has_fractions(column: pa.ChunkedArray) -> bool:
    """Say whether some number of a column is no whole one, as where quantities are weights."""
    if pa.types.is_string(column.type):
        said = pc.unique(column).drop_null().to_pylist()
        return any(PLAIN.fullmatch(text) and Exact(text) % 1 for text in map(str.strip, said))
    if pa.types.is_integer(column.type):
        return False
    numbers = pc.cast(column, pa.float64())
    finite = pc.filter(numbers, pc.fill_null(pc.is_finite(numbers), False))
    return bool(pc.any(pc.not_equal(pc.round(finite), finite)).as_py())
