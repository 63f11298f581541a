"""What is in each column of the two raw tables, how much of it is missing, and what is done where it is?"""

from pathlib import Path

import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pandas as pd

from helpers.cases.health.membership import known_join_date
from helpers.cases.health.reader import RawHealth
from helpers.datasets.reading import ROW


def data_dictionary(raw: RawHealth) -> pd.DataFrame:
    """Return a row for each column as read: table, column, type, meaning, rows, empty, empty_share and done.

    Empty is the number of rows without a value, and done says what becomes of these; it is empty where there are
    none. A sentinel of the join date counts as empty.
    """
    members = raw.members.drop(ROW).mutate(join_date=known_join_date(raw.members.join_date))
    found = pd.concat([_counted("members", members), _counted("transactions", raw.transactions)])
    table = found.merge(pd.read_csv(Path(__file__).with_suffix(".csv")), on=["table", "column"], how="left")
    table["done"] = table["done"].fillna("").where(table["empty"] > 0, "")
    return table[["table", "column", "type", "meaning", "rows", "empty", "empty_share", "done"]]


def _counted(name: str, table: ir.Table) -> pd.DataFrame:
    """Return table, column, type, rows, empty and empty_share of each column."""
    sums = {each: table[each].isnull().sum() for each in table.columns}
    counts = table.aggregate(rows=table.count(), **sums).execute().iloc[0].astype(int)
    rows, empty = counts["rows"], counts[list(table.columns)].to_numpy()
    types = [_word(table[each].type()) for each in table.columns]
    columns = {"table": name, "column": table.columns, "type": types, "rows": rows, "empty": empty}
    return pd.DataFrame(columns).assign(empty_share=empty / rows)


def _word(kind: dt.DataType) -> str:
    """Return a type in plain words."""
    if kind.is_string():
        return "text"
    if kind.is_date():
        return "date"
    return "whole number" if kind.is_integer() else "number"
