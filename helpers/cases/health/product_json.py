"""Which products, and how many of each, stand in the JSON text of a transaction?

A text is good when it is an object of product codes to whole numbers above zero, each code once. One grammar decides
that on every engine, since their JSON functions differ in what they forgive. Only the step from a good text to its
parts is the engine's own. What Python writes of a dict, {'A': 1} with single quotes, is taken for what it means.
"""

from collections.abc import Callable

import ibis
import ibis.expr.types as ir
from ibis import _

from helpers.errors import unknown

SPACE = r"[ \t\r\n]*"
ESCAPE = r"\\(?:[\"\\/bfnrt]|u(?:[0-9a-cA-CefEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2}))"
TEXT = rf'"(?:[^"\\\x00-\x1f]|{ESCAPE})*"'
CODE = TEXT.removesuffix('*"') + '+"'
QUANTITY = r"[1-9][0-9]{0,8}(?:\.0+)?"
SCALAR = rf"(?:-?[0-9][0-9.eE+-]*|{TEXT}|true|false|null)"

MALFORMED, ARRAY, NESTED = "no JSON object", "an array", "an object within the object"
EMPTY, QUANTITIES, TWICE = "an empty object", "a quantity that is no whole number above 0", "a product twice"
FAULTS = (MALFORMED, ARRAY, NESTED, EMPTY, QUANTITIES, TWICE)


def _object(code: str, value: str) -> str:
    """Return the regular expression of an object with one pair or more."""
    pair = f"{code}{SPACE}:{SPACE}{value}{SPACE}"
    return f"^{SPACE}\\{{{SPACE}{pair}(?:,{SPACE}{pair})*\\}}{SPACE}$"


GOOD, FLAT = _object(CODE, QUANTITY), _object(TEXT, SCALAR)
SINGLE = r"'[^'\"\\\x00-\x1f]*'"
OF_PYTHON = _object(SINGLE, rf"(?:-?[0-9][0-9.eE+-]*|{SINGLE})")
NO_PAIR = f"^{SPACE}\\{{{SPACE}\\}}{SPACE}$"
BRACKETED = f"^{SPACE}\\[(?s:.)*\\]{SPACE}$"
BRACKETS_WITHIN = f"^{SPACE}\\{{(?s:.)*[\\[{{](?s:.)*\\}}{SPACE}$"

BASKET = "array<struct<product: string, quantity: float64>>"
TEXTS = "array<struct<key: string, value: string>>"


@ibis.udf.scalar.builtin
def json_keys(text: str) -> list[str]:  # type: ignore[empty-body]
    """DuckDB: return the keys of an object, one that is there twice also twice."""


@ibis.udf.scalar.builtin
def json_extract_string(text: str, path: str) -> list[str]:  # type: ignore[empty-body]
    """DuckDB: return the values at a path, as texts."""


@ibis.udf.scalar.builtin(signature=((list[str], list[str]), TEXTS))
def list_zip(keys, values):  # type: ignore[no-untyped-def]
    """DuckDB: return two lists as one of pairs."""


@ibis.udf.scalar.builtin
def list_distinct(values: list[str]) -> list[str]:  # type: ignore[empty-body]
    """DuckDB: return each value once."""


@ibis.udf.scalar.builtin(signature=(("string", "string"), "map<string, string>"))
def from_json(text, schema):  # type: ignore[no-untyped-def]
    """Spark: return an object as a map; a key that is there twice stays so."""


@ibis.udf.scalar.builtin(signature=(("map<string, string>",), TEXTS))
def map_entries(pairs):  # type: ignore[no-untyped-def]
    """Spark: return a map as a list of pairs."""


@ibis.udf.scalar.builtin
def array_distinct(values: list[str]) -> list[str]:  # type: ignore[empty-body]
    """Spark: return each value once."""


def _duckdb(good: ir.Table) -> ir.Table:
    keyed = good.mutate(_products=json_keys(_._good))
    return keyed.mutate(_pairs=list_zip(_._products, json_extract_string(_._good, "$.*")))


def _spark(good: ir.Table) -> ir.Table:
    pairs = from_json(good._good, "map<string,string>")
    return good.mutate(_products=pairs.keys(), _pairs=map_entries(pairs))


# What gives a good text's product codes and its pairs of code and quantity; what gives each value of a list once.
PARTS = {"duckdb": (_duckdb, list_distinct), "pyspark": (_spark, array_distinct)}


def with_basket(table: ir.Table) -> ir.Table:
    """Return a table, in DuckDB or Spark, with what its text column `product_json` says.

    Further columns are json_fault (the place in FAULTS; missing where the text is good or missing) and basket (an
    array of structs of `product` and `quantity`, in the text's order; missing where the text is not good).
    """
    engine = table.get_backend().name
    if engine not in PARTS:
        raise unknown("engine", engine, PARTS)
    text = _.product_json
    separate, once = PARTS[engine]
    told = table.mutate(product_json=ibis.ifelse(text.re_search(OF_PYTHON), text.replace("'", '"'), text))
    parts = separate(told.mutate(_good=ibis.ifelse(text.re_search(GOOD), text, None)))
    found = parts.mutate(_twice=_holds_one_twice(parts._products, once))
    basket = ibis.ifelse(_._good.notnull() & ~_._twice, _._pairs, None).cast(BASKET)
    return found.mutate(json_fault=_fault(found), basket=basket).drop("_good", "_products", "_pairs", "_twice")


def _holds_one_twice(products: ir.ArrayValue, once: Callable[[ir.ArrayValue], ir.ArrayValue]) -> ir.BooleanValue:
    """Say whether a list has a value twice; the short lists, which are most, are cheap: compared two by two."""
    length = products.length()
    alike = [products[one] == products[other] for one, other in ((0, 1), (0, 2), (1, 2))]
    return ibis.cases(
        (length == 1, False),
        (length == 2, alike[0]),
        (length == 3, ibis.or_(*alike)),
        else_=once(products).length() < length,
    )


def _fault(found: ir.Table) -> ir.IntegerValue:
    text = found.product_json
    faults = (
        (text.isnull(), None),
        (found._twice, TWICE),
        (found._good.notnull(), None),
        (text.re_search(NO_PAIR), EMPTY),
        (text.re_search(BRACKETED), ARRAY),
        (text.re_search(FLAT), QUANTITIES),
        (text.re_search(BRACKETS_WITHIN), NESTED),
    )
    places = ((test, None if fault is None else FAULTS.index(fault)) for test, fault in faults)
    return ibis.cases(*places, else_=FAULTS.index(MALFORMED)).cast("int8")


def lines_of(transactions: ir.Table) -> ir.Table:
    """Return a row for each product of each transaction, from the column basket of `with_basket`.

    After the other columns come products (how many different ones the transaction has), product and quantity (units).
    """
    each = transactions.mutate(products=_.basket.length(), line=_.basket.unnest()).drop("basket")
    return each.mutate(product=_.line["product"], quantity=_.line["quantity"].cast("int64")).drop("line")
