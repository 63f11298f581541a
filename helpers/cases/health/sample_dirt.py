"""What goes wrong between the till and the table? Rows that say too little, dates misread, rows that stand twice.

Broken rows come on top of the orders, so that a right cleaning gives exactly the planted orders back.
"""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.cases.health.sample_baskets import PRODUCTS
from helpers.cases.health.sample_members import FIRST_MONTH, quota
from helpers.cases.health.sample_orders import ORIGIN

# Share of the rows that are broken copies of an order, by what is wrong; the last stand twice, number and all.
BROKEN = {
    "no total": 0.006,
    "no products": 0.006,
    "cut off": 0.0006,
    "no colon": 0.0006,
    "open quote": 0.0003,
    "repeated key": 0.0015,
    "no date": 0.0003,
    "no member": 0.0003,
    "repeated row": 0.0002,
}
NO_DATE = "0/0/0000"
MISREAD = ("2020-05", "2021-02", "2022-03", "2022-10", "2023-02")  # exports whose dates a spreadsheet misread
GONE, OWN, CIRCLES = 0.001, 0.0001, 0.0001  # members whose sponsor left, who sponsor themselves; circles of two
NO_JOIN_DATE, ZERO_JOIN_DATE, ZERO = 0.19, 0.005, np.datetime64("1899-12-30")  # shares, and a spreadsheet's day zero
EMPTY_IF_ZERO = {"discount": 0.3, "paid_amt": 0.25}


def broken_counts(n_rows: int) -> dict[str, int]:
    """Return how many of the rows are broken in each way, and repeated."""
    return {name: max(1, round(share * n_rows)) for name, share in BROKEN.items()}


def with_broken_rows(rows: pd.DataFrame, n_rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Add broken copies of orders, number the rows by day, repeat some; `fault` says what is wrong with each."""
    counts = broken_counts(n_rows)
    repeated = counts.pop("repeated row")
    chosen = rng.choice(len(rows), sum(counts.values()))
    broken = rows.iloc[chosen].assign(fault=np.repeat(list(counts), list(counts.values())))
    every = pd.concat([rows.assign(fault=""), broken], ignore_index=True)
    every = every.iloc[np.lexsort([rng.random(len(every)), every["day"]])]
    every.insert(0, "transaction", 1_000_001 + np.arange(len(every)))
    again = np.sort(rng.choice(np.flatnonzero(every["fault"] == ""), repeated, replace=False))
    twice = every.iloc[np.sort(np.concatenate([np.arange(len(every)), again]))].reset_index(drop=True)
    return twice.assign(fault=twice["fault"].mask(twice["transaction"].duplicated(), "repeated row"))


def date_texts(day: np.ndarray) -> tuple[pa.Array, np.ndarray]:
    """Return the dates as the exports write them, and how each was misread: "", "text" or "swapped".

    In a misread export a spreadsheet took month/day for day/month: it left the date as text where no such date is,
    and swapped them where there is one.
    """
    days = np.arange(day.max() + 1)
    dates = ORIGIN + days
    month = dates.astype("datetime64[M]")
    number = (dates - month).astype(int) + 1
    misread = np.isin(month.astype(str), MISREAD)
    swapped = misread & (number <= 12) & (number != month.astype(int) % 12 + 1)
    kind = np.where(swapped, "swapped", np.where(misread & (number > 12), "text", ""))
    formats = {"": "%Y-%m-%d", "swapped": "%Y-%d-%m", "text": "%-m/%-d/%Y"}
    texts = [date.strftime(formats[fault]) for date, fault in zip(dates.tolist(), kind, strict=True)]
    return pa.array(texts).take(pa.array(day)), kind[day]


def product_json(lines: pd.DataFrame, n_baskets: int) -> pa.Array:
    """Return each basket as the text of a JSON object, product to quantity."""
    most = int(lines["quantity"].max()) + 1
    pieces = pa.array([f'"{product}": {number}' for product in PRODUCTS["product"] for number in range(most)])
    parts = pieces.take(pa.array(lines["product"].to_numpy() * most + lines["quantity"].to_numpy()))
    ends = np.searchsorted(lines["basket"], np.arange(n_baskets + 1))
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(ends, pa.int32()), parts), ", ")
    return pc.binary_join_element_wise("{", joined, "}", "")


def broken_json(texts: pa.Array, fault: np.ndarray) -> pa.Array:
    """Return the texts as they stand in the rows, by what is wrong."""
    ways = {
        "no products": lambda text: pa.nulls(len(text), pa.string()),
        "cut off": lambda text: pc.utf8_slice_codeunits(text, 0, -2),
        "no colon": lambda text: pc.replace_substring(text, ":", ""),
        "open quote": lambda text: pc.replace_substring(text, '":', ":"),
        "repeated key": lambda text: pc.replace_substring_regex(text, r"^\{([^,}]*)", r"{\1, \1"),
    }
    for name, way in ways.items():
        wrong = pa.array(fault == name)
        texts = pc.replace_with_mask(texts, wrong, way(texts.filter(wrong)))
    return texts


def broken_sponsors(sponsor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the sponsor's row of each member as the table has it, and the length plus that row of one who left."""
    n = len(sponsor)
    counts = [max(1, round(share * n)) for share in (GONE, OWN, CIRCLES)]
    chosen = rng.permutation(np.flatnonzero(sponsor >= 0))[: sum(counts)]
    gone, own, below = np.split(chosen, np.cumsum(counts)[:-1])
    named = sponsor.copy()
    named[gone] += n
    named[own] = own
    named[sponsor[below]] = below
    return named


def emptied(rows: pd.DataFrame, column: str, rng: np.random.Generator) -> pa.Array:
    """Return the column's values, of whose zeros some are empty cells; a repeated row has the same cells again."""
    place = rows["transaction"].to_numpy() - rows["transaction"].min()
    empty = rng.random(place.max() + 1)[place] < EMPTY_IF_ZERO[column]
    return pa.array(rows[column], mask=empty & (rows[column] == 0).to_numpy())


def join_dates(month: np.ndarray, rng: np.random.Generator) -> pa.Array:
    """Return the first of the month as a date; some are missing, and a few are a spreadsheet's day zero."""
    shares = np.array([NO_JOIN_DATE, ZERO_JOIN_DATE, 1 - NO_JOIN_DATE - ZERO_JOIN_DATE])
    kind = rng.permuted(np.repeat(["missing", "zero", ""], quota(shares, len(month))))
    dates = np.where(kind == "zero", ZERO, (FIRST_MONTH + month).astype("datetime64[D]"))
    return pa.array(dates, mask=kind == "missing")
