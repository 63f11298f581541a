"""What would the network's transactions look like if we knew the truth behind them?

Members recruit members. Some order now and then, many order one starter set and no more, a few build a network and
order for it. Their movement from half-year to half-year, the prices, the tastes and the products that go together are
planted, and the tables carry the dirt of real ones. Tests ask whether the methods find what was planted here.

- Found: the kinds of members, their movement, the prices, the strong pair, and the season (`sample_orders.SEASON`).
- There, and too weak to be found among 30,000 members: only some kinds order `away` from home (sample_segments.csv),
  so that centre and kind go together; and customers have tastes (`sample_baskets.FAVOUR`), on which no offer gains.
- Seems to be there and is not: whom a sponsor stands above changes nothing, but branches hold different kinds, and
  so come back more or less often than others; the best sellers stand together often, as they would by chance.
- Dirt of each kind that is counted (`sample_dirt`): rows, dates, lists of products, join dates, sponsors, twins.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from helpers.cases.health import sample_dirt as dirt
from helpers.cases.health.cache import digest, kept
from helpers.cases.health.sample_baskets import AFFINITIES, PAIR, PRODUCTS, baskets, discounts, totals
from helpers.cases.health.sample_members import FIRST_MONTH, HALVES, MEMBERS, SEGMENTS, members
from helpers.cases.health.sample_orders import (
    CENTRES,
    ORIGIN,
    WINDOW,
    day_of,
    orders_before,
    orders_in_window,
    places,
)
from helpers.errors import CasebookError

ROWS, LEAST_MEMBERS = 2_406_316, 60
LONGEST = 12  # letters of the name of one who left; members have fewer
PAYERS, PAYS = 0.125, 0.76  # share of the members who ever pay, and of their orders that they do pay
ROW_GROUP, DICTIONARY_BYTES = 200_000, 16_000_000
COUNTING, UNLIKE = "transaction", ("transaction", "member", "sponsor", "product_json")  # the latter differ row by row


@dataclass(frozen=True)
class PlantedHealth:
    """Generated tables and the truth behind them.

    The folder has members.parquet and transactions.parquet, and in truth/ what is named here and further rows.parquet
    (each raw row: transaction, member, centre, channel, date, total_amt, discount, paid_amt as they should be, fault,
    date_fault, kept) and lines.parquet (transaction, product, quantity of the kept rows).
    """

    folder: Path
    members: pd.DataFrame  # member, segment, tier, join_month, sponsor, recruits, copy_of, payer, active in HALVES
    products: pd.DataFrame  # product, price (whole units), price_range, weight (of the transactions), taste, role
    affinities: (
        pd.DataFrame
    )  # product, beside, probability that it draws that along; of the strong pair, first, in all
    movement: pd.DataFrame  # segment, entry_1 to entry_3, retention and returns: SEGMENTS without who is inactive


def generate_health(n_members: int = 30_000, seed: int = 1) -> PlantedHealth:
    """Return members and their transactions, of the cache where they are in it.

    The same number and seed give the same files, byte for byte; as many members as MEMBERS give ROWS transactions.
    CasebookError where there are fewer than LEAST_MEMBERS, or the cache cannot be written.
    """
    if n_members < LEAST_MEMBERS:
        raise CasebookError(f"The sample cannot have {n_members} members; it must have at least {LEAST_MEMBERS}.")
    sources = [path for ending in ("py", "csv") for path in Path(__file__).parent.glob(f"sample*.{ending}")]
    name = f"health/{digest({'n_members': n_members, 'seed': seed}, sources)}"
    folder = kept(name, partial(_write, n_members=n_members, seed=seed))
    people = pd.read_parquet(folder / "truth" / "segments.parquet")
    movement = SEGMENTS.drop(index="inactive")[["entry_1", "entry_2", "entry_3", "retention", "returns"]]
    return PlantedHealth(folder, people, PRODUCTS, _planted_affinities(), movement.reset_index())


def _planted_affinities() -> pd.DataFrame:
    first, second = PRODUCTS.loc[PRODUCTS["role"] == "pair", "product"].to_numpy()[::-1]
    strong = [(first, second, PAIR["confidence"]), (second, first, PAIR["confidence_back"])]
    drawing = AFFINITIES.rename(columns={"adds": "probability"})
    return pd.concat([pd.DataFrame(strong, columns=list(drawing)), drawing], ignore_index=True)


def truth_of(n_members: int, seed: int) -> dict[str, pa.Table]:
    """Return what `generate_health` writes to truth/, by name, of a sample that is counted and not kept."""
    people, rows, lines, _n_orders = _planted(n_members, np.random.default_rng(seed))
    return _truth(people, rows, lines)


def _write(folder: Path, n_members: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    people, rows, lines, n_orders = _planted(n_members, rng)
    _write_members(folder, people, rng)
    _write_transactions(folder, people, rows, dirt.product_json(lines, n_orders), rng)
    (folder / "truth").mkdir()
    for name, table in _truth(people, rows, lines).items():
        _write_table(folder / "truth" / f"{name}.parquet", table)


def _planted(n_members: int, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, int]:
    """Return the members, the raw rows, the lines of the orders, and how many orders there are."""
    people, n_rows = members(n_members, rng), round(n_members * ROWS / MEMBERS)
    orders, lines = _orders(people, n_rows, rng)
    return people, _rows(people, orders, n_rows, rng), lines, len(orders)


def _orders(people: pd.DataFrame, n_rows: int, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the orders with what they cost, and their lines; `basket` is the order's row."""
    window = orders_in_window(people, rng)
    copied = _copied(people, window)
    n_before = n_rows - len(window) - len(copied) - sum(dirt.broken_counts(n_rows).values())
    orders = pd.concat([orders_before(people, n_before, rng), window], ignore_index=True)
    orders = pd.concat([orders, places(people, orders, rng)], axis="columns")
    lines = baskets(people, orders, rng)
    orders["total_amt"] = totals(lines, len(orders))
    orders["discount"] = discounts(orders["total_amt"].to_numpy(), orders["is_starter"].to_numpy(), rng)
    return orders.assign(basket=np.arange(len(orders))), lines


def _copied(people: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Return the orders again, under the member who is a copy of the one who made them."""
    copies = np.flatnonzero(people["copy_of"] >= 0)
    copy = pd.Series(copies, index=people["copy_of"].to_numpy()[copies], dtype=int)
    again = orders[orders["member"].isin(copy.index)]
    return again.assign(member=copy[again["member"]].to_numpy())


def _rows(people: pd.DataFrame, orders: pd.DataFrame, n_rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the raw rows in their order, with clean values and the fault that each is to be given."""
    window = orders[orders["day"] >= day_of(WINDOW)]
    every = pd.concat([orders, _copied(people, window)], ignore_index=True)
    people["payer"] = rng.random(len(people)) < PAYERS
    pays = people["payer"].to_numpy()[every["member"]] & (rng.random(len(every)) < PAYS)
    every["paid_amt"] = np.where(pays, every["total_amt"] - every["discount"], 0)
    return dirt.with_broken_rows(every, n_rows, rng)


def _write_members(folder: Path, people: pd.DataFrame, rng: np.random.Generator) -> None:
    name = people["member"].to_numpy(dtype=str)
    named = dirt.broken_sponsors(people["sponsor"].to_numpy(), rng)
    names = pa.array([*name, *np.char.ljust(name, LONGEST, "X")])  # of members, and of as many who left
    sponsor = names.take(pa.array(named, mask=named < 0))
    dates = dirt.join_dates(people["join_month"].to_numpy(), rng)
    _write_table(folder / "members.parquet", pa.table({"member": name, "join_date": dates, "sponsor": sponsor}))


def _write_transactions(
    folder: Path, people: pd.DataFrame, rows: pd.DataFrame, texts: pa.Array, rng: np.random.Generator
) -> None:
    fault, day = rows["fault"].to_numpy(dtype=str), rows["day"].to_numpy()
    months = (ORIGIN + np.arange(day.max() + 1)).astype("datetime64[M]").astype(str)
    named = _named(people, rows)
    columns = {
        **named,
        "member": pc.if_else(pa.array(fault == "no member"), pa.scalar(None, pa.string()), named["member"]),
        "export": _chosen(months, day),
        "payment_date": pc.if_else(pa.array(fault == "no date"), dirt.NO_DATE, dirt.date_texts(day)[0]),
        "product_json": dirt.broken_json(texts.take(pa.array(rows["basket"])), fault),
        "total_amt": pa.array(rows["total_amt"], mask=fault == "no total"),
        **{name: dirt.emptied(rows, name, rng) for name in ("discount", "paid_amt")},
    }
    _write_table(folder / "transactions.parquet", pa.table(columns))


def _named(people: pd.DataFrame, rows: pd.DataFrame) -> dict[str, pa.Array]:
    return {
        "transaction": pa.array(rows["transaction"]),
        "member": _chosen(people["member"].to_numpy(), rows["member"].to_numpy()),
        "centre": _chosen(np.array(CENTRES), rows["centre"].to_numpy()),
        "channel": _chosen(np.array(["offline", "online"]), rows["online"].to_numpy().astype(int)),
    }


def _chosen(names: np.ndarray, places: np.ndarray) -> pa.Array:
    return pa.array(names).take(pa.array(places))


def _truth(people: pd.DataFrame, rows: pd.DataFrame, lines: pd.DataFrame) -> dict[str, pa.Table]:
    fault, day = rows["fault"].to_numpy(dtype=str), rows["day"].to_numpy()
    columns = {
        **_named(people, rows),
        "date": pa.array((ORIGIN + day).astype("datetime64[D]")),
        **{name: pa.array(rows[name]) for name in ("total_amt", "discount", "paid_amt")},
        "fault": pa.array(fault),
        "date_fault": pa.array(dirt.date_texts(day)[1]),
        "kept": pa.array(fault == ""),
    }
    frames = {"products": PRODUCTS, "segments": _segments(people)}
    tables = {"rows": columns, "lines": _kept_lines(rows[fault == ""], lines)}
    return {name: pa.Table.from_pandas(frame) for name, frame in frames.items()} | {
        name: pa.table(table) for name, table in tables.items()
    }


def _kept_lines(rows: pd.DataFrame, lines: pd.DataFrame) -> dict[str, pa.Array]:
    basket = rows["basket"].to_numpy()
    ends = np.searchsorted(lines["basket"], np.arange(basket.max() + 2))
    n_lines = (ends[1:] - ends[:-1])[basket]
    place = np.repeat(ends[basket] - np.cumsum(n_lines) + n_lines, n_lines) + np.arange(n_lines.sum())
    return {
        "transaction": pa.array(np.repeat(rows["transaction"].to_numpy(), n_lines)),
        "product": _chosen(PRODUCTS["product"].to_numpy(), lines["product"].to_numpy()[place]),
        "quantity": pa.array(lines["quantity"].to_numpy()[place]),
    }


def _segments(people: pd.DataFrame) -> pd.DataFrame:
    member = people["member"].to_numpy()
    names = {name: np.where(people[name] >= 0, member[people[name]], None) for name in ("sponsor", "copy_of")}
    dates = (FIRST_MONTH + people["join_month"].to_numpy()).astype("datetime64[s]")
    kinds = SEGMENTS.index.to_numpy()[people["segment"]]
    columns = ["member", "segment", "tier", "join_month", "sponsor", "recruits", "copy_of", "payer", *HALVES]
    return people.assign(segment=kinds, join_month=dates, **names)[columns]


def _write_table(path: Path, table: pa.Table) -> None:
    """Write a table; what repeats is stored once, and numbers that count up as differences."""
    names = table.column_names
    pq.write_table(
        table,
        path,
        row_group_size=ROW_GROUP,
        compression="zstd",
        use_dictionary=[name for name in names if name not in UNLIKE],
        dictionary_pagesize_limit=DICTIONARY_BYTES,
        column_encoding={COUNTING: "DELTA_BINARY_PACKED"} if COUNTING in names else None,
    )
