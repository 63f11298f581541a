"""What do the network's data, segments, prices and centres say to a manager, in words?

Where a part of the report says several things, they are said by one function and told apart by what they are about.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers.cases.health import data_sentences
from helpers.cases.health.centre_sentences import FEW, on_amounts_by_centre, on_main_centres
from helpers.cases.health.cleaning import CleanHealth
from helpers.cases.health.moves import WORDS, Moves
from helpers.cases.health.pricing import AGREEING, ALONE, WITH_OTHERS
from helpers.cases.health.summary import SET_ASIDE, centre_association
from helpers.models.clustering.number import Choice
from helpers.models.clustering.subclusters import Second
from helpers.models.lifetime_value.baselines import ValueComparison
from helpers.models.migration.window_artefact import Artefact
from helpers.models.network.growth import persistence_correlation
from helpers.models.network.heavy_tail import Tail
from helpers.models.network.trees import Network, fault_summary, tree_facts
from helpers.models.prediction.next_segment import NextSegment
from helpers.models.prediction.relearning import Relearning
from helpers.sentences import (
    clustering as say_clustering,
    lifetime_value as say_value,
    migration as say_migration,
    network as say_network,
    prediction as say_prediction,
)
from helpers.wording import Formatter, count, fixed, listing, number, percent

FEATURE_WORDS = {"cltv": "the naive CLTV"} | {f"q{i}_share": f"the share of Q{i}" for i in range(1, 5)}


class OfData(NamedTuple):
    """What the data hold, and what was done to them."""

    years: str
    products: str
    dates: str
    payers: str
    twins: str
    cleaning: str
    zeros: str


def on_data(cleaned: CleanHealth, twins: pd.DataFrame, excluded_years: Sequence[int]) -> OfData:
    """Say what the data hold and what was done to them; `twins` as from `CleanHealth.near_duplicates`."""
    return OfData(
        data_sentences.on_excluded_years(cleaned.months, excluded_years),
        data_sentences.on_products(cleaned.json_faults),
        data_sentences.on_dates(cleaned.dates),
        data_sentences.on_payers(cleaned.payers),
        data_sentences.on_near_duplicates(twins),
        data_sentences.on_cleaning(cleaned.audit),
        data_sentences.on_zeros(cleaned.set_to_zero),
    )


def on_centres(by_centre: pd.DataFrame, amounts: pd.DataFrame, money: Formatter) -> tuple[str, str]:
    """Say whether centres differ in their segments, and in what a segment spends.

    Parameters
    ----------
    by_centre, amounts : DataFrame
        From `segments_by_centre` and `amounts_by_centre`.
    money : formatter
        Of amounts.
    """
    return on_main_centres(by_centre, centre_association(by_centre)), on_amounts_by_centre(amounts, money)


class OfNumber(NamedTuple):
    """How many clusters there are; either of `chosen` and `warning` is empty."""

    chosen: str
    warning: str
    suggested: str


def on_number(survey: pd.DataFrame, suggested: pd.DataFrame, choice: Choice, used: int) -> OfNumber:
    """Say how many clusters are used and why, which is a warning where none is strong, and what each criterion says.

    Parameters
    ----------
    survey, suggested, choice
        From `survey_subsamples`, `suggested_numbers` and `pick_number`.
    used : int
        The number that is used.
    """
    said = say_clustering.on_number_chosen(survey, choice, used)
    chosen, warning = (said, "") if choice.strong else ("", said)
    return OfNumber(chosen, warning, say_clustering.on_subsamples(survey, suggested, choice))


def on_firmness(firmness: pd.DataFrame, n_clusters: int, n_customers: int) -> tuple[str, bool]:
    """Say whether the segments are found again among other customers, and whether that is a warning.

    Parameters
    ----------
    firmness : DataFrame
        From `stability_beside_null`, of some customers who were drawn by chance.
    n_clusters, n_customers : int
        How many segments there are, and how many customers were drawn.
    """
    said = say_clustering.on_stability("k-means", firmness, n_clusters)
    drawn = f"(Of {count(n_customers, 'customer')} drawn by chance.)"
    return f"{said} {drawn}", say_clustering.is_weak(firmness, n_clusters)


def on_scales(scalings: pd.DataFrame, strengths: pd.DataFrame, n_clusters: int) -> tuple[str, str]:
    """Say what other scales make of the customers, and how firm the clusters are on each."""
    return say_clustering.on_scalings(scalings), say_clustering.on_strengths(strengths, n_clusters)


def on_doubles(correlated: pd.DataFrame, without: pd.DataFrame) -> str:
    """Say which features say nearly the same, and whether the segments hang on them."""
    return say_clustering.on_collinear(correlated, without, FEATURE_WORDS)


class OfSecond(NamedTuple):
    """Which segment was cut again, and who was set aside before."""

    cut: str
    set_aside: str


def on_second(splits: pd.DataFrame, second: Second | None, names: pd.DataFrame) -> OfSecond:
    """Say which segment was cut again and who was set aside before, which is nothing where none was cut.

    Parameters
    ----------
    splits, second
        From `survey_splits` and `second_clustering`.
    names : DataFrame, clusters
        name, as from `name_clusters`.
    """
    return OfSecond(
        say_clustering.on_second(splits, second, names["name"].to_dict()),
        say_clustering.on_set_aside(second) if second else "",
    )


class OfMoves(NamedTuple):
    """Who moves, who buys again, and who had bought before."""

    moves: str
    kept: str
    seen_before: str


def on_moves(moves: Moves) -> OfMoves:
    """Say who moves, who buys again, and how many of the first half-year were no newcomers."""
    return OfMoves(
        say_migration.on_moves(moves.table),
        say_migration.on_retention(moves.kept),
        f"{percent(moves.seen_before)} of the customers of the first half-year had bought before it: who is first "
        "seen in a half-year need not be new.",
    )


def on_artefact(artefact: Artefact) -> str:
    """Say how much of the movement is made by measuring as the source did."""
    return say_migration.on_artefact(artefact, WORDS)


class OfNetwork(NamedTuple):
    """What the trees are like, what of them was cut, and how recruits are spread."""

    tree: str
    faults: str
    tail: str


def on_network(trees: Network, tail: Tail, concentrated: pd.DataFrame, top: float) -> OfNetwork:
    """Say what the trees are like, what of them was cut, and how unevenly recruits are spread."""
    return OfNetwork(
        say_network.on_tree(tree_facts(trees)),
        say_network.on_faults(fault_summary(trees)),
        say_network.on_tail(tail, concentrated, top),
    )


class OfLeaders(NamedTuple):
    """Who leads, and by what."""

    top: str
    again: str
    branches: str
    held: str


def on_leaders(
    leaders: pd.DataFrame,
    again: pd.DataFrame,
    branches: pd.DataFrame,
    held: pd.DataFrame,
    top: float,
    money: Formatter,
) -> OfLeaders:
    """Say who leads by recruits, whether their recruits recruit and their branches come back, and what they hold.

    Parameters
    ----------
    leaders, again, branches, held : DataFrame
        From `top_sponsors`, `next_degree`, `branch_retention` and `revenue_concentration`.
    top : float
        The share of the members who count as the top.
    money : formatter
        Of amounts.
    """
    return OfLeaders(
        say_network.on_top(leaders, "recruits", money),
        say_network.on_next_degree(again),
        say_network.on_branch_retention(branches),
        say_network.on_influence(held, top, money),
    )


class OfSuccess(NamedTuple):
    """What sets the top sponsors apart, how fast they began, and whether it lasts."""

    apart: str
    pace: str
    lasting: str


def on_success(
    success: pd.DataFrame, lasting: pd.DataFrame, trees: Network, joined: pd.Series, money: Formatter
) -> OfSuccess:
    """Say what sets the top sponsors apart, how fast they began, and whether recruiting lasts.

    Parameters
    ----------
    success, lasting : DataFrame
        From `success_table` and `persistence`.
    trees : Network
        The sponsors.
    joined : Series
        When each member joined.
    money : formatter
        Of amounts.
    """
    return OfSuccess(
        say_network.on_success(success, money),
        say_network.on_pace(success),
        say_network.on_persistence(lasting, persistence_correlation(trees, joined)),
    )


class OfValue(NamedTuple):
    """Which forecast ranks customers, how far its total was off, and further evidence."""

    naive: str
    totals: str
    evidence: tuple[str, ...]


def on_value(valued: ValueComparison, cut: float, money: Formatter) -> OfValue:
    """Say which forecast of value to trust.

    Parameters
    ----------
    valued : ValueComparison
        From `compare_values`.
    cut : float
        The share of the customers who ordered before the first order that the model sees.
    money : formatter
        Of amounts.
    """
    measures = valued.measures
    return OfValue(
        say_value.on_naive_against_model(measures),
        say_value.on_holdout_totals(measures, cut),
        (
            say_value.on_sample(valued),
            say_value.on_verdict(measures),
            say_value.on_scale(measures, money),
            say_value.on_ranking(measures),
            say_value.on_top_tenth(measures),
            say_value.on_rivals(measures),
        ),
    )


def on_relearning(found: Relearning) -> tuple[str, str]:
    """Say how well the labels of k-means can be learned, and which features that takes."""
    return say_prediction.on_relearning(found), say_prediction.on_importances(found.importances)


def on_next(found: NextSegment) -> tuple[str, str]:
    """Say how often the next segment is told rightly, and whether its probabilities are better than a simple rule."""
    return say_prediction.on_next(found), say_prediction.on_brier(found)


def on_segments(sizes: pd.DataFrame) -> str:
    """Say how large the segments are, what they spend, and how sure their means are, from `segment_sizes`."""
    found, rest = (sizes[(sizes["segment"] == SET_ASIDE) == aside] for aside in (False, True))
    if found.empty:
        return "No customer is in a segment."
    words = "; ".join(_segment(row) for _, row in found.iterrows())
    everybody = count(sizes["customers"].sum(), "customer")
    head = f"{everybody} and {count(len(found), 'segment')}, by what they spend in all"
    aside = [_set_aside(row) for _, row in rest.iterrows()]
    return " ".join([f"{head}: {words}.", *_against_the_average(sizes), *aside, *_too_few(found)])


def _segment(row: pd.Series) -> str:
    return (
        f"**{row['segment']}** ({percent(row['customers_share'])} of the customers with "
        f"{percent(row['amount_share'])} of the amount; on average {fixed(1)(row['visits'])} visits and "
        f"{fixed(1)(row['quantity'])} items)"
    )


def _against_the_average(sizes: pd.DataFrame) -> list[str]:
    """Say what a customer of the segment with the highest mean spends; nothing where there is no other."""
    mean = np.average(sizes["amount"], weights=sizes["customers"])
    if len(sizes) == 1 or not mean > 0:
        return []
    own = sizes[sizes["segment"] != SET_ASIDE]
    highest = own.loc[own["amount"].idxmax()]
    times = number(highest["amount"] / mean, 2)
    return [f"A customer of {highest['segment']} spends {times} times what the average customer spends."]


def _set_aside(row: pd.Series) -> str:
    verb = "is" if row["customers"] == 1 else "are"
    return (
        f"{count(row['customers'], 'customer')} ({percent(row['customers_share'])} of all, with "
        f"{percent(row['amount_share'])} of the amount) {verb} set aside and in no segment."
    )


def _too_few(found: pd.DataFrame) -> list[str]:
    few = found.loc[found["customers"] < FEW, "segment"]
    return [f"Fewer than {FEW} customers each: {listing(few)}; means of so few tell little."] if len(few) else []


def on_prices(prices: pd.DataFrame) -> str:
    """Say where the prices are from and how far the totals agree with them, from `product_prices`."""
    if prices.empty:
        return "No product was sold, so there is no price."
    alone, fitted = (int((prices["method"] == method).sum()) for method in (ALONE, WITH_OTHERS))
    have = "has" if alone == 1 else "have"
    return " ".join(
        [
            f"Of {count(len(prices), 'product')}, {count(alone)} {have} a price from being bought alone and "
            f"{count(fitted)} from least squares on transactions with other products.",
            _untold(prices),
            *_agreeing(prices[prices["transactions"] > 0]),
        ]
    )


def _untold(prices: pd.DataFrame) -> str:
    """Say of how many products the transactions do not tell the price."""
    missing = int(prices[["low", "high"]].isna().any(axis="columns").sum())
    if not missing:
        return "Every price has an interval."
    theirs = "its price has" if missing == 1 else "their prices have"
    return f"For {count(missing, 'product')} the transactions do not tell it, and {theirs} no interval."


def _agreeing(found: pd.DataFrame) -> list[str]:
    """Say how far the transactions that prices are from agree with them; products without such have no say."""
    if found.empty:
        return []
    said = (
        f"At the median product, {percent(found['agreeing_share'].median(), 1)} of the transactions that its price "
        f"is from agree with the prices to within {percent(AGREEING, 1)}."
    )
    n = int((found["agreeing_share"] < 0.5).sum())
    which = "its price changed or is" if n == 1 else "their prices changed or are"
    return [said, *([f"For {count(n, 'product')} fewer than half of them agree: {which} doubtful."] if n else [])]
