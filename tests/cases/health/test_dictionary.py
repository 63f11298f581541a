from pathlib import Path

import pandas as pd

from helpers.cases.health.dictionary import data_dictionary
from helpers.cases.health.reader import MEMBERS, TRANSACTIONS, read_health
from tests.cases.health.tables import members, transactions, write


def test_every_column_that_the_reader_knows_is_told_with_its_type_and_its_empty_cells(tmp_path: Path) -> None:
    people = members("M1", "M2", "M3").assign(join_date=pd.to_datetime(["1899-12-30", None, "2020-01-01"]))
    rows = transactions(discount=[None, 5, 6, 7], centre=["C1", None, None, "C2"])
    told = data_dictionary(read_health(write(tmp_path, people, rows), {})).set_index(["table", "column"])
    known = [(wanted.name, column) for wanted in (MEMBERS, TRANSACTIONS) for column in wanted.columns]
    assert told.index.tolist() == known
    assert told["meaning"].notna().all()
    joined, discount = told.loc[("members", "join_date")], told.loc[("transactions", "discount")]
    assert joined[["type", "rows", "empty"]].tolist() == ["date", 3, 2]
    assert discount[["type", "rows", "empty", "empty_share", "done"]].tolist() == [
        "whole number",
        4,
        1,
        0.25,
        "read as zero",
    ]
    assert told.loc[("transactions", "centre"), "empty_share"] == 0.5
    assert told.loc[("transactions", "payment_date"), ["type", "done"]].tolist() == ["text", ""]
