"""What do portable expressions cost against SQL written by hand, and what do they save against plain pandas?

The cleaning of the health case, with all its validation and counts, and the single view of 18 months: three ways on
the same Parquet, in processes of their own, in turn. `python benchmarks/health_single_view.py --members 578000`
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from helpers.cases.health.cleaning import clean_health
from helpers.cases.health.features import features, single_view
from helpers.cases.health.reader import read_health
from helpers.cases.health.sample import generate_health

START, END = date(2022, 1, 1), date(2023, 7, 1)
FULL = 578_000  # members, who make 2,406,316 rows
WAYS = ("expressions", "sql", "pandas")
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


def work(way: str, folder: Path, out: Path | None) -> None:
    """Run one way in this process, and print seconds, processor seconds and the peak of memory in GB."""
    ways: dict[str, Callable[[Path], Result]] = dict(zip(WAYS, (by_expressions, by_sql, by_pandas), strict=True))
    start, processor = time.perf_counter(), time.process_time()
    view, rows = ways[way](folder)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    memory = int(re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[0]) / 2**20
    if out:
        view[features()["feature"]].astype(float).to_parquet(out)
    print(json.dumps({"seconds": seconds, "processor": processor, "memory": memory, "rows": rows}))


def measured(way: str, folder: Path, out: Path | None = None) -> dict[str, Any]:
    """Run one way in a process of its own."""
    saved = ["--out", str(out)] if out else []
    command = [sys.executable, __file__, "--work", way, "--folder", str(folder), *saved]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{way} failed:\n{done.stderr}")
    return {"way": way, **json.loads(done.stdout.splitlines()[-1])}


def compare(folder: Path, ways: list[str], repeats: int) -> pd.DataFrame:
    """Run the ways in turn, check that they agree, and return their medians."""
    with tempfile.TemporaryDirectory() as place:
        first = [measured(way, folder, Path(place) / way) for way in ways]
        views = [pd.read_parquet(Path(place) / way) for way in ways]
    for way, result, view in zip(ways, first, views, strict=True):
        pd.testing.assert_frame_equal(view, views[0], check_exact=True, obj=f"the view by {way}")
        if result["rows"] != first[0]["rows"]:
            raise SystemExit(f"{way} counts {result['rows']} rows step by step, {ways[0]} {first[0]['rows']}")
    print(f"{', '.join(ways)} agree to the last digit on {len(views[0]):,} members; rows: {first[0]['rows']}")
    rest = [measured(way, folder) for _ in range(repeats - 1) for way in ways]
    return pd.DataFrame(first + rest).groupby("way")[["seconds", "processor", "memory"]].median().loc[ways]


def generated(members: int) -> Path:
    return generate_health(members, 1).folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--members", type=int, default=FULL)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="data of your own, with truth/products.parquet")
    parser.add_argument("--work", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        return work(given.work, given.folder, given.out)
    folder = given.folder or generated(given.members)
    table = compare(folder, list(WAYS), given.repeats)
    for way in WAYS[:2]:
        table[f"times_{way}"] = table["seconds"] / table.loc[way, "seconds"]
    print(table.round(2).to_string())
    if not given.folder:
        quarter = compare(generated(given.members // 4), list(WAYS[:1]), given.repeats).loc[WAYS[0], "seconds"]
        times = table.loc[WAYS[0], "seconds"] / quarter
        print(f"a quarter of the rows takes {quarter:.2f} s; four times the rows take {times:.2f} times as long")
    return None


if __name__ == "__main__":
    main()
