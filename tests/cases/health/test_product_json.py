import json
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest

from helpers.cases.health.product_json import (
    ARRAY,
    EMPTY,
    FAULTS,
    MALFORMED,
    NESTED,
    QUANTITIES,
    TWICE,
    lines_of,
    with_basket,
)
from helpers.errors import CasebookError
from tests.cases.health.tables import TEXTS


def read(texts: list[str | None]) -> pd.DataFrame:
    table = pd.DataFrame({"place": range(len(texts)), "product_json": pd.Series(texts, dtype="str")})
    connection = ibis.duckdb.connect()
    return with_basket(connection.create_table("texts", table)).order_by("place").execute()


def basket_by_hand(text: str | None) -> dict[str, int] | None:
    """Read a text by Python's parser: an object of codes to whole numbers above zero, each once."""
    text = text or ""
    if not {"\\", '"'} & set(text):
        text = text.replace("'", '"')  # as Python writes a dict
    try:
        pairs = json.loads(text, object_pairs_hook=tuple)
    except json.JSONDecodeError:
        return None
    if not (isinstance(pairs, tuple) and pairs and all(_good(*pair) for pair in pairs)):
        return None
    basket = {code: int(quantity) for code, quantity in pairs}
    return basket if len(basket) == len(pairs) else None


def _good(code: str, quantity: Any) -> bool:
    number = isinstance(quantity, int | float) and not isinstance(quantity, bool)
    return bool(code) and number and quantity == int(quantity) and 0 < quantity < 10**9


def as_dict(basket: Any) -> dict[str, int] | None:
    return (
        {line["product"]: int(line["quantity"]) for line in basket} if isinstance(basket, list | np.ndarray) else None
    )


@pytest.mark.parametrize(
    "text", ["{'A': 1, 'B C': 12}", " { 'A':1 ,'B C' : 12.0 } ", '{"A": 1, "B C": 12}', "{'A': 1, 'B C': 12}\n"]
)
def test_what_python_writes_of_a_dict_says_the_same(text: str) -> None:
    assert as_dict(read([text]).iloc[0]["basket"]) == {"A": 1, "B C": 12}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{'A': 0}", QUANTITIES),
        ("{'A': 1, 'A': 2}", TWICE),
        ("{'A': 1, \"B\": 2}", MALFORMED),
        ("{'A\"': 1}", MALFORMED),
        ('{"A":1,"A":2}', TWICE),
        ('{"A":1,"\\u0041":2}', TWICE),
        ('{"A":1,"B":1,"A":2}', TWICE),
        ('{"A":1.5}', QUANTITIES),
        ('{"A":0,"B":1}', QUANTITIES),
        ('{"A":"2"}', QUANTITIES),
        ('{"A":[1]}', NESTED),
        ('{"A":1,"B":{"C":1}}', NESTED),
        ("[1]", ARRAY),
        ("{ }", EMPTY),
        ('{"A":1', MALFORMED),
        ('{"A":1} x', MALFORMED),
        ("", MALFORMED),
        ("null", MALFORMED),
    ],
)
def test_what_is_wrong_with_a_text_is_named(text: str, fault: str) -> None:
    row = read([text]).iloc[0]
    assert FAULTS[row["json_fault"]] == fault
    assert as_dict(row["basket"]) is None


def test_every_dirty_text_reads_as_by_hand() -> None:
    table = read(TEXTS)
    # Python reads 1e2 as a number and half a letter as a text; here neither is good
    by_hand = [None if text in ('{"A":1e2}', '{"\\ud800":1}') else basket_by_hand(text) for text in TEXTS]
    assert [as_dict(basket) for basket in table["basket"]] == by_hand
    given = table["product_json"].notna()
    assert (table["json_fault"].notna() == (given & pd.Series([basket is None for basket in by_hand]))).all()


def test_texts_that_are_cut_or_changed_anywhere_never_raise_and_read_as_by_hand() -> None:
    rng = np.random.default_rng(0)
    good = '{"A1B2C": 2, "ZZ91": 1, "Q": 12}'
    cut = [good[:end] for end in range(len(good) + 1)]
    places, letters = rng.integers(0, len(good), 1_500), rng.choice(list('{}[]":,.0-9A\\ u'), 1_500)
    changed = [good[:place] + letter + good[place + 1 :] for place, letter in zip(places, letters, strict=True)]
    texts = cut + changed
    assert [as_dict(basket) for basket in read(texts)["basket"]] == [basket_by_hand(text) for text in texts]


def test_lines_have_a_row_for_each_product() -> None:
    connection = ibis.duckdb.connect()
    frame = pd.DataFrame({"t": [1, 2, 3], "product_json": ['{"B": 2, "A": 1}', "oops", '{"A": 5.0}']})
    baskets = with_basket(connection.create_table("texts", frame)).select("t", "basket")
    lines = lines_of(baskets).order_by("t", "product").execute()
    assert lines.to_numpy().tolist() == [[1, 2, "A", 1], [1, 2, "B", 2], [3, 1, "A", 5]]
    assert list(lines) == ["t", "products", "product", "quantity"]


def test_an_engine_without_a_seam_is_named() -> None:
    table = ibis.sqlite.connect().create_table("texts", schema=ibis.schema({"product_json": "string"}))
    with pytest.raises(CasebookError, match="unknown engine 'sqlite'"):
        with_basket(table)
