"""Raw tables of the health case with every kind of dirt, for tests."""

from pathlib import Path

import pandas as pd

from helpers.cases.health.sample import generate_health

TEXTS = [
    '{"A": 2}',
    ' { "A" : 1.0 , "B, c: {x}" : 12 } ',
    '{"caf\\u00e9 \\"x\\"": 3}',
    '{"A":1,"A":2}',
    '{"A":1,"\\u0041":2}',
    '{"A":1.5}',
    '{"A":-1}',
    '{"A":0}',
    '{"A":"2"}',
    '{"A":null}',
    '{"A":1e2}',
    '{"A":99999999999}',
    '{"":1}',
    '{"A":[1]}',
    '{"A":{"B":1}}',
    "[1]",
    '[{"A":1}]',
    "{}",
    " { } ",
    "",
    "oops",
    "null",
    "3",
    '{"A":1',
    '{"A":1} x',
    "{'A':1}",
    '{"A":1,}',
    '{"\\ud800":1}',
    None,
]
DATES = [  # payment_date, export, what it means
    ("2022-03-04", "2022-03", "2022-03-04"),
    ("2022-03-04", "2022-04", "2022-04-03"),
    ("2022-03-04 10:15:00", "2022-03", "2022-03-04"),
    ("3/14/2022", "2022-03", "2022-03-14"),
    ("4/3/2022", "2022-03", "2022-03-04"),
    ("14/3/2022", "2022-03", "2022-03-14"),
    ("2022-03-31", "2022-04", "2022-03-31"),
    ("2022-03-04", "2022-07", "2022-03-04"),
    ("2022-03-04", None, "2022-03-04"),
    ("2022-13-04", None, "2022-04-13"),
    ("2022-02-30", "2022-02", None),
    ("2022-03", "2022-03", None),
    ("soon", "2022-03", None),
    ("", "2022-03", None),
    (None, "2022-03", None),
]


def transactions(**columns: list) -> pd.DataFrame:
    """Return raw transactions of one product for 10 each; columns may be given."""
    n = max(len(values) for values in columns.values())
    table = pd.DataFrame({"transaction": range(1, n + 1)}, index=range(n)).assign(
        member="M1",
        centre="C1",
        channel="online",
        payment_date="2022-03-04",
        product_json='{"A": 1}',
        total_amt=10,
        discount=0,
        paid_amt=0,
        export="2022-03",
    )
    types = dict.fromkeys(("total_amt", "discount", "paid_amt"), "Int64")
    return table.assign(**columns).astype(types)


def members(*names: str) -> pd.DataFrame:
    """Return raw members without a sponsor, who joined in 2020."""
    return pd.DataFrame({"member": names, "join_date": pd.Timestamp("2020-01-01"), "sponsor": None}).astype(
        {"sponsor": "str"}
    )


def write(folder: Path, people: pd.DataFrame, rows: pd.DataFrame) -> Path:
    """Write raw tables as Parquet and return their folder."""
    people.to_parquet(folder / "members.parquet", index=False)
    rows.to_parquet(folder / "transactions.parquet", index=False)
    return folder


def write_dirty_sample(folder: Path, n_members: int = 300) -> Path:
    """Write a generated sample with every dirty text and date on top."""
    sample = generate_health(n_members, 3).folder
    rows = pd.read_parquet(sample / "transactions.parquet").astype(
        {"export": "str", "member": "str", "centre": "str"}
    )
    people = pd.read_parquet(sample / "members.parquet")
    dates, exports, _meant = (list(column) for column in zip(*DATES, strict=True))
    extra = pd.concat([transactions(product_json=TEXTS), transactions(payment_date=dates, export=exports)])
    extra = extra.assign(transaction=range(1, len(extra) + 1), member=people["member"].iloc[0])
    return write(folder, people, pd.concat([rows, extra, extra.head(2)], ignore_index=True)[list(rows.columns)])
