"""What do the offers, the rules and the segments say to a wholesaler, in words?"""

from collections.abc import Mapping

import pandas as pd

from helpers.cases.wine.mailing import best_start, is_better
from helpers.cases.wine.published import SEGMENTS, TWICE
from helpers.cases.wine.reader import WineOrders
from helpers.cases.wine.segments import FEW, MONTHS_OF_TEST, QUARTER
from helpers.models.experiments.power import largest_least_rise
from helpers.sentences.pieces import interval
from helpers.sentences.rules import why
from helpers.wording import count, fixed, listing, percent, person


def on_favourites(overview: pd.DataFrame) -> str:
    """Say which month, varietal and origin were taken most, from `offers_by`."""
    most = overview.loc[overview.groupby("by", sort=False)["taken"].idxmax()]
    return f"The longest bars are {listing(f'{row.value} ({count(row.taken)})' for row in most.itertuples())}."


def on_orders(orders: WineOrders, products: pd.DataFrame) -> str:
    """Say how many offers were taken, or baskets read, and which product is the favourite, from `catalogue`."""
    tops = products[products["buyers"] == products["buyers"].max()]
    favourite = "The favourite product is" if len(tops) == 1 else "The favourite products are"
    each = orders.transactions.groupby("customer").size()
    share = percent(tops["buyers_share"].iloc[0])
    best = f"{favourite} {listing(tops['product'], most=3)}, bought by {share}."
    if orders.known_offers is None:
        return (
            f"{count(len(each), 'basket')} with {count(len(products), 'different product')} were read; the median "
            f"basket holds {count(each.median())}. Each counts as a customer of its own, whoever bought it. {best}"
        )
    kinds = f"{count(products['varietal'].nunique(), 'varietal')} of {count(products['origin'].nunique(), 'origin')}"
    return (
        f"{count(len(orders.offers), 'offer')} {'was' if len(orders.offers) == 1 else 'were'} mailed, of "
        f"{count(len(products), 'product')}: {kinds}. {count(len(each), 'customer')} took them up "
        f"{count(len(orders.transactions), 'time')}, the median customer {count(each.median(), 'time')}. {best}"
    )


def on_common(bought: pd.DataFrame, searched: pd.DataFrame, support: float) -> str:
    """Say which products are left out of the search for rules, since all bought them; nothing where none is.

    The support is the smallest of those that are searched.
    """
    common = [name for name in bought if name not in searched]
    if not common:
        return ""
    which = f"{count(len(common), 'product')} that all bought {'tells' if len(common) == 1 else 'tell'} nobody apart"
    without = (
        f"{which}, and no rule is sought with {'it' if len(common) == 1 else 'them'}: {listing(common, most=3)}."
    )
    return f"{without} The others are searched from a support of {percent(support)} on." if support <= 1 else without


def on_taken(orders: WineOrders) -> str:
    """Say what the customers took of what, in a few words."""
    taken = len(orders.transactions)
    if orders.known_offers is None:
        return f"{count(taken, 'purchase')} of {count(orders.products.nunique(), 'product')}"
    return f"took {count(len(orders.offers), 'offer')} {count(taken, 'time')}"


def on_filled_cells(share: float) -> str:
    """Say how sparse the table of customers and offers is, and what follows."""
    return (
        f"Of the cells of the table of customers and offers {percent(share)} are filled. The fewer they are, the "
        f"more easily a pattern rests on a handful of purchases and is luck, which is why patterns are tested below."
    )


def on_recommendation(customer: str, recommendations: pd.DataFrame) -> str:
    """Say what rules beyond chance would offer to one customer, why, and when, from the recommendations to them."""
    if recommendations.empty:
        return f"No rule beyond chance speaks for an offer to {person(customer)}."
    reasons = [f"⟦{row['item']}⟧, because {why(row)}" for row in recommendations.to_dict("records")]
    first = recommendations.iloc[0]
    return (
        f"The rules say to offer {person(customer)} {listing(reasons, most=2)}. If years are alike, {first['item']} "
        f"is next offered in {first['next_campaign']}."
    )


def on_reach(recommendations: pd.DataFrame, customers: int) -> str:
    """Say to how many of so many customers the rules beyond chance speak."""
    reached = recommendations["customer"].nunique()
    others = f"; {'for the others ' if reached else ''}it takes another method" if reached < customers else ""
    return (
        f"The rules beyond chance speak to {count(reached)} of {count(customers, 'customer')} "
        f"({percent(reached / customers)}){others}."
    )


def on_list(mails: pd.DataFrame, best: pd.Series, beside: pd.Series, k: int) -> str:
    """Say by which method the mailing list is made, how it did on hidden products, and where rules are the reason.

    Best and beside are the rows of `methods.compare_on` of the method and of the favourites of all.
    """
    told = f"among the first {count(k)} was" if k > 1 else "the first was"
    by_rule = f"A rule beyond chance speaks for {count(mails['rule'].notna().sum())} of {count(len(mails), 'line')}."
    if best["method"] == beside["method"]:
        return (
            f"No method found more than the ⟦{best['method']}⟧, so the list is made by these: {told} the hidden "
            f"product of ⟦{percent(best['value'])}⟧ of the customers. {by_rule}"
        )
    sure = "" if is_better(best) else ". That may be luck"
    between = f" ({interval(best, percent, 'value')})" if best["value_low"] < best["value_high"] else ""
    return (
        f"The list is made by ⟦{best['method']}⟧: {told} the hidden product of ⟦{percent(best['value'])}⟧ of the "
        f"customers{between}; with the {beside['method']} it was {percent(beside['value'])}{sure}. {by_rule}"
    )


NO_SALE = "A hit is what a customer bought without this list, so a hit is not a sale more."


def on_trial(mails: pd.DataFrame) -> str:
    """Say how to find out whether the list sells more."""
    start, n = best_start(mails, MONTHS_OF_TEST)
    whom = (
        f"{count(n, 'customer')} of whose list something is offered in the {count(QUARTER, 'week')} from {start} on"
    )
    asked = "Whether the list sells more than the newsletter alone, only a test can tell."
    if n < FEW:
        return f"{asked} {whom} are too few for one: try it, and do not call it proven."
    return (
        f"{asked} All {whom} get the newsletter; ⟦half of them, chosen at random, get their own list too⟧. "
        f"Then compare how many of each half took something that is on their list. How many do so without being sent "
        f"it is not known; wherever it starts, a rise of {fixed(0)(100 * largest_least_rise(n // 2))} points would "
        f"show in four of five such tests."
    )


def on_mails(customer: str, mails: pd.DataFrame, recommendations: pd.DataFrame) -> str:
    """Say what the mailing list has for one customer, and which of their recommendations by rules it has not."""
    own = mails[mails["customer"] == customer].sort_values("place")
    if own.empty:
        return f"The list has nothing for {person(customer)}: no other product is likelier than one picked at random."
    lines = [f"⟦{row.product}⟧ ({percent(row.chance)}; {row.because})" for row in own.itertuples()]
    rest = [item for item in recommendations["item"] if item not in set(own["product"])]
    left = f" Less likely, and left out, is what rules say too: {listing(rest)}." if rest else ""
    sent = f"{person(customer)} is sent {listing(lines)}."
    return f"{sent} The first figure is how often such lines named the hidden product.{left}"


def on_place(customer: str, members: pd.DataFrame) -> str:
    """Say to which segment a customer belongs, why, and how surely, from `segments.customer_table`."""
    own = members.set_index("customer").loc[customer]
    return f"{person(customer)} is placed {own['placed']} in the segment {own['segment']}: {own['why']}."


def on_placed(members: pd.DataFrame) -> str:
    """Say how many customers are placed clearly, and why others are not."""
    n = members["placed"].value_counts()
    weak = [f"{count(n[how])} {how}" for how in ("by one offer", "by half or less") if how in n]
    clear = n.get("clearly", 0)
    clearly = f"{count(clear)} of {count(len(members), 'customer')} {'is' if clear == 1 else 'are'} placed clearly"
    return f"{clearly}, {listing(weak)}: of these the segment says little." if weak else f"{clearly}."


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


def on_twice(compared: pd.DataFrame) -> str:
    """Say how many of the published profiles of the segments are found with the study's own offers in each."""
    agrees = compared.loc[compared["of"] == TWICE, "agrees"]
    found = f"{count(agrees.sum())} of its {count(len(agrees), 'figure')} are found again"
    return f"The study lists offer 7 in two segments. Counted twice, {found}."


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
