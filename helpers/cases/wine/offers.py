"""Which products stand behind the offers, and who bought which of them?

Offers come and go; a product, a varietal of one origin, comes back. Rules are therefore sought among products.
"""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from helpers.cases.wine.reader import MONTHS, WineOrders
from helpers.figures.style import PALETTE, canvas
from helpers.wording import count, heading


def catalogue(orders: WineOrders) -> pd.DataFrame:
    """Return a row for each product, by varietal, those of more buyers first, and origin.

    With a code (1, 2, ...), the number of its offers and their months, buyers (distinct customers) and buyers_share
    (of all who bought anything).
    """
    by_product = orders.offers.groupby(["varietal", "origin", "product"], sort=True)
    table = by_product.agg(offers=("offer", "size"), months=("month", _in_order)).reset_index()
    buyers = baskets(orders).sum().reindex(table["product"], fill_value=0).to_numpy()
    customers = orders.transactions["customer"].nunique()
    table = table.assign(buyers=buyers, buyers_share=buyers / customers)
    table = table.sort_values(["varietal", "buyers", "origin"], ascending=[True, False, True], ignore_index=True)
    table.insert(0, "code", range(1, len(table) + 1))
    return table[["code", "product", "varietal", "origin", "offers", "months", "buyers", "buyers_share"]]


def _in_order(months: pd.Series) -> str:
    return ", ".join(sorted(set(months), key=MONTHS.index))


def baskets(orders: WineOrders, item: str = "product") -> pd.DataFrame:
    """Return which customer bought which item, a product or an offer.

    It is a DataFrame of bool, customers x items, both sorted by name; items that nobody bought are columns too.
    """
    if item == "offer":
        bought, items = orders.transactions["offer"], orders.offers["offer"]
    else:
        bought = orders.transactions["offer"].map(orders.offers.set_index("offer")["product"])
        items = orders.offers["product"]
    counts = pd.crosstab(orders.transactions["customer"], bought.rename(item))
    return counts.reindex(columns=sorted(items.unique()), fill_value=0).astype(bool)


def offers_by(orders: WineOrders, columns: Iterable[str]) -> pd.DataFrame:
    """Return how many offers there were, and how many were taken (transactions), by each of some columns.

    The columns are by (the column), value, offers and taken; months are in their order, others by the offers taken.
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


def offers_overview(table: pd.DataFrame) -> Figure:
    """Draw the offers taken, with a panel for each `by` of the table of `offers_by`."""
    panels = list(table.groupby("by", sort=False))
    fig, axes = canvas(height=4.2, columns=len(panels))
    for ax, colour, (by, rows) in zip(axes, PALETTE, panels, strict=False):
        bars = ax.barh(rows["value"], rows["taken"], color=colour)
        ax.bar_label(bars, [count(n) for n in rows["offers"]], padding=3, fontsize=8)
        ax.set(title=heading(by), xlabel="offers taken")
        ax.margins(x=0.15)
        ax.invert_yaxis()
        ax.tick_params(axis="y", length=0)
        ax.grid(visible=True, axis="x")
    return fig


def names_of_offers(orders: WineOrders) -> dict[int, str]:
    """Return what each offer is called, as in `Malbec France (May)`; of those alike with its number."""
    called = orders.offers["product"] + " (" + orders.offers["month"]
    alike = called.duplicated(keep=False)
    numbers = orders.offers["offer"].map(lambda offer: f", offer {offer}").where(alike, "")
    return dict(zip(orders.offers["offer"], called + numbers + ")", strict=True))


def offers_of(products: Iterable[str], orders: WineOrders) -> dict[str, str]:
    """Return for each product its offers in words, as in `offer 4 (February, from 72 kg, 48 % off)`."""
    by_product = orders.offers.sort_values("offer").groupby("product")
    return {product: "; ".join(map(_offer, by_product.get_group(product).itertuples())) for product in products}


def _offer(row: Any) -> str:
    return f"offer {row.offer} ({row.month}, from {row.minimum_quantity:g} kg, {row.discount:g} % off)"
