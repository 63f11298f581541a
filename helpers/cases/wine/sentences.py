"""What do the offers, the rules and the segments say to a wholesaler, in words?"""

from collections.abc import Mapping

import pandas as pd

from helpers.cases.wine.published import SEGMENTS
from helpers.cases.wine.reader import WineOrders
from helpers.sentences.rules import why
from helpers.wording import count, fixed, listing, percent


def on_favourites(overview: pd.DataFrame) -> str:
    """Say which month, varietal and origin were taken most, from `offers_by`."""
    most = overview.loc[overview.groupby("by", sort=False)["taken"].idxmax()]
    return f"The longest bars are {listing(f'{row.value} ({count(row.taken)})' for row in most.itertuples())}."


def on_orders(orders: WineOrders, by_offer: pd.DataFrame, products: pd.DataFrame) -> str:
    """Say how many offers were taken, and which product is the favourite, from `baskets` and `catalogue`."""
    top = products.sort_values(["buyers", "product"], ascending=[False, True]).iloc[0]
    return (
        f"{count(len(by_offer), 'customer')} took up the {count(len(orders.offers), 'offer')} "
        f"{count(len(orders.transactions), 'time')}, the median customer "
        f"{count(by_offer.sum(axis=1).median(), 'time')}. "
        f"The favourite product is {top['product']}, bought by {percent(top['buyers_share'])}."
    )


def on_filled_cells(share: float) -> str:
    """Say how sparse the table of customers and offers is, and what follows."""
    return (
        f"Of the cells of the table of customers and offers {percent(share)} are filled. The fewer they are, the "
        f"more easily a pattern rests on a handful of purchases and is luck, so every pattern is tested below."
    )


def on_recommendation(customer: str, recommendations: pd.DataFrame) -> str:
    """Say what to offer to one customer, and why, from the recommendations to that customer."""
    reasons = [f"⟦{row['item']}⟧, because {why(row)}" for row in recommendations.to_dict("records")]
    if not reasons:
        return f"No rule speaks for an offer to {customer}."
    return f"Offer {customer} {listing(reasons, most=2)}."


def on_reach(reached: int, customers: int) -> str:
    """Say to how many customers the rules speak."""
    return (
        f"The rules speak to {count(reached)} of {count(customers, 'customer')} ({percent(reached / customers)}); "
        f"the others need another method, or the favourites of all."
    )


def on_place(customer: str, explained: pd.DataFrame) -> str:
    """Say to which segment a customer belongs, why, and what to send, from `explain_customers`."""
    own = explained.set_index("customer").loc[customer]
    send = f"the likes of offers {own['send']}" if own["send"] else "nothing more of it"
    return f"{customer} belongs to the segment {own['segment']} ({own['why']}): send {send}."


def on_missing(compared: Mapping[str, pd.DataFrame], n_segments: int) -> str:
    """Say what of `reproduction` cannot be compared, and why; nothing where all is."""
    if not compared:
        return "These are not the published data, so there is nothing to compare."
    if "segments" in compared:
        return ""
    return f"The study has {SEGMENTS} segments and this run {n_segments}, so the segments are not compared."


def on_published_rules(compared: pd.DataFrame) -> str:
    """Say how many of the published rules are found again, from `against_published`."""
    printed = compared[compared["published"].notna()]
    found = printed.groupby(["antecedents", "consequents"])["agrees"].all()
    agreeing = f"{count(found.sum())} of the {count(len(found), 'published rule')}"
    return f"On the published data, {agreeing} are found with the same support, confidence and lift."


def on_study(compared: pd.DataFrame) -> str:
    """Say which published figures lie within the spread of our runs."""
    shares = compared[compared["figure"].str.startswith("share_")]
    printed = " / ".join(f"{100 * share:.0f}" for share in sorted(shares["published"]))
    inside = "lie" if shares["agrees"].all() else "do not all lie"
    widths = compared[~compared["figure"].str.startswith("share_")]
    words = [
        f"{fixed(2)(row.published)} for {row.measured_on.split(',')[0]} (by "
        f"{row.figure.removeprefix('silhouette_')}) beside our {fixed(2)(row.ours)}"
        for row in widths.itertuples()
    ]
    return (
        f"The published sizes of {printed} % {inside} within the spread of our runs; the published silhouettes are "
        f"{listing(words)}."
    )
