"""Who will buy again, in which segment, for how much, and whom is it worth calling first?

Chances and amounts are learned from steps between two half-years, each by a forest or by the rates and means of the
segment: by the forest only where, learned from the step before, it was surely better on the last one. The rates are
those of all steps so far, since those of a single one differ; all else is of the last step. Of who has already lapsed
only the rate of their last segment is known: how many of such came back in the last step.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor

from helpers.keeping import kept
from helpers.models.inference.bootstrap import bootstrap_sums, percentile_interval
from helpers.models.inference.determinism import single_thread
from helpers.models.inference.forests import grown
from helpers.models.inference.intervals import mean_interval
from helpers.models.migration.transitions import LAPSED, UNSEEN
from helpers.models.prediction.next_segment import FEWEST, FOREST, LEAF, RATES, NextSegment, Step, foretell
from helpers.wording import Formatter, count, percent, rounded

TREES = 50
ODDS = 1.1  # what a call is taken to multiply the odds of buying again by: an assumption, alike for all
FIRST = 0.1  # the share of the customers who are looked at as the first ones
DRAWS = 200  # bootstrap samples behind the interval of what these bring
NOT_JUDGED = "rate of the last segment, not judged"
DIGITS = 3
AMOUNTS = ["expected_amount", "gain_of_call"]
CALLS = ["segment", "chance", *AMOUNTS]
FORETOLD = ["next_segment", "next_chance", "amount_if", "method"]
COLUMNS = ["segment", "chance", "next_segment", "next_chance", "amount_if", "expected_amount", "gain_of_call"]


@dataclass(frozen=True)
class Outlook:
    """What is foretold of every customer, and how that did on a step that it had not seen.

    `customers` holds COLUMNS, method, and visits and amount of the last half-year, by customer, those of the highest
    gain_of_call first: chance of buying again in the next half-year, next_segment (the most probable one if so) with
    next_chance, amount_if (if so), expected_amount (chance * amount_if), and gain_of_call (what it rises by if the
    odds are ODDS times as high).

    `judged` holds customers, foretold_share and came_share (who bought again), total_ratio (amount foretold / come),
    and first_share with first_low and first_high (of the amount that came, what the FIRST by expected_amount brought;
    95 % interval); missing where too few were there to judge by.
    """

    customers: pd.DataFrame
    judged: pd.Series
    chances_by: str
    amounts_by: str


@kept
@single_thread
def outlook(
    following: NextSegment,
    steps: tuple[Step, Step, Step],
    states: pd.DataFrame,
    windows: list[pd.DataFrame],
    seed: int,
) -> Outlook:
    """Return the outlook of all customers in `states` (customers x half-years, as from `transitions.states`).

    The steps are those of `moves.last_steps` and the one that begins now, without next states; `following` is what
    `predict_next` found on the first two; the windows are the single views of the half-years.
    """
    earlier, last, now = steps
    middle, latest = (window["total_amount"] for window in windows[-2:])
    brier = following.brier.set_index("method")
    chances_by = FOREST if len(brier) and brier.loc[RATES, "low"] > 0 else RATES
    tried = _tried_amounts(earlier, middle, last, seed)
    amounts_by = _nearest(tried, last, latest)
    method = f"chance: {chances_by}; amount: {amounts_by}"
    amount = _amounts(amounts_by, last, latest, now, seed)
    found = _expected(_chances(chances_by, last, now, states, seed), now, amount, method)
    table = pd.concat([found, _lapsed(states, latest)])
    table["gain_of_call"] = _gain(table["chance"], table["amount_if"])
    for name, column in (("visits", "frequency"), ("amount", "total_amount")):
        table[name] = now.features[column].reindex(table.index).fillna(0)
    table = table.rename_axis("customer").sort_index()
    ordered = table.sort_values("gain_of_call", ascending=False, kind="stable")
    before = _chances(chances_by, earlier, last, states.iloc[:, :-1], seed)
    then = _expected(before, last, tried[amounts_by], method)
    judged = _judged(then, last, latest, seed)
    return Outlook(ordered[[*COLUMNS, "method", "visits", "amount"]], judged, chances_by, amounts_by)


def _gain(chance: pd.Series, amount: pd.Series) -> pd.Series:
    """Return what the expected amount rises by if the odds of coming again are ODDS times as high."""
    return (ODDS * chance / (1 + (ODDS - 1) * chance) - chance) * amount


def _expected(probabilities: pd.DataFrame, asked: Step, amount: pd.Series, method: str) -> pd.DataFrame:
    """Return segment, chance, next_segment, next_chance, amount_if, expected_amount and method of customers.

    The probabilities are of each next state, the amount is what each spends if they come again.
    """
    back = probabilities.drop(columns=LAPSED, errors="ignore")
    chance = back.sum(axis="columns")
    best = back.columns[back.to_numpy().argmax(axis=1)] if back.shape[1] else asked.segment[back.index]
    return pd.DataFrame(
        {
            "segment": asked.segment[back.index],
            "chance": chance,
            "next_segment": best,
            "next_chance": back.max(axis="columns").fillna(0.0),
            "amount_if": amount,
            "expected_amount": chance * amount,
            "method": method,
        }
    )


def _chances(by: str, learned: Step, asked: Step, states: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the probability of each next state: by a forest on a step, or the RATES over all steps in the states."""
    if by == FOREST:
        return foretell(learned, asked.features, asked.segment, seed)[FOREST]
    return _rates(states, asked.segment)


def _rates(states: pd.DataFrame, segment: pd.Series) -> pd.DataFrame:
    """Return the shares of the next states in each customer's segment, or of all where nobody was in it."""
    pairs = zip(states.columns, states.columns[1:], strict=False)
    steps = pd.concat([states[[now, then]].set_axis(["now", "next"], axis="columns") for now, then in pairs])
    bought = steps[~steps["now"].isin([LAPSED, UNSEEN])]
    shares = pd.crosstab(bought["now"], bought["next"], normalize="index")
    everybody = bought["next"].value_counts(normalize=True)
    return shares.reindex(segment).set_axis(segment.index).fillna(everybody)


def _amounts(by: str, learned: Step, after: pd.Series, asked: Step, seed: int) -> pd.Series:
    """Return what customers spend if they come again: by the mean of their segment, or by a forest."""
    back = learned.next_state.index[learned.next_state != LAPSED]
    spent = after.reindex(back).dropna()
    if by == FOREST:
        x = learned.features.loc[spent.index]
        forest = grown(RandomForestRegressor(TREES, min_samples_leaf=LEAF, random_state=seed), x, spent)
        return pd.Series(forest.predict(asked.features[x.columns]), asked.features.index)
    means = spent.groupby(learned.segment[spent.index]).mean()
    return asked.segment.map(means).fillna(spent.mean() if len(spent) else 0.0)


def _tried_amounts(earlier: Step, middle: pd.Series, last: Step, seed: int) -> dict[str, pd.Series]:
    """Return by method what would have been foretold of the last step; by RATES alone where too few came again."""
    came_again = [int((step.next_state != LAPSED).sum()) for step in (earlier, last)]
    methods = [RATES] if min(came_again) < FEWEST else [RATES, FOREST]
    return {by: _amounts(by, earlier, middle, last, seed) for by in methods}


def _nearest(tried: dict[str, pd.Series], last: Step, latest: pd.Series) -> str:
    """Return FOREST where its amounts are surely nearer to what came, by Poisson deviance, else RATES.

    That deviance is least for the right mean, however skewed the amounts are (Gneiting, 2011).
    """
    if FOREST not in tried:
        return RATES
    back = last.next_state.index[last.next_state != LAPSED]
    came = latest.reindex(back).fillna(0.0)

    def loss(by: str) -> pd.Series:
        told = tried[by][back].clip(lower=1.0)
        return 2 * (came * np.log(came.clip(lower=1.0) / told) - came + told)

    return FOREST if mean_interval(loss(RATES) - loss(FOREST))[1] > 0 else RATES


def _judged(found: pd.DataFrame, last: Step, latest: pd.Series, seed: int) -> pd.Series:
    came = (last.next_state != LAPSED).reindex(found.index)
    spent = latest.reindex(found.index).fillna(0.0)
    first = found["expected_amount"].rank(method="first", ascending=False) <= FIRST * len(found)
    total = spent.sum() or np.nan
    sums = bootstrap_sums({"first": spent.where(first, 0.0).to_numpy(), "all": spent.to_numpy()}, DRAWS, seed)
    low, high = percentile_interval(sums["first"][1:] / np.where(sums["all"][1:] > 0, sums["all"][1:], np.nan))
    return pd.Series(
        {
            "customers": len(found),
            "foretold_share": found["chance"].mean(),
            "came_share": came.mean(),
            "total_ratio": found["expected_amount"].sum() / total,
            "first_share": spent[first].sum() / total,
            "first_low": low,
            "first_high": high,
        }
    )


def _lapsed(states: pd.DataFrame, latest: pd.Series) -> pd.DataFrame:
    """Return the outlook of who did not buy in the last half-year, by their last segment."""
    before, now = (_last_segment(states.iloc[:, :end]) for end in (-1, states.shape[1]))
    gone_then = states.iloc[:, -2] == LAPSED
    later = states.iloc[:, -1][gone_then]
    rows = {}
    for name, group in later.groupby(before[gone_then]):
        back = group[group != LAPSED]
        following = back.value_counts(normalize=True).sort_index()
        chance = len(back) / len(group)
        best = following.idxmax() if len(back) else name
        amount = latest.reindex(back.index).mean() if len(back) else 0.0
        rows[name] = (chance, best, chance * following.get(best, 0.0), amount, chance * amount)
    by_segment = pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS[1:6])
    gone = now[(states.iloc[:, -1] == LAPSED) & now.isin(by_segment.index)]
    table = by_segment.reindex(gone).set_axis(gone.index)
    return table.assign(segment=gone + ", " + LAPSED, method=NOT_JUDGED)


def _last_segment(states: pd.DataFrame) -> pd.Series:
    return states.mask(states.isin([LAPSED, UNSEEN])).ffill(axis="columns").iloc[:, -1]


def with_reasons(customers: pd.DataFrame, money: Formatter, period: str) -> pd.DataFrame:
    """Return CALLS of the customers of an outlook with a reason in words, to be published.

    What is foretold of a single customer is known roughly at best, and is rounded to DIGITS that count.
    """

    def reason(method: str, segment: str, chance: float, visits: float, amount: float) -> str:
        if method == NOT_JUDGED:
            return f"no order in {period}; {percent(chance, 1)} of such came back"
        spent = f"{count(visits, 'visit')} for {money(round(amount))} in {period}"
        if RATES in method.split(";")[0]:
            return f"{spent}; {percent(chance)} of {segment} buy again"
        return f"{spent}; buys again with a chance of {percent(chance)}"

    reasons = map(reason, *(customers[name] for name in ("method", "segment", "chance", "visits", "amount")))
    rough = {name: customers[name].map(partial(rounded, digits=DIGITS)) for name in AMOUNTS}
    return customers[CALLS].assign(**rough, reason=list(reasons)).reset_index()


def lost_by_segment(step: Step) -> pd.DataFrame:
    """Return what of a half-year's amount came from who did not buy in the next: segment, customers, amount_share
    (of all), lost (their amount), lost_share (of all that was lost), the largest first."""
    amount, gone = step.features["total_amount"], step.next_state.reindex(step.features.index) == LAPSED
    own = pd.DataFrame({"segment": step.segment, "amount": amount, "lost": amount.where(gone, 0.0)})
    table = own.groupby("segment").agg(customers=("amount", "size"), amount=("amount", "sum"), lost=("lost", "sum"))
    table["amount_share"] = table["amount"] / (table["amount"].sum() or np.nan)
    table["lost_share"] = table["lost"] / (table["lost"].sum() or np.nan)
    ordered = table.sort_values("lost", ascending=False, kind="stable").reset_index()
    return ordered[["segment", "customers", "amount_share", "lost", "lost_share"]]


def second_orders(orders: pd.DataFrame, days: int) -> pd.Series:
    """Return for who first ordered at least `days` before the last day: the days to the second order, if within."""
    first = orders.groupby("customer")["date"].min()
    watched = first[first <= orders["date"].max() - pd.Timedelta(days=days)]
    later = orders[orders["date"] > orders["customer"].map(first)].groupby("customer")["date"].min()
    wait = (later - first).dt.days.reindex(watched.index)
    return wait.where(wait <= days)


def to_follow_up(orders: pd.DataFrame, waits: pd.Series) -> pd.DataFrame:
    """Return who may still place a second order: those whose only order is not older than nine in ten of the waits.

    Of the orders (customer, date, value) and of `second_orders`: customer, ordered (date), amount, days_ago, due_in
    (days). Due now are those who have waited as long as half of those who came by themselves, the latest of these
    first; then come the others, as their turn comes.
    """
    first = (
        orders.sort_values("date", kind="stable")
        .groupby("customer")
        .agg(ordered=("date", "first"), amount=("value", "first"), orders=("date", "size"))
    )
    days_ago = (orders["date"].max() - first["ordered"]).dt.days
    still = (first["orders"] == 1) & (days_ago <= waits.quantile(0.9))
    table = first[still].drop(columns="orders").assign(days_ago=days_ago).reset_index()
    left = np.ceil(waits.median() - table["days_ago"]).clip(lower=0)
    table["due_in"] = left.fillna(0).astype(int)
    return table.sort_values(["due_in", "days_ago", "customer"], ignore_index=True)
