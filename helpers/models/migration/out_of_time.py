"""Do the segments tell who will buy later, and more than a ranking by past revenue would?

Segments are made of what customers did up to a day, the split, and judged on what the same customers did after it.
The best segment is set against the same number of customers picked in simpler ways, against chance, and against a
pick that knows the future.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.model_selection import RepeatedKFold

from helpers.errors import Unanswerable
from helpers.models.clustering.labels import NOISE
from helpers.models.inference.bootstrap import bootstrap_sums, differences_to_first, with_intervals
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.intervals import share_interval
from helpers.models.inference.permutation import group_p_values
from helpers.models.inference.proportions import with_share
from helpers.wording import count

SEGMENT, REVENUE, LATELY = "best segment", "most past revenue", "most revenue lately"
SCORE, ORDERS, RECENT = "highest RFM score", "most past orders", "latest order"
RANDOM, HINDSIGHT = "at random", "knowing the future"
ONLY_REVENUE, RFM, ONLY_SEGMENT = "past revenue", "past revenue, orders and recency", "segment"
WITH_SEGMENT = " and segment"
ACTIVE = ("active_share", "active_share_low", "active_share_high")
FOLDS = 5
TINY = 1e-9  # share of a sum of squares that is rounding
FEWEST = 2 * FOLDS  # customers, for a prediction of those held out


def before_and_after(orders: pd.DataFrame, split: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Return what each customer known at the split did up to it and after it.

    The table, by customer, holds revenue, orders and recency (days from the last order to the split) of the orders up
    to the split; later_revenue and later_orders of those after it, up to `end`. `orders` has customer, order, date
    and value, a row for each order. The split is the last day that the segments may know, `end` the last on which
    they are judged; Unanswerable where there is no order up to the split, or none after it.
    """
    days = orders["date"].dt.normalize()
    split, end = pd.Timestamp(split).normalize(), pd.Timestamp(end).normalize()
    past, later = orders[days <= split], orders[(days > split) & (days <= end)]
    if past.empty or later.empty:
        raise Unanswerable(
            f"Segments are judged by orders up to {split:%Y-%m-%d} and by orders from then to {end:%Y-%m-%d}: there "
            f"are {count(len(past))} and {count(len(later))}."
        )
    known = past.groupby("customer").agg(revenue=("value", "sum"), orders=("order", "nunique"), last=("date", "max"))
    known["recency"] = (split - known.pop("last").dt.normalize()).dt.days
    came = later.groupby("customer").agg(later_revenue=("value", "sum"), later_orders=("order", "nunique"))
    joined = known.join(came).fillna({"later_revenue": 0.0, "later_orders": 0})
    return joined.astype({"later_orders": int})


def newcomers_share(orders: pd.DataFrame, split: pd.Timestamp, end: pd.Timestamp) -> float:
    """Return the share of the later revenue that customers bring who were not known at the split."""
    known = before_and_after(orders, split, end)["later_revenue"].sum()
    days = orders["date"].dt.normalize()
    total = orders.loc[(days > pd.Timestamp(split)) & (days <= pd.Timestamp(end)), "value"].sum()
    return float(1 - known / total) if total else float("nan")


def best_segment(history: pd.DataFrame, segments: pd.Series) -> int:
    """Return the segment with the highest median past revenue, noise aside.

    Of equal ones the one with the highest mean, then the largest, then the one with the lowest label. The history, by
    customer, is from `before_and_after`; segments are labels by customer, NOISE for who is in none. Unanswerable
    where nobody with a past is in a segment.
    """
    own = _labelled(history, segments)
    revenue = history.loc[own.index, "revenue"].groupby(own.rename("segment"))
    table = revenue.agg(["median", "mean", "size"]).drop(NOISE, errors="ignore").reset_index()
    if table.empty:
        raise Unanswerable("No customer with an order up to the split is in a segment.")
    order = ["median", "mean", "size", "segment"]
    return int(table.sort_values(order, ascending=[False, False, False, True])["segment"].iloc[0])


def _labelled(history: pd.DataFrame, segments: pd.Series) -> pd.Series:
    """Return the labels of the customers who have both a past and a label, in the order of `history`."""
    return segments.reindex(history.index[history.index.isin(segments.index)])


def ways_of_picking(history: pd.DataFrame, segments: pd.Series, lately: pd.Series, scores: pd.Series) -> pd.DataFrame:
    """Return with what weight each way of picking as many customers as the best segment has picks each customer.

    History and segments are as for `best_segment`, `lately` is the revenue of the last days before the split, and
    `scores` are RFM scores, higher for better customers; all are of the time up to the split. The weights, of
    labelled customers x ways, lie between 0 and 1. Customers who are tied at the limit share the places that are
    left, each with an equal part. So nothing depends on the order of the rows, and picking at random needs no draws:
    everybody has the same part.
    """
    own = _labelled(history, segments)
    known = history.loc[own.index]
    chosen = own == best_segment(history, segments)
    n = int(chosen.sum())
    rankings = {
        REVENUE: known["revenue"],
        LATELY: lately.reindex(own.index).fillna(0),
        SCORE: scores.reindex(own.index).fillna(-np.inf),
        ORDERS: known["orders"],
        RECENT: -known["recency"],
        RANDOM: pd.Series(0, own.index),
        HINDSIGHT: known["later_revenue"],
    }
    picked = {name: _top(ranking.to_numpy(dtype=float), n) for name, ranking in rankings.items()}
    return pd.DataFrame({SEGMENT: chosen.astype(float), **picked}, own.index)


def _top(values: np.ndarray, n: int) -> np.ndarray:
    """Return weights that pick the `n` highest values; those tied at the limit share what is left."""
    limit = np.sort(values)[-n]
    above, tied = values > limit, values == limit
    return above + tied * (n - above.sum()) / tied.sum()


@single_thread
def compare_ways(history: pd.DataFrame, picked: pd.DataFrame, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return what the customers that each way picks (by `ways_of_picking`) did later, beside those of the first way.

    The table holds way, customers (how many are picked), later_share (of the revenue that all customers known at the
    split bring after it), active_share (of the picked who buy again), both with _low and _high; later_difference and
    active_difference (to the first way, the best segment), with _low and _high, missing for that itself.

    In each draw all ways see the same customers, so the differences are paired. Who is picked is not chosen anew. The
    intervals hold 95 % of the draws; that of later_share is a `share_interval`, since few customers bring most.
    """
    later = history.loc[picked.index, "later_revenue"].to_numpy(dtype=float)
    active = (history.loc[picked.index, "later_orders"] > 0).to_numpy(dtype=float)
    weights = picked.to_numpy()
    parts = {"later": weights * later[:, None], "active": weights * active[:, None], "picked": weights}
    sums = bootstrap_sums(parts | {"total": later[:, None]}, n_bootstrap, seed)
    with np.errstate(invalid="ignore"):
        shares = {"later": sums["later"] / sums["total"], "active": sums["active"] / sums["picked"]}
    columns = {"way": picked.columns, "customers": weights.sum(axis=0).round().astype(int)}
    for name, share in shares.items():
        columns |= with_intervals({f"{name}_share": share, f"{name}_difference": differences_to_first(share)})
    columns["later_share_low"], columns["later_share_high"] = share_interval(parts["later"], later)
    return pd.DataFrame(columns)


@single_thread
def segments_later(history: pd.DataFrame, segments: pd.Series, n_bootstrap: int, seed: int) -> pd.DataFrame:
    """Return what each segment did after the split; history and segments are as for `best_segment`.

    The table holds segment, customers, past_share (of the revenue up to the split), later_share (of that after it),
    later_mean (later revenue a customer), lift (that mean over the mean of all; 1 is the average), top_share (what as
    many customers with the most past revenue bring) and top_difference (the segment less these), all from later_share
    on with _low and _high but for top_share; active_share (who buy again) with _low and _high, and p_value, the
    chance that any segment differs so much in its later mean if revenue is dealt anew. The segment with the most past
    revenue a customer comes first, noise last.

    Intervals hold 95 % of the draws, in which the customers of all segments are drawn together; that of later_share
    is a `share_interval`, that of active_share Wilson's (1927). A segment of one customer has only Wilson's.
    """
    own = _labelled(history, segments)
    known = history.loc[own.index]
    means = known["revenue"].groupby(own).mean()
    labels = sorted(map(int, means.index), key=lambda label: (label == NOISE, -means[label], label))
    member = (own.to_numpy()[:, None] == np.array(labels)).astype(float)
    top = np.column_stack([_top(known["revenue"].to_numpy(dtype=float), int(n)) for n in member.sum(axis=0)])
    later = known["later_revenue"].to_numpy(dtype=float)[:, None]
    parts = {"own": member * later, "top": top * later, "customers": member, "total": later}
    measures = _of_segments(bootstrap_sums(parts, n_bootstrap, seed), len(later))
    table = pd.DataFrame({"segment": labels, "customers": member.sum(axis=0).astype(int)})
    table["past_share"] = known["revenue"].to_numpy() @ member / known["revenue"].sum()
    table = table.assign(**with_intervals(measures))
    ends = np.where(member.sum(axis=0) > 1, share_interval(parts["own"], later[:, 0]), np.nan)
    table["later_share_low"], table["later_share_high"] = ends
    table.insert(table.columns.get_loc("top_difference"), "top_share", table["later_share"] - table["top_difference"])
    again = (known["later_orders"] > 0).to_numpy(dtype=float) @ member
    table = with_share(table.assign(again=again), "again", "customers", ACTIVE).drop(columns="again")
    p_values = group_p_values(known["later_revenue"], own, seed)
    return table.assign(p_value=p_values[labels].to_numpy())


def _of_segments(sums: Mapping[str, np.ndarray], n: int) -> dict[str, np.ndarray]:
    """Return share, mean and lift of the later revenue, and the share less that of the top; no draws of one alone."""
    total = sums["total"]
    alone = (sums["customers"][0] < 2) & (np.arange(len(total)) > 0)[:, None]
    own = np.where(alone, np.nan, sums["own"])
    with np.errstate(invalid="ignore"):
        mean = own / sums["customers"]
        shares = {"later_share": own / total, "later_mean": mean, "lift": mean / (total / n)}
        return shares | {"top_difference": (own - sums["top"]) / total}


@single_thread
def added_by_segments(
    history: pd.DataFrame, segments: pd.Series, n_repeats: int, n_bootstrap: int, seed: int
) -> pd.DataFrame:
    """Return how well later revenue is predicted without and with the segment, for customers held out.

    History and segments are as for `best_segment`; Unanswerable where fewer than FEWEST customers are in one. The
    customers are parted in FOLDS folds `n_repeats` times, each fold is predicted from the others, and the predictions
    of a customer are averaged.

    The table holds predictors (ONLY_SEGMENT, ONLY_REVENUE, RFM, and the latter two WITH_SEGMENT), r2 (of the
    logarithm of 1 + later revenue) and rank_correlation (Spearman's), with _low and _high; r2_gain and rank_gain
    (what the segment adds to the same predictors without it), with _low and _high, missing where there is no segment
    to add.

    Least squares on logarithms of 1 + each measure (0 where it is negative), with a dummy variable for each segment,
    noise among them. Where training folds leave a segment out, its dummy counts for nothing. Ranks are those among
    all customers and are not made anew in the draws.
    """
    own = _labelled(history, segments)
    if len(own) < FEWEST:
        raise Unanswerable(
            f"{count(len(own), 'customer')} in segments: at least {FEWEST} are needed to hold some out."
        )
    known = np.log1p(history.loc[own.index].clip(lower=0))
    y = known["later_revenue"].to_numpy()
    predicted = {name: _held_out(x, y, n_repeats, seed) for name, x in _designs(known, own).items()}
    return _scores(y, predicted, n_bootstrap, seed)


def _designs(known: pd.DataFrame, own: pd.Series) -> dict[str, np.ndarray]:
    """Return the predictors by name; those with the segment follow the same without it."""
    dummies = pd.get_dummies(own, dtype=float).to_numpy()
    designs = {ONLY_SEGMENT: dummies}
    for name, columns in ((ONLY_REVENUE, ["revenue"]), (RFM, ["revenue", "orders", "recency"])):
        measures = known[columns].to_numpy()
        plain = np.column_stack([np.ones(len(measures)), measures])
        designs |= {name: plain, name + WITH_SEGMENT: np.column_stack([plain, dummies])}
    return designs


def _held_out(x: np.ndarray, y: np.ndarray, n_repeats: int, seed: int) -> np.ndarray:
    """Return predictions of each row by least squares on other rows, of the least norm where several fit."""
    predicted = np.zeros(len(y))
    for train, test in RepeatedKFold(n_splits=FOLDS, n_repeats=n_repeats, random_state=seed).split(x):
        coefficients = np.linalg.lstsq(x[train], y[train], rcond=None)[0]
        predicted[test] += x[test] @ coefficients / n_repeats
    return predicted


def _scores(y: np.ndarray, predicted: Mapping[str, np.ndarray], n_bootstrap: int, seed: int) -> pd.DataFrame:
    predictions, actual = pd.DataFrame(predicted).to_numpy(), y[:, None]
    rank, ranks = (rankdata(values, axis=0) for values in (actual, predictions.round(9)))
    rank, ranks = rank - rank.mean(axis=0), ranks - ranks.mean(axis=0)
    names, r2 = list(predicted), _r2(actual, predictions, n_bootstrap, seed)
    correlation = _correlations(rank, ranks, n_bootstrap, seed)
    measures = {"r2": r2, "r2_gain": _gain(r2, names)}
    measures |= {"rank_correlation": correlation, "rank_gain": _gain(correlation, names)}
    return pd.DataFrame({"predictors": names, **with_intervals(measures)})


def _gain(scores: np.ndarray, names: list[str]) -> np.ndarray:
    """Return by how much scores exceed those of the same predictors without the segment; missing for such."""
    without = [names.index(name.removesuffix(WITH_SEGMENT)) for name in names]
    return np.where([name.endswith(WITH_SEGMENT) for name in names], scores - scores[:, without], np.nan)


def _r2(actual: np.ndarray, predictions: np.ndarray, n_bootstrap: int, seed: int) -> np.ndarray:
    """Return the R² of each prediction; (1 + draws) x predictions."""
    parts = {"y": actual, "y2": actual**2, "errors": (predictions - actual) ** 2}
    sums = bootstrap_sums(parts, n_bootstrap, seed)
    variation = sums["y2"] - sums["y"] ** 2 / len(actual)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(variation > TINY * sums["y2"], 1 - sums["errors"] / variation, np.nan)


def _correlations(x: np.ndarray, y: np.ndarray, n_bootstrap: int, seed: int) -> np.ndarray:
    """Return the correlation of x (a column) with each column of y; (1 + draws) x columns."""
    sums = bootstrap_sums({"x": x, "x2": x**2, "y": y, "y2": y**2, "xy": x * y}, n_bootstrap, seed)
    x, x2, y, y2, xy = (sums[name] / len(y) for name in ("x", "x2", "y", "y2", "xy"))
    spreads = (y2 - y**2) * (x2 - x**2)
    return (xy - x * y) / np.sqrt(np.where(spreads > 0, spreads, np.nan))
