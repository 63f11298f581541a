"""What is known of each customer, and what are they to be offered?"""

import pandas as pd

from helpers.wording import percent


def customer_table(
    rfm: pd.DataFrame, segments: pd.Series, values: pd.DataFrame, lists: pd.DataFrame, names: pd.Series
) -> pd.DataFrame:
    """Return a row for each customer, the most valuable first.

    Parameters
    ----------
    rfm, segments
        By customer: recency, frequency and monetary, of those with an order in the period; and segments, of all.
    values : DataFrame, by customer
        With expected_value, and probability_alive where the data support it.
    lists : DataFrame
        customer, rank and product: what to offer.
    names : Series, by product

    Returns
    -------
    DataFrame
        customer, segment, recency, frequency, monetary, what `values` holds of the two, and products: what to offer,
        the best first, as name and code.
    """
    titles = names.reindex(lists["product"]).to_numpy() + " (" + lists["product"].to_numpy() + ")"
    offers = lists.assign(title=titles).sort_values(["customer", "rank"]).groupby("customer")["title"].agg("; ".join)
    worth = values[[name for name in ("expected_value", "probability_alive") if name in values]]
    table = segments.to_frame("segment").join([rfm, worth, offers.rename("products")])
    ranked = table.rename_axis("customer").reset_index()
    return ranked.sort_values(["expected_value", "customer"], ascending=[False, True], ignore_index=True)


def beside_table(pairs: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return a row for each product, those with the surest neighbour first, from the pairs of `beside`.

    The columns are product, name, and show_beside: the products to show beside it, the best first, each with its
    confidence.
    """
    shares = pairs["confidence"].map(lambda share: f" ({percent(share)})").to_numpy()
    shown = names.reindex(pairs["beside"]).to_numpy() + shares
    ranked = pairs.assign(shown=shown).sort_values(["product", "rank"])
    table = ranked.groupby("product").agg(show_beside=("shown", "; ".join), best=("similarity", "max"))
    table.insert(0, "name", names.reindex(table.index))
    return table.sort_values(["best", "name"], ascending=[False, True]).drop(columns="best").reset_index()


def pairs_table(pairs: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return the pairs of `beside` with the names of the products, the most similar first."""
    named = pairs.assign(name=pairs["product"].map(names), beside_name=pairs["beside"].map(names))
    first = ["product", "name", "rank", "beside", "beside_name"]
    table = named[[*first, *named.columns.drop(first)]]
    return table.sort_values(["similarity", "product", "rank"], ascending=[False, True, True])
