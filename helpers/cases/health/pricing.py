"""What does each product cost, when the records hold only what a whole transaction came to?

A transaction of a single product tells its price. For products that are never bought alone, the prices are those that
best explain the transactions in which they were bought.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis import _
from scipy.optimize import nnls
from scipy.sparse import csr_matrix

from helpers.cases.health.options import CUT_POINTS, RANGES, rising
from helpers.keeping import kept
from helpers.models.inference.intervals import median_interval, reach

ALONE, WITH_OTHERS = "bought alone", "bought with others"
AGREEING = 0.005  # how far, as a share, a total may be from what the prices give
MOST_LINES = 300_000  # from which prices of products that are never bought alone are fitted
COLUMNS = ["product", "price", "low", "high", "transactions", "agreeing_share", "method"]


@kept
def product_prices(lines: ir.Table) -> pd.DataFrame:
    """Return the price of each product, from the lines of `CleanHealth.lines`.

    The columns are product, price (currency units for one), low and high (95 % interval; missing where the
    transactions do not tell), transactions (that the price is from), agreeing_share (of them, whose total the prices
    give to within AGREEING) and method (ALONE or WITH_OTHERS); by product.

    Notes
    -----
    Bought alone: the lower median of total by quantity over the product's transactions, with the interval of the
    median from order statistics (Conover, Practical Nonparametric Statistics, 3rd ed., 3.2); with fewer than six
    transactions that is their range. If the price changed in the period, the median is the price of most
    transactions, and agreeing_share tells.

    Bought with others: non-negative least squares (Lawson and Hanson, Solving Least Squares Problems, 1974) on what
    is left of the totals, of at most MOST_LINES lines; intervals are those of ordinary least squares, cut off at 0.
    """
    alone = _alone(lines)
    strangers = lines.select("product").distinct().execute()["product"]
    unknown = sorted(set(strangers) - set(alone["product"]))
    fitted = _with_others(lines, alone, unknown) if unknown else alone.head(0)
    return pd.concat([alone, fitted] if len(fitted) else [alone]).sort_values("product", ignore_index=True)[COLUMNS]


def _alone(lines: ir.Table) -> pd.DataFrame:
    counted = (
        lines.filter(_.products == 1)
        .group_by("product", "quantity", amount=_.total_amount.cast("float64"))
        .aggregate(transactions=_.count())
    )
    table = counted.execute().assign(unit=lambda rows: rows["amount"] / rows["quantity"])
    ordered = table.sort_values(["product", "unit"])
    rows = [{"product": product, **_median(rows)} for product, rows in ordered.groupby("product")]
    return pd.DataFrame(rows, columns=COLUMNS[:-1]).assign(method=ALONE)


def _median(rows: pd.DataFrame) -> dict[str, float]:
    """Return the lower median of units that are sorted, each so often as `transactions` says, and its interval."""
    unit, n = rows["unit"].to_numpy(), int(rows["transactions"].sum())
    price, low, high = median_interval(unit, rows["transactions"].to_numpy())
    agreeing = rows.loc[np.abs(unit - price) <= AGREEING * abs(price), "transactions"].sum()
    return {"price": price, "low": low, "high": high, "transactions": n, "agreeing_share": agreeing / n}


def _with_others(lines: ir.Table, known: pd.DataFrame, unknown: Sequence[str]) -> pd.DataFrame:
    wanted = ibis.memtable(pd.DataFrame({"product": list(unknown)}))
    holding = lines.semi_join(lines.semi_join(wanted, "product"), "transaction")
    columns = ["transaction", "product", "quantity", "products", "total_amount"]
    table = holding.select(columns).order_by("transaction", "product").limit(MOST_LINES).execute()
    whole = table.groupby("transaction")["product"].transform("size") == table["products"]
    return _fitted(table[whole].astype({"total_amount": float}), known.set_index("product")["price"], unknown)


def _fitted(table: pd.DataFrame, known: pd.Series, unknown: Sequence[str]) -> pd.DataFrame:
    """Return the non-negative prices that best give what the known ones leave of the totals."""
    row = pd.factorize(table["transaction"])[0]
    total = table["total_amount"].groupby(row).first().to_numpy()
    explained = (table["quantity"] * table["product"].map(known).fillna(0.0)).groupby(row).sum().to_numpy()
    column = pd.Index(unknown).get_indexer(table["product"])
    new = column >= 0
    units = csr_matrix((table["quantity"][new].astype(float), (row[new], column[new])), (len(total), len(unknown)))
    price, error = _least_squares(units, total - explained)
    fits = np.abs(units @ price + explained - total) <= AGREEING * np.abs(total)
    held = np.asarray((units > 0).sum(axis=0)).ravel()
    return pd.DataFrame(
        {
            "product": list(unknown),
            "price": price,
            "low": np.maximum(price - error, 0.0),
            "high": price + error,
            "transactions": held,
            "agreeing_share": (units > 0).T @ fits.astype(float) / np.maximum(held, 1),
            "method": WITH_OTHERS,
        }
    )


def _least_squares(units: csr_matrix, total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return non-negative coefficients and half the width of their intervals, missing where not determined."""
    gram, products = (units.T @ units).toarray(), units.shape[1]
    values, vectors = np.linalg.eigh(gram)
    sound = values > values[-1] * 1e-12
    root = np.sqrt(values[sound])
    price = nnls((vectors[:, sound] * root).T, vectors[:, sound].T @ (units.T @ total) / root)[0]
    freedom = len(total) - sound.sum()
    variance = ((units @ price - total) ** 2).sum() / freedom if freedom > 0 else np.nan
    spread = np.sqrt(variance * ((vectors[:, sound] / root) ** 2).sum(axis=1))
    told = (vectors[:, ~sound] ** 2).sum(axis=1) < 1e-9 if products > sound.sum() else np.ones(products, bool)
    return price, np.where(told, reach(max(freedom, 1)) * spread, np.nan)


def price_ranges(prices: pd.DataFrame, cut_points: Sequence[float] = CUT_POINTS) -> pd.DataFrame:
    """Return prices with the price_range of each: Q1, the lowest, to Q4.

    The three cut points are the highest price, inclusive, of Q1, Q2 and Q3; ValueError where they do not rise.
    """
    rising(cut_points)
    return prices.assign(price_range=np.array(RANGES)[np.searchsorted(list(cut_points), prices["price"])])


def price_accuracy(prices: pd.DataFrame, planted: pd.DataFrame) -> pd.DataFrame:
    """Return, by method, how near the prices of `product_prices` come to planted ones (product, price).

    The columns are method, products, median_error and largest_error (relative, without sign), exact_share and
    covered_share (of the products whose planted price is in the interval); both to within a millionth.
    """
    both = prices.merge(planted.set_index("product")["price"].rename("planted"), on="product")
    error, slack = (both["price"] / both["planted"] - 1).abs(), both["planted"] * 1e-6
    covered = (both["low"] <= both["planted"] + slack) & (both["high"] >= both["planted"] - slack)
    table = both.assign(error=error, exact=error < 1e-6, covered=covered).groupby("method")
    return table.agg(
        products=("product", "size"),
        median_error=("error", "median"),
        largest_error=("error", "max"),
        exact_share=("exact", "mean"),
        covered_share=("covered", "mean"),
    ).reset_index()
