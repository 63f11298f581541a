"""Which rows of a table are no rows of it, but their totals?

Spreadsheets end with a row of totals, or each group of rows does: a row that says so and lacks what rows have.
"""

import re
from collections.abc import Sequence
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

SAYS_TOTAL = re.compile(
    r"\s*(grand |sub[- ]?|overall )?(totals?|sums?|gesamt|summe|zwischensumme|gesamtsumme|endsumme|somme|sous-total|"
    r"total g[ée]n[ée]ral|totale|subtotale|totaal|totalt|suma|celkem|razem|összesen|yekun|toplam|итого|всего|"
    r"合计|总计|小计|合計|総計|小計|합계|총계)\b[^,;]{0,40}",
    re.IGNORECASE,
)


def total_rows(table: pa.Table, needed: Sequence[str]) -> list[int]:
    """Return the places of the rows in which some cell says total and at least a third of the needed cells are empty.

    Examples
    --------
    >>> table = pa.table({"order": ["1", "Total"], "day": ["2024-01-02", None], "units": ["3", "3"]})
    >>> total_rows(table, ["order", "day", "units"]), total_rows(table, ["order", "units"])
    ([1], [])
    """
    present = [name for name in needed if name in table.column_names]
    empty = reduce(pc.add, (pc.cast(pc.is_null(table[name]), pa.int8()) for name in present))
    suspects = pc.indices_nonzero(
        pc.and_(pc.greater(empty, 0), pc.greater_equal(pc.multiply(empty, 3), len(present)))
    )
    rows = table.take(suspects).to_pylist()
    return [
        place for place, row in zip(suspects.to_pylist(), rows, strict=True) if any(map(_says_total, row.values()))
    ]


def _says_total(cell: object) -> bool:
    return isinstance(cell, str) and SAYS_TOTAL.fullmatch(cell) is not None
