"""A small good file, or folder of files, for each case, and how the cases read them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.cases.health.reader import read_health
from helpers.cases.health.sample import generate_health
from helpers.cases.marketing.reader import read_marketing
from helpers.cases.marketing.sample import generate_marketing
from helpers.cases.wine.reader import read_wine
from helpers.cases.wine.sample import generate_wine
from helpers.datasets.retail import read_retail
from helpers.datasets.retail_sample import generate_retail
from helpers.reporting.requests import Wish, requests_of

READERS: dict[str, Callable[[str, dict[str, str]], Any]] = {
    "health": lambda data, columns: read_health(data, columns).transactions.count().execute(),
    "loyalty": lambda data, columns: read_retail(data, columns).count().execute(),
    "marketing": read_marketing,
    "rfm": lambda data, columns: read_retail(data, columns).count().execute(),
    "wine": read_wine,
}  # each reads all rows
MAIN = {"health": "transactions.csv", "wine": "transactions.csv"}  # the file of a folder that a trial changes


def make_good(folder: Path) -> dict[str, dict[str, pd.DataFrame]]:
    """Write good files for each case to folder/<case>, and return their tables as texts."""
    wine = generate_wine(60, 1).orders
    health = generate_health(200, 1).folder
    lines = generate_retail(40, 1).lines.execute().drop(columns="row")
    tables = {
        "wine": {"offers.csv": wine.offers.drop(columns="product"), "transactions.csv": wine.transactions},
        "health": {
            f"{name}.csv": pd.read_parquet(health / f"{name}.parquet") for name in ("members", "transactions")
        },
        "rfm": {"lines.csv": lines},
        "loyalty": {"lines.csv": lines},
        "marketing": {"customers.csv": generate_marketing(80, 1).table},
    }
    for case, files in tables.items():
        (folder / case).mkdir()
        for name, frame in files.items():
            frame.to_csv(folder / case / name, index=False)
    return {
        case: {name: pd.read_csv(folder / case / name, dtype="str", keep_default_na=False) for name in files}
        for case, files in tables.items()
    }


def read(case: str, path: Path) -> None:
    """Read a case's data as a report does: CasebookError where the request or a row is wrong."""
    (request,) = requests_of(Wish(cases=(case,), params=(f"data={path}",)))
    READERS[case](request.parameters["data"], {})
