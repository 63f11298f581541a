"""Are there lines of products in a file, or whole orders; units of a product, or one a line?

What a file lacks may be no fact of the shop, but a heading that nobody knows: then the user is asked.
"""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.datasets.contents import kind_of
from helpers.datasets.headings import Wanted
from helpers.datasets.reading import Choices, Read, read_found
from helpers.datasets.tables import Found
from helpers.errors import CasebookError

WHOLE_ORDER = "0"  # the product of orders without products
Done = list[str]


def completed(rows: pa.Table, read: Read) -> tuple[pa.Table, Done]:
    """Return rows with a product and a quantity, and what was done: an order without lines is one unit of itself.

    CasebookError where lines lack their product, or where another column may be the quantity.
    """
    rows, done = _with_product(rows, read)
    if "quantity" not in rows.column_names:
        rows = _with_quantity(rows, read)
        done.append("lines taken as one unit each, given back where their amount is negative")
    if "price" not in rows.column_names:
        done.append("prices made of the line's total and its quantity")
    return rows, done


def _with_product(rows: pa.Table, read: Read) -> tuple[pa.Table, Done]:
    if "product" in rows.column_names:
        return rows, []
    if pc.count_distinct(rows["invoice"]).as_py() < len(rows) - rows["invoice"].null_count:
        raise CasebookError(
            f"{read.source} has several lines of one invoice and no heading that is known for the product; say "
            f"columns={{product: your heading}}"
        )
    product = pa.array([WHOLE_ORDER] * len(rows))
    return rows.append_column("product", product), ["orders without products taken as one line each"]


def _with_quantity(rows: pa.Table, read: Read) -> pa.Table:
    name = "price" if "price" in rows.column_names else "total"
    heading = _may_be_quantity(read) if name == "price" else None
    if heading:
        raise CasebookError(
            f"{read.source} has no heading that is known for the quantity, and {heading!r} may be it: say "
            f"columns={{quantity: {heading}}}, or columns={{total: {read.headings['price']}}} if a line is one unit"
        )
    amounts = rows[name].to_pandas()
    numbers = pd.to_numeric(amounts, errors="coerce")
    signs = pa.array(numbers.lt(0).map({True: -1, False: 1}).to_numpy(), pa.int64())
    if name == "price" and numbers.lt(0).any():
        paid = amounts.str.removeprefix("-") if amounts.dtype == "str" else amounts.abs()
        rows = rows.set_column(rows.column_names.index(name), name, pa.array(paid))
    return rows.append_column("quantity", signs)


def _may_be_quantity(read: Read) -> str | None:
    """Return the heading of a column that serves as nothing and holds counts as those of units."""
    parts = read.source.parts
    left = [one for one in parts[0].headings if one.strip() and one not in read.headings.values()]
    if not left:
        return None
    others = read_found(Wanted("others", {one: (one,) for one in left}), Found(parts), {})
    return next((one for one in left if one in others.rows.column_names and _counts_units(others, one)), None)


def _counts_units(read: Read, heading: str) -> bool:
    if kind_of(read, heading, Choices()) != "counts":
        return False
    numbers = pd.to_numeric(read.rows[heading].to_pandas(), errors="coerce").dropna()
    return bool(numbers.abs().max() > 1 and (numbers != 0).all())
