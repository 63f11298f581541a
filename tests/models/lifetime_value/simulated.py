import numpy as np
import pandas as pd

from helpers.datasets.retail_sample import SPENDING, in_season, purchase_process

START = pd.Timestamp("2024-01-01")


def orders(*rows: tuple[str, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["customer", "date", "value"])
    return table.assign(date=pd.to_datetime(table["date"], format="mixed"))


def simulate(n: int, seed: int, leaving: bool, mean_rate: float = 1 / 60) -> pd.DataFrame:
    """Return the orders of two years, of customers who first come in the first half year."""
    rng = np.random.default_rng(seed)
    rows = []
    for customer in range(n):
        rate, level = rng.gamma(0.6, mean_rate / 0.6), 1 / rng.gamma(4, 1 / 90)
        p = rng.beta(1, 3) if leaving else 0
        day, first = rng.uniform(0, 180), True
        while day < 730 and (first or rng.random() >= p):
            rows.append((customer, START + pd.Timedelta(days=day), rng.gamma(3, level)))
            day, first = day + rng.exponential(1 / max(rate, 1e-9)), False
    return pd.DataFrame(rows, columns=["customer", "date", "value"])


def with_season(n: int, seed: int, days: int) -> pd.DataFrame:
    """Return the orders of so many days of customers who leave, with a season before Christmas (the sample's)."""
    rng = np.random.default_rng(seed)
    table = purchase_process(n, rng, days)
    scale = 1 / rng.gamma(SPENDING["q"], 1 / SPENDING["gamma"], n)
    day = np.floor(in_season(table["day"].to_numpy(), days))
    date = pd.Timestamp("2022-12-01") + pd.to_timedelta(day, unit="D")
    value = rng.gamma(SPENDING["p"], 1, len(table)) * scale[table["customer"]]
    return pd.DataFrame({"customer": table["customer"], "date": date, "value": value})
