"""What should be done first, for how much, and how far does the evidence carry it?"""

import math

import pandas as pd

from helpers.cases.rfm.naming import LAPSED, NEW, SELDOM
from helpers.cases.rfm.summary import ADDED
from helpers.models.lifetime_value.backtest import is_doubtful
from helpers.models.lifetime_value.holdout import OWN_RATE, SAME_RATE
from helpers.models.lifetime_value.value import ALL
from helpers.sentences.experiments import on_advised_test
from helpers.wording import Formatter, count, listing, percent

MOST = 3  # segments that are named


def on_effort(actions: pd.DataFrame, moves: pd.DataFrame, days: int, money: Formatter) -> str:
    """Say where effort goes first, by what is expected and by what is at risk, and how long that holds."""
    some = actions[actions["customers"] > 0]
    first, risk = (
        [f"{row.segment} ({money(getattr(row, name))})" for row in _largest(some, name).itertuples()]
        for name in ("expected_value", "at_risk")
    )
    old = moves[moves["before"] != NEW]
    moved = old.loc[old["before"] != old["after"], "customers"].sum() / max(old["customers"].sum(), 1)
    words = [f"⟦Effort goes first where most is expected⟧: {listing(first)}."]
    if risk:
        words.append(
            f"Most is at risk, since they did not order again in {count(days, 'day')}, with {listing(risk)}."
        )
    if len(old):
        words.append(f"In such a time {percent(moved)} changed segment, so make the lists anew as often.")
    return " ".join(words)


def _largest(actions: pd.DataFrame, name: str) -> pd.DataFrame:
    return actions[actions[name] > 0].nlargest(MOST, name)


def on_cost(actions: pd.DataFrame, money: Formatter) -> str:
    """Say what an action may cost a head, where it may cost most and least, and what is not known of it."""
    some = actions[actions["may_cost"].notna() & (actions["customers"] > 0) & (actions["segment"] != LAPSED)]
    some = some.sort_values("may_cost", kind="stable")
    if some.empty:
        return "What an action may cost cannot be told: nobody is expected to order."
    named = some.iloc[sorted({0, len(some) - 1}, reverse=True)]
    ends = [f"{money(row.may_cost)} for each of {row.segment}" for row in named.itertuples()]
    return (
        f"An action that adds {percent(ADDED)} to what customers spend ⟦may cost {' and '.join(ends)}⟧, before "
        f"the cost of the goods. Whether any adds as much is not in these data: nobody was left without one by lot."
    )


def on_seldom(
    members: pd.Series,
    values: pd.DataFrame,
    again: pd.DataFrame,
    spans: tuple[int, int],
    money: Formatter,
) -> str:
    """Say whether those who order seldom and have not lately (members, bool) are worth a try.

    The spans are the days in which customers could order again, and those for which they are valued.
    """
    if not members.any():
        return "Nobody orders seldom and has not done so lately, so there is nobody to win back among them."
    (days, ahead), row = spans, again.set_index("segment").loc[SELDOM]
    expected = values["expected_value"].reindex(members.index[members]).dropna()
    back = (
        ""
        if math.isnan(row["ordered_again"])
        else (f"Of such customers, {percent(row['ordered_again'])} ordered again within {count(days, 'day')}. ")
    )
    share = expected.sum() / values["expected_value"].sum()
    return (
        f"⟦{count(members.sum(), 'customer')}⟧ ({percent(members.mean())}) order seldom and have not lately. {back}"
        f"They may bring {money(expected.sum())} in {count(ahead, 'day')}, {percent(share)} of all expected: "
        f"a try is worth at most {money(ADDED * expected.mean())} for each, if it adds {percent(ADDED)}. Why they "
        f"stay away is not in the data: ask some of them."
    )


def on_acquisition(
    members: pd.Series, values: pd.DataFrame, moves: pd.DataFrame, spans: tuple[int, int], money: Formatter
) -> str:
    """Say whether the shop wins as many customers as it loses, and what winning one may cost (members, bool: new)."""
    days, ahead = spans
    came = moves.loc[moves["before"] == NEW, "customers"].sum()
    lost = moves.loc[(moves["before"] != NEW) & (moves["after"] == LAPSED), "customers"].sum()
    verdict = "more than" if came > lost else "fewer than" if came < lost else "as many as"
    flow = f"In {count(days, 'day')}, {count(came, 'customer')} came or came back, {verdict} the {count(lost)} lost."
    need = "" if came > lost else " ⟦To stay as large, the shop has to win more⟧."
    expected = values["expected_value"].reindex(members.index[members]).dropna()
    if expected.empty:
        return f"{flow}{need} Nobody is new, so what a new customer would bring cannot be told."
    return (
        f"{flow}{need} A new customer ({percent(members.mean())} are new) is expected to spend "
        f"⟦{money(expected.mean())}⟧ in {count(ahead, 'day')}: a campaign pays if winning one costs less than that, "
        f"less the cost of the goods. What it costs is not in the data."
    )


def on_trust(errors: pd.DataFrame, tested: pd.DataFrame) -> str:
    """Say how far the expected values of segments and of single customers can be trusted."""
    own = tested[tested["segment"] == ALL]
    off = (own["actual"] / own["expected"] - 1).abs().max()
    rows = errors.set_index("predictor")
    if _is_beaten(errors):
        single = "For single customers, their own rate so far was nearer to what they ordered"
    elif rows.loc[SAME_RATE, "diff_low"] > 0:
        single = "For single customers it was nearer to what they ordered than the same rate for all"
    else:
        single = "For single customers it was not surely nearer than the same rate for all"
    return (
        f"Expected values are a model's: earlier forecasts of the total were off by up to {percent(off)}. {single}. "
        f"Use them to decide ⟦who comes first, not as amounts⟧."
    )


def is_untrusted(errors: pd.DataFrame, tested: pd.DataFrame) -> bool:
    """Return whether earlier forecasts were off, or single customers are forecast worse than without a model."""
    return is_doubtful(tested) or _is_beaten(errors)


def _is_beaten(errors: pd.DataFrame) -> bool:
    return bool(errors.set_index("predictor").loc[OWN_RATE, "diff_high"] < 0)


def on_hits(rates: pd.DataFrame, days: int, k: int) -> str:
    """Say in which segments the lists did surely better than what sells best, from `hit_rates`."""
    judged = rates[rates["customers"] > 0]
    if judged.empty:
        return "How the lists do cannot be told: nobody bought both before the trial and after it began."
    better, rest = judged[judged["better"]], judged[~judged["better"]]
    words = [
        f"{row.segment} {percent(row.hit_rate)} against {percent(row.simple_rate)}" for row in better.itertuples()
    ]
    told = (
        f"Of those who bought in the {count(days, 'day')} held out, so many bought something of their list of "
        f"{count(k)}, against what sells best: {listing(words, len(words))}."
        if words
        else f"In no segment did the lists of {count(k)} surely do better than what sells best."
    )
    if rest.empty or not words:
        return told
    return f"{told} ⟦Not surely better⟧: {listing(rest['segment'], len(rest))}."


def on_test(actions: pd.DataFrame, rates: pd.DataFrame, days: int) -> str:
    """Advise a test in the segment with most at risk, of those whose list is not surely better if there are any."""
    some = actions[(actions["segment"] != LAPSED) & (actions["customers"] > 0) & actions["ordered_again"].notna()]
    if some.empty:
        return "Nobody could have ordered again, so no test can be planned."
    doubtful = some["segment"].isin(rates.loc[~rates["better"], "segment"])
    row = (some[doubtful] if doubtful.any() else some).nlargest(1, "at_risk").iloc[0]
    why = ", and its list is not surely better than what sells best" if doubtful.any() else ""
    advised = on_advised_test(
        f"customers of {row['segment']}", int(row["customers"]), row["ordered_again"], max(days // 7, 1), "who order"
    )
    return f"Whether the action for {row['segment']} adds an order is not known{why}. {advised}"
