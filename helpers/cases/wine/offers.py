"""Which products stand behind the offers, and who bought which of them?

Offers come and go; a product, a varietal of one origin, comes back. Rules are therefore sought among products.
"""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.cases.wine.reader import MONTHS, WineOrders


def catalogue(orders: WineOrders) -> pd.DataFrame:
    """Return a row for each product, by varietal and origin.

    Returns
    -------
    DataFrame
        code (1, 2, ...), product, varietal, origin, offers (how many), months, buyers (distinct customers) and
        buyers_share (of all customers who bought anything).
    """
    by_product = orders.offers.groupby(["varietal", "origin", "product"], sort=True)
    table = by_product.agg(offers=("offer", "size"), months=("month", _months)).reset_index()
    buyers = baskets(orders).sum().reindex(table["product"], fill_value=0).to_numpy()
    customers = orders.transactions["customer"].nunique()
    table = table.assign(buyers=buyers, buyers_share=buyers / customers)
    table.insert(0, "code", range(1, len(table) + 1))
    return table[["code", "product", "varietal", "origin", "offers", "months", "buyers", "buyers_share"]]


def baskets(orders: WineOrders, item: str = "product") -> pd.DataFrame:
    """Return which customer bought which item.

    Parameters
    ----------
    orders : WineOrders
        Offers and transactions.
    item : {"product", "offer"}
        What counts as an item.

    Returns
    -------
    DataFrame of bool, customers x items
        Both sorted by name; items that nobody bought are columns too.
    """
    if item == "offer":
        bought, items = orders.transactions["offer"], orders.offers["offer"]
    else:
        bought = orders.transactions["offer"].map(orders.offers.set_index("offer")["product"])
        items = orders.offers["product"]
    counts = pd.crosstab(orders.transactions["customer"], bought.rename(item))
    return counts.reindex(columns=sorted(items.unique()), fill_value=0).astype(bool)


def offers_by(orders: WineOrders, columns: Iterable[str]) -> pd.DataFrame:
    """Return how many offers there were, and how many were taken, by each of some columns.

    Returns
    -------
    DataFrame
        by (the column), value, offers, taken (transactions); months in their order, others by the offers taken.
    """
    return pd.concat([_offers_by(orders, column) for column in columns], ignore_index=True)


def _offers_by(orders: WineOrders, column: str) -> pd.DataFrame:
    offers = orders.offers.groupby(column)["offer"].size().rename("offers")
    taken = orders.transactions.merge(orders.offers, on="offer").groupby(column).size().rename("taken")
    table = pd.concat([offers, taken], axis=1).fillna(0).astype(int).rename_axis("value").reset_index()
    if column == "month":
        table = table.sort_values("value", key=lambda months: months.map(MONTHS.index))
    else:
        table = table.sort_values(["taken", "value"], ascending=[False, True])
    return table.assign(by=column)[["by", "value", "offers", "taken"]]


def offers_of(products: Iterable[str], orders: WineOrders) -> dict[str, str]:
    """Return for each product its offers in words, as in `offer 4 (February, from 72 kg, 48 % off)`."""
    wording = {product: "; ".join(_offer(row) for row in rows.itertuples()) for product, rows in _by_product(orders)}
    return {product: wording[product] for product in products}


def _by_product(orders: WineOrders) -> Iterable[tuple[str, pd.DataFrame]]:
    return ((str(product), rows) for product, rows in orders.offers.sort_values("offer").groupby("product"))


def _offer(row: Any) -> str:
    return f"offer {row.offer} ({row.month}, from {row.minimum_quantity:g} kg, {row.discount:g} % off)"


def _months(months: pd.Series) -> str:
    return ", ".join(sorted(set(months), key=MONTHS.index))
