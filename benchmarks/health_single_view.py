"""What do portable expressions cost against SQL written by hand, and what do they save against plain pandas?

The cleaning of the health case, with all its validation and counts, and the single view of 18 months: three ways on
the same Parquet, to the same last digit.
"""

import json
import re
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from helpers.cases.health.cleaning import clean_health
from helpers.cases.health.features import single_view
from helpers.cases.health.reader import read_health

START, END = date(2022, 1, 1), date(2023, 7, 1)
WHOLE = re.compile(r"[0-9]+\.0+")
RANGES = ["Q1", "Q2", "Q3", "Q4"]
Result = tuple[pd.DataFrame, list[int]]  # the single view, and the rows before and after the steps


def ranges_of(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "truth" / "products.parquet")[["product", "price_range"]]


def by_expressions(folder: Path) -> Result:
    """Return the single view by this project's own functions."""
    clean = clean_health(read_health(folder, {}))
    view = single_view(clean.transactions, clean.members, ranges_of(folder), START, END)
    return view, clean.audit["rows_after"].tolist()


def by_sql(folder: Path) -> Result:
    """Return the single view by SQL written by hand."""
    connection = duckdb.connect()
    connection.register("products", ranges_of(folder))
    values = {
        "transactions": f"'{folder / 'transactions.parquet'}'",
        "members": f"'{folder / 'members.parquet'}'",
        "start": f"DATE '{START}'",
        "end": f"DATE '{END}'",
    }
    script = Path(__file__).with_suffix(".sql").read_text()
    connection.execute(re.sub(r"\$(transactions|members|start|end)\b", lambda name: values[name[1]], script))
    counts = connection.execute("FROM counts").df()
    connection.execute("FROM by_member").df()
    rows = connection.execute(f"SELECT count(*) FROM {values['transactions']}").fetchone()
    left = [int(counts.loc[counts["lost"] >= step, "rows"].sum()) for step in range(7)]
    view = connection.execute("FROM single_view ORDER BY member").df().set_index("member")
    return view, [rows[0] if rows else 0, *left]


def by_pandas(folder: Path) -> Result:
    """Return the single view by pandas as most people write it, each product in a column of its own."""
    rows = pd.read_parquet(folder / "transactions.parquet")
    audit = [_counts(rows)]
    for step in (
        pd.DataFrame.drop_duplicates,
        _with_total,
        _with_json,
        _with_basket,
        _with_date,
        _with_member,
        _in_years,
    ):
        rows = step(rows)
        audit.append(_counts(rows))
    rows[["discount", "paid_amt"]].isna().sum()
    rows = rows.fillna({"discount": 0, "paid_amt": 0})
    rows.groupby("member")["paid_amt"].max().gt(0).sum()
    inside = rows[(rows["date"] >= pd.Timestamp(START)) & (rows["date"] < pd.Timestamp(END))]
    return _view(inside, _members(folder), ranges_of(folder)), [rows for rows, _members_left, _amount in audit]


def _counts(rows: pd.DataFrame) -> tuple[int, int, float]:
    return len(rows), rows["member"].nunique(), rows["total_amt"].sum()


def _with_total(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.dropna(subset="total_amt")


def _with_json(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.dropna(subset="product_json")


def _with_basket(rows: pd.DataFrame) -> pd.DataFrame:
    read = rows.assign(basket=[_basket(text) for text in rows["product_json"]])
    good = read["basket"].map(lambda basket: isinstance(basket, dict))
    read.loc[~good, "basket"].value_counts()
    return read[good]


def _basket(text: str) -> dict[str, int] | str:
    """Return products and quantities, or what is wrong with the text."""
    try:
        pairs = json.loads(text, object_pairs_hook=tuple, parse_float=_whole)
    except json.JSONDecodeError:
        return "malformed"
    if not isinstance(pairs, tuple):
        return "array" if isinstance(pairs, list) else "malformed"
    basket = dict(pairs)
    if not basket or len(basket) < len(pairs):
        return "twice" if basket else "empty"
    if any(isinstance(number, (list, tuple)) for number in basket.values()):
        return "nested"
    good = "" not in basket and all(type(number) is int and 0 < number < 10**9 for number in basket.values())
    return basket if good else "quantity"


def _whole(text: str) -> int | None:
    return int(float(text)) if WHOLE.fullmatch(text) else None


def _with_date(rows: pd.DataFrame) -> pd.DataFrame:
    text, slashes = rows["payment_date"], rows["payment_date"].str.contains("/", na=False)
    written = pd.to_datetime(text.where(~slashes).str[:10], format="%Y-%m-%d", errors="coerce")
    written = written.fillna(pd.to_datetime(text.where(slashes), format="%m/%d/%Y", errors="coerce"))
    turned = pd.to_datetime(text.where(~slashes).str[:10], format="%Y-%d-%m", errors="coerce")
    turned = turned.fillna(pd.to_datetime(text.where(slashes), format="%d/%m/%Y", errors="coerce"))
    recorded = pd.to_datetime(rows["export"], format="%Y-%m")
    wrong = written.dt.to_period("M") != recorded.dt.to_period("M")
    swapped = wrong & (written.isna() | (turned.dt.to_period("M") == recorded.dt.to_period("M")))
    return rows.assign(date=written.mask(swapped, turned)).dropna(subset="date")


def _with_member(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.dropna(subset="member")


def _in_years(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["date"].dt.year != 2021]


def _members(folder: Path) -> pd.DataFrame:
    members = pd.read_parquet(folder / "members.parquet").drop_duplicates("member")
    joined = pd.to_datetime(members["join_date"])
    return members.assign(join_date=joined.where(joined >= "1900-01-02"))


def _view(inside: pd.DataFrame, members: pd.DataFrame, ranges: pd.DataFrame) -> pd.DataFrame:
    by_member = inside.groupby("member")
    view = by_member.agg(
        total_amount=("total_amt", "sum"),
        frequency=("transaction", "size"),
        discount_amount=("discount", "sum"),
        first=("date", "min"),
        last=("date", "max"),
        visit_centres=("centre", "nunique"),
    )
    quantity = _quantities(inside, ranges)
    view["total_quantity"] = quantity.sum(axis="columns")
    view["visit_period"] = (view["last"] - view["first"]).dt.days
    view["mean_time_between_purchases"] = view["visit_period"] / view["frequency"]
    view["basket_size"] = view["total_amount"] / view["total_quantity"]
    view["order_size"] = view["total_amount"] / view["frequency"]
    view["visit_size"] = view["total_quantity"] / view["frequency"]
    view["cltv"] = view["order_size"] * (pd.Timestamp(END) - view["first"]).dt.days
    for name in RANGES:
        view[f"{name.lower()}_share"] = quantity[name] / view["total_quantity"]
    joined = members["join_date"].isna() | (members["join_date"] < pd.Timestamp(END))
    recruits = members[joined]["sponsor"].value_counts()
    view["members"] = recruits.reindex(view.index).fillna(0)
    return view.sort_index()


def _quantities(inside: pd.DataFrame, ranges: pd.DataFrame) -> pd.DataFrame:
    pairs = inside.set_index("member")["basket"].map(lambda basket: list(basket.items())).explode()
    lines = pd.DataFrame(pairs.tolist(), columns=["product", "quantity"], index=pairs.index).reset_index()
    wide = lines.pivot_table(index="member", columns="product", values="quantity", aggfunc="sum", fill_value=0)
    return wide.T.groupby(ranges.set_index("product")["price_range"]).sum().T.reindex(columns=RANGES, fill_value=0)
