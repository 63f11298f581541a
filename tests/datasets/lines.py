"""Lines of invoices in the forms that people keep them in, for tests of the readers."""

from pathlib import Path

import pandas as pd

from helpers.datasets.reading import Choices
from helpers.datasets.retail import Retail, open_retail

N = 60


def invoices() -> pd.DataFrame:
    """Return lines as a plain export holds them; every day of a month occurs among the dates."""
    at = range(N)
    days = pd.Timestamp("2022-01-04 18:29") + pd.to_timedelta([9 * place for place in at], unit="D")
    return pd.DataFrame(
        {
            "InvoiceNo": [str(500000 + place // 2) for place in at],
            "StockCode": [str(20000 + place % 7) for place in at],
            "Description": [f"CUP {place % 7}" for place in at],
            "Quantity": [1 + place % 9 for place in at],
            "InvoiceDate": days.strftime("%Y-%m-%d %H:%M:%S"),
            "UnitPrice": [round(2.5 + (place % 7) * 1.31, 2) for place in at],
            "CustomerID": [str(200100 + place % 11) for place in at],
            "Country": "France",
        }
    )


def read(path: Path, columns: dict[str, str] | None = None, **choices: object) -> Retail:
    return open_retail(path, Choices(columns or {}, **choices))  # type: ignore[arg-type]


def table(path: Path, columns: dict[str, str] | None = None, **choices: object) -> pd.DataFrame:
    """Return the lines of a file, in order, without the numbers of their rows."""
    lines = read(path, columns, **choices).lines.order_by("row").execute()
    return lines.drop(columns="row")


def done(path: Path, **choices: object) -> dict[str, int]:
    """Return what was done while a file was read, and how often."""
    return read(path, **choices).reading.groupby("what")["count"].sum().to_dict()
