"""What are the segments of offers and customers like, what should they be called, and what should they be sent?"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers.models import clustering, factorisation
from helpers.models.factorisation.nmf import Factors
from helpers.wording import count, listing

SMALL = 0.5  # of the mean smallest quantity of all offers, below which customers are small timers
VARIED = 0.5  # of all varietals, from which on a segment is varied


def profile_offers(offers: pd.DataFrame, segments: Mapping[object, list[int]]) -> pd.DataFrame:
    """Return a row for each segment of the offers of `WineOrders`, which may share offers.

    Offers, origins and varietals are numbers, minimum_quantity (kg) and discount (%) means, and past_peak is a share.
    """
    rows = []
    for segment, members in segments.items():
        own = offers[offers["offer"].isin(members)]
        sizes = {"offers": len(own), "share_of_offers": len(own) / len(offers)}
        different = {f"{name}s": own[name].nunique() for name in ("origin", "varietal")}
        means = {name: own[name].mean() for name in ("minimum_quantity", "discount")}
        spread = {"discount_sd": own["discount"].std(), "past_peak": own["past_peak"].mean()}
        rows.append({"segment": segment, **sizes, **different, **means, **spread})
    return pd.DataFrame(rows)


def members_of(segments: pd.Series) -> dict[object, list]:
    """Return segment to its members, of a Series of segments by member."""
    return {segment: list(members.index) for segment, members in segments.groupby(segments)}


def name_segments(offers: pd.DataFrame, segments: Mapping[object, list[int]]) -> dict[object, str]:
    """Name each segment by rule from its profile; names that would be shared are numbered.

    One varietal only: its lovers. Else a mean smallest quantity of at most SMALL of that of all offers: small timers.
    Else VARIED of all varietals or more makes for variety, and quantities above the mean of all for heavy drinkers.
    """
    profile = profile_offers(offers, segments)
    names = [_name(row, offers, list(segments[row.segment])) for row in profile.itertuples()]
    numbered = [
        f"{name} {names[:i].count(name) + 1}" if names.count(name) > 1 else name for i, name in enumerate(names)
    ]
    return dict(zip(profile["segment"], numbered, strict=True))


def _name(row: Any, offers: pd.DataFrame, members: list[int]) -> str:
    if row.varietals == 1:
        return f"{offers.loc[offers['offer'].isin(members), 'varietal'].iloc[0]} lovers"
    if row.minimum_quantity <= SMALL * offers["minimum_quantity"].mean():
        return "small timers"
    traits = [
        *(["variety"] if row.varietals >= VARIED * offers["varietal"].nunique() else []),
        *(["heavy"] if row.minimum_quantity > offers["minimum_quantity"].mean() else []),
    ]
    return f"{' and '.join(traits)} drinkers" if traits else "occasional drinkers"


def customer_table(basis: pd.DataFrame, segments: pd.Series, names: Mapping[object, str]) -> pd.DataFrame:
    """Return a row for each customer: customer, segment, and the share of each taste in the customer's basis."""
    shares = basis.div(basis.sum(axis="columns"), axis="index")
    shares.columns = [f"share_of_{names[taste].lower().replace(' ', '_')}" for taste in basis.columns]
    table = pd.concat([segments.map(names).rename("segment"), shares], axis=1)
    return table.rename_axis("customer").reset_index()


def mailing_by_segment(
    bought: pd.DataFrame,
    customers: pd.Series,
    offers: pd.Series,
    orders_offers: pd.DataFrame,
    names: Mapping[object, str],
) -> pd.DataFrame:
    """Return for each segment which of its offers to send, and to how many of its customers.

    From who took what (bought, customers x offers), the segments of customers and of offers, and what is known of the
    offers. The columns are segment, offer, product, month, minimum_quantity, discount, taken_share (of the segment's
    customers) and send_to (how many of them have not taken it); the favourites of each segment come first.
    """
    taken = bought.melt(var_name="offer", value_name="taken", ignore_index=False)
    taken["cluster"] = customers[taken.index].to_numpy()
    groups = taken[taken["cluster"] == taken["offer"].map(offers)].groupby(["cluster", "offer"])["taken"]
    own = groups.agg(taken_share="mean", send_to=lambda took: (~took).sum()).reset_index()
    own["segment"] = own["cluster"].map(names)
    about = orders_offers[["offer", "product", "month", "minimum_quantity", "discount"]]
    joined = own.merge(about, on="offer")[["segment", *about.columns, "taken_share", "send_to"]]
    return joined.sort_values(["segment", "taken_share", "offer"], ascending=[True, False, True], ignore_index=True)


def recipients_by_segment(
    bought: pd.DataFrame, customers: pd.Series, mailing: pd.DataFrame, names: Mapping[object, str]
) -> pd.DataFrame:
    """Return a row for each offer of `mailing_by_segment` and each customer of its segment who has not taken it."""
    members = customers.map(names).rename("segment").rename_axis("customer").reset_index()
    pairs = mailing[["segment", "offer", "product"]].merge(members, on="segment")
    taken = [bought.loc[pair.customer, pair.offer] for pair in pairs.itertuples()]
    return pairs[~np.array(taken, dtype=bool)].reset_index(drop=True)


def explain_customers(
    bought: pd.DataFrame, customers: pd.Series, offers: pd.Series, names: Mapping[object, str], n: int
) -> pd.DataFrame:
    """Return for each customer why they are in their segment, and what to send them.

    These are which of the offers that they took are their segment's (why), and the n offers of their segment that
    others of it took most often and they did not (send).
    """
    members, favourites = members_of(offers), {}
    for segment, group in members_of(customers).items():
        taken = bought.loc[group, members.get(segment, [])].sum()
        favourites[segment] = list(taken.sort_values(ascending=False, kind="stable").index)
    rows = [
        (customer, names[segment], *_reason(bought.loc[customer], favourites[segment], n))
        for customer, segment in customers.items()
    ]
    return pd.DataFrame(rows, columns=["customer", "segment", "why", "send"])


def _reason(taken: pd.Series, favourites: list[int], n: int) -> tuple[str, str]:
    own = sorted(offer for offer in favourites if taken[offer])
    send = [str(offer) for offer in favourites if not taken[offer]][:n]
    of = f"{count(len(own))} of {count(int(taken.sum()), 'offer')} taken"
    why = f"{of} {'is' if len(own) == 1 else 'are'} the segment's"
    return (f"{why}: {listing(own, most=8)}" if own else why), ", ".join(send)


def named_profile(offers: pd.DataFrame, fit: Factors, names: Mapping[object, str]) -> pd.DataFrame:
    """Return `profile_offers` of each segment of a factorisation by its name, with its number of customers."""
    profile = profile_offers(offers, members_of(fit.column_clusters))
    sizes = profile["segment"].map(fit.row_clusters.value_counts()).fillna(0)
    return profile.assign(segment=profile["segment"].map(names), customers=sizes)


def names_of(offers: pd.DataFrame, fit: Factors) -> dict[object, str]:
    """Return what each taste is called: its segment's name, or its number where no offer belongs to it."""
    numbers = {taste: f"taste {taste}" for taste in fit.coefficients.index}
    return numbers | name_segments(offers, members_of(fit.column_clusters))


def stability_by_name(
    by_offer: pd.DataFrame,
    fit: Factors,
    names: Mapping[object, str],
    n_bootstrap: int,
    seed: int,
    beyond_chance: bool,
) -> pd.DataFrame:
    """Return how well each segment of customers and of offers is found among other customers.

    It is what `stability_table` says, with the names, and of ("customers" or "offers"). Where so many segments
    explain no more than chance (not `beyond_chance`), none is called stable: what all like is found again, too.
    """
    segments = [fit.row_clusters, fit.column_clusters]
    remake = factorisation.refit(len(fit.coefficients), seed)
    jaccard = clustering.bootstrap_jaccard(by_offer, segments, remake, n_bootstrap, seed)
    kinds = zip(("customers", "offers"), jaccard, strict=True)
    table = pd.concat([clustering.stability_table(each).assign(of=kind) for kind, each in kinds])
    if not beyond_chance:
        table["verdict"] = table["verdict"].replace("stable", "doubtful")
    named = table.assign(cluster=table["cluster"].map(names)).rename(columns={"cluster": "segment"})
    return named.sort_values(["of", "segment"])
