"""Which products stand behind the offers, and who bought which of them?

Offers come and go; a product, a varietal of one origin, comes back. Rules are therefore sought among products.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.cases.wine.reader import MONTHS, WineOrders
from helpers.figures.style import PALETTE, canvas
from helpers.wording import count, heading


def catalogue(orders: WineOrders) -> pd.DataFrame:
    """Return a row for each product, by varietal, those of more buyers first, and origin.

    With a code (1, 2, ...), the number of its offers and their months, buyers (distinct customers) and buyers_share
    (of all who bought anything). Without offers, there are code, product, buyers and buyers_share alone.
    """
    bought = baskets(orders)
    if orders.known_offers is None:
        buyers = bought.sum().rename_axis("product").rename("buyers").reset_index()
        table = buyers.sort_values(["buyers", "product"], ascending=[False, True], ignore_index=True)
    else:
        by_product = orders.offers.groupby(["varietal", "origin", "product"], sort=True)
        table = by_product.agg(offers=("offer", "size"), months=("month", _in_order)).reset_index()
        table = table.assign(buyers=bought.sum().reindex(table["product"], fill_value=0).to_numpy())
        order = ["varietal", "buyers", "origin"]
        table = table.sort_values(order, ascending=[True, False, True], ignore_index=True)
    table = table.assign(buyers_share=table["buyers"] / len(bought))
    table.insert(0, "code", range(1, len(table) + 1))
    names = ["code", "product", "varietal", "origin", "offers", "months", "buyers", "buyers_share"]
    return table[[name for name in names if name in table]]


def _in_order(months: pd.Series) -> str:
    return ", ".join(sorted(set(months), key=MONTHS.index))


def baskets(orders: WineOrders, item: str = "product") -> pd.DataFrame:
    """Return which customer bought which item, a product or an offer.

    It is a DataFrame of bool, customers x items, both sorted by name; items that nobody bought are columns too.
    """
    if item == "offer":
        items, bought = sorted(orders.offers["offer"].unique()), orders.transactions["offer"]
    else:
        listed = orders.products if orders.known_offers is None else orders.offers["product"]
        items, bought = sorted(listed.unique()), orders.products
    customers, names = pd.factorize(orders.transactions["customer"], sort=True)
    held = np.zeros((len(names), len(items)), dtype=bool)
    held[customers, pd.Index(items).get_indexer(bought)] = True
    # not copied, which would change the layout, and with it the last digits of what is computed from it
    return pd.DataFrame(held, pd.Index(names, name="customer"), pd.Index(items, name=item), copy=False)


def not_bought_by_all(bought: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of `baskets` that tell customers apart, or all where none does.

    What all bought leads to nothing, and nothing leads to it.
    """
    some = bought.loc[:, ~bought.all()]
    return bought if some.columns.empty else some


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
