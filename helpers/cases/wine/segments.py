"""What are the segments of offers and customers like, what should they be called, and what should they be sent?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.cases.wine.reader import WineOrders
from helpers.keeping import kept
from helpers.models import clustering, factorisation
from helpers.models.factorisation.nmf import Factors
from helpers.wording import count, listing, percent

FEW = 30  # customers, with fewer of whom no test shows anything
QUARTER, MONTHS_OF_TEST = 13, 3  # of a year, in weeks and in months: how long a test lasts
MOST = 2 / 3  # of the customers of a segment, of whom its name must be true


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


def traits(bought: pd.DataFrame, offers: pd.DataFrame) -> pd.DataFrame:
    """Return for each customer the varietal of most of what they took (else empty), and whether they take much.

    Bought are customers x offers. Much is a mean smallest quantity above that of the mean customer.
    """
    about = offers.set_index("offer").loc[bought.columns]
    taken = bought.to_numpy(dtype=float)
    each = taken.sum(axis=1).clip(min=1)
    of_varietals = pd.get_dummies(about["varietal"], dtype=float)
    shares = pd.DataFrame(taken @ of_varietals.to_numpy() / each[:, None], bought.index, of_varietals.columns)
    quantity = taken @ about["minimum_quantity"].to_numpy() / each
    varietal = shares.idxmax(axis="columns").where(shares.max(axis="columns") > 0.5, "")
    return pd.DataFrame({"varietal": varietal, "much": quantity > quantity.mean()}, bought.index)


def name_segments(bought: pd.DataFrame, offers: pd.DataFrame, customers: pd.Series) -> pd.DataFrame:
    """Name each segment by what is true of MOST of its customers; names that would be shared are numbered.

    That they took mostly one varietal, else that they take little or much; else they are mixed. By segment it
    returns name and true_share, the share of its customers of whom the name is true (missing for mixed).
    """
    known = traits(bought, offers)
    rows = {segment: _name(known.loc[members]) for segment, members in members_of(customers).items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["name", "true_share"])
    number = table.groupby("name").cumcount() + 1
    shared = table["name"].duplicated(keep=False)
    return table.assign(name=table["name"] + number.map(" {}".format).where(shared, ""))


def _name(members: pd.DataFrame) -> tuple[str, float]:
    tops = members.loc[members["varietal"] != "", "varietal"].value_counts(sort=False)
    much = members["much"].mean()
    named = [("small timers", 1 - much), ("bulk buyers", much)]
    if len(tops):
        named = [(f"{tops.idxmax()} lovers", tops.max() / len(members)), *named]
    return next(((name, float(share)) for name, share in named if share >= MOST), ("mixed buyers", np.nan))


def customer_table(
    bought: pd.DataFrame, fit: Factors, names: Mapping[object, str], offer_names: Mapping[int, str]
) -> pd.DataFrame:
    """Return a row for each customer: segment, why, how surely, and the share of each taste in the customer's basis.

    Why: which of the offers that they took (bought, customers x offers) are their segment's. They are placed clearly
    by more than half of these and by two at least.
    """
    own = bought.to_numpy() & np.equal.outer(fit.row_clusters.to_numpy(), fit.column_clusters.to_numpy())
    taken, hits = bought.sum(axis="columns").to_numpy(), own.sum(axis=1)
    called = np.array([offer_names[offer] for offer in bought.columns])
    why = [_why(list(called[row]), n) for row, n in zip(own, taken, strict=True)]
    placed = np.select([2 * hits <= taken, hits < 2], ["by half or less", "by one offer"], "clearly")
    shares = fit.basis.div(fit.basis.sum(axis="columns"), axis="index")
    shares.columns = [f"share_of_{names[taste].lower().replace(' ', '_')}" for taste in fit.basis.columns]
    told = {"segment": fit.row_clusters.map(names), "placed": placed, "why": why}
    table = pd.concat([pd.DataFrame(told, bought.index), shares], axis=1)
    return table.rename_axis("customer").reset_index()


def _why(own: list[str], taken: int) -> str:
    of = f"{count(len(own))} of {count(int(taken), 'offer')} taken {'is' if len(own) == 1 else 'are'} the segment's"
    return f"{of}: {listing(own, most=8)}" if own else of


def actions(bought: pd.DataFrame, orders: WineOrders, members: pd.DataFrame, stability: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each segment of `customer_table`: what its customers like, on which terms, and what to do.

    Bought are customers x products. The likes are up to three products that they buy more often than the others do,
    by how much more; of what they took of these, usual_quantity (kg) is the smallest quantity that they took most
    often, the smaller where two are as frequent, usual_discount (%) the median of what they took at it, and seen_in
    the number of offers that this rests on. Segments that are not surely found again, by `stability_by_name`, are to
    be tested first.
    """
    of = members.set_index("customer")["segment"]
    taken = orders.transactions.merge(orders.offers, on="offer")
    verdicts = stability[stability["of"] == "customers"].set_index("segment")["verdict"]
    rows = []
    for segment, own in of.groupby(of):
        inside, others = (bought[bought.index.isin(own.index) == is_own].mean() for is_own in (True, False))
        liked = _liked(inside, others)
        about = {"segment": segment, "customers": len(own), "likes": _likes(inside[liked], others)}
        terms = _usual_terms(taken[taken["customer"].isin(own.index) & taken["product"].isin(liked)])
        clear = (members.loc[members["segment"] == segment, "placed"] == "clearly").mean()
        sure = verdicts[segment] == "stable"
        advice = f"offers like these, from {terms['usual_quantity']:g} kg"
        test = f"test on {count(len(own) // 2)} of them, picked at random, for {QUARTER} weeks: {advice}"
        test = test if len(own) >= FEW else f"too few for a test; to try all the same: {advice}"
        rows.append(
            about
            | terms
            | {"clear_share": clear, "found_again": verdicts[segment], "what_to_do": advice if sure else test}
        )
    return pd.DataFrame(rows).sort_values("customers", ascending=False, kind="stable", ignore_index=True)


def _usual_terms(taken: pd.DataFrame) -> dict[str, float]:
    """Return the smallest quantity that was taken most often, the median discount at it, and in how many offers."""
    quantity = taken["minimum_quantity"].mode().iloc[0]
    at_it = taken[taken["minimum_quantity"] == quantity]
    usual = float(at_it["discount"].quantile(0.5, interpolation="lower"))
    return {"usual_quantity": float(quantity), "usual_discount": usual, "seen_in": at_it["offer"].nunique()}


def _liked(inside: pd.Series, others: pd.Series) -> pd.Index:
    """Return the up to three products that are bought more often inside a segment, by how much more."""
    more = (inside - others.fillna(0)).sort_values(ascending=False, kind="stable")
    return more[more > 0].index[:3]


def _likes(liked: pd.Series, others: pd.Series) -> str:
    beside = {product: f", others {percent(share)}" for product, share in others.dropna().items()}
    return listing(f"{name} ({percent(share)}{beside.get(name, '')})" for name, share in liked.items())


def named_profile(
    bought: pd.DataFrame, offers: pd.DataFrame, fit: Factors, names: Mapping[object, str]
) -> pd.DataFrame:
    """Return `profile_offers` of each segment of a factorisation by its name.

    With its number of customers, and the share of these of whom its name is true.
    """
    profile = profile_offers(offers, members_of(fit.column_clusters))
    sizes = profile["segment"].map(fit.row_clusters.value_counts()).fillna(0)
    true = profile["segment"].map(name_segments(bought, offers, fit.row_clusters)["true_share"])
    return profile.assign(segment=profile["segment"].map(names), customers=sizes, true_share=true)


def names_of(bought: pd.DataFrame, offers: pd.DataFrame, fit: Factors) -> dict[object, str]:
    """Return what each taste is called: its segment's name, or its number where no customer belongs to it."""
    numbers = {taste: f"taste {taste}" for taste in fit.coefficients.index}
    return numbers | name_segments(bought, offers, fit.row_clusters)["name"].to_dict()


@kept
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
