"""What should be done first, for how much, and how far does the evidence carry it?"""

import math

import pandas as pd

from helpers.cases.rfm.hindsight import misses, side
from helpers.cases.rfm.naming import LAPSED, NEW, SELDOM
from helpers.cases.rfm.summary import ADDED, NOT_BACK
from helpers.models.lifetime_value.backtest import is_doubtful
from helpers.models.lifetime_value.holdout import OWN_RATE, SAME_RATE
from helpers.sentences.experiments import on_advised_test
from helpers.wording import Formatter, count, listing, percent

MOST = 3  # segments that are named
LEAST_TESTED = 100  # customers; a test of fewer finds only very large effects
LETTER = 1.0  # of the currency; what cannot cost so much can be no more than an e-mail
COVERS = "the cost of the extra goods included"


def on_effort(actions: pd.DataFrame, tells: bool, days: int) -> str:
    """Say where effort goes first, and who did not order again, if segments tell who does within days (`tells`)."""
    if not tells:
        return "It is not shown that segments tell who will order again: ⟦none deserves more effort than another⟧."
    some = actions[actions["customers"] > 0]
    first, late = (list(_largest(some, name)["segment"]) for name in ("expected_value", NOT_BACK))
    of_late = f"Of the revenue from customers not expected back within {count(days, 'day')}"
    most = f" {of_late}, most came from {listing(late)}; some of them order later." if late else ""
    return f"⟦Put effort first where most is expected⟧: {listing(first)}.{most}"


def _largest(actions: pd.DataFrame, name: str) -> pd.DataFrame:
    return actions[actions[name] > 0].nlargest(MOST, name)


def on_cost(actions: pd.DataFrame, money: Formatter) -> str:
    """Say at which cost a head an action breaks even, where that is most and least, and what is not known of it."""
    some = actions[actions["break_even"].notna() & (actions["customers"] > 0) & (actions["segment"] != LAPSED)]
    some = some.sort_values("break_even", kind="stable")
    if some.empty:
        return "What an action may cost cannot be told: nobody is expected to order."
    ends = [
        f"{cautiously(money, row.break_even, row.break_even_low)} for each of {row.segment}"
        for row in some.iloc[[-1, 0]].drop_duplicates("segment").itertuples()
    ]
    little = some.loc[some["break_even_low"] < LETTER, "segment"]
    cheap = f" With {listing(little)}, cautiously ⟦no more than an e-mail⟧ pays." if len(little) else ""
    return (
        f"An action that made each buy {percent(ADDED)} more would ⟦break even at {' and '.join(ends)}⟧, {COVERS}."
        f"{cheap} Whether any action adds as much is not in these data: no customers were left out at random."
    )


def cautiously(money: Formatter, expected: float, low: float) -> str:
    """Return an amount that is expected, and beside it that by the low end of what is."""
    return f"{money(expected)} (cautiously {money(low)})"


def on_seldom(
    members: pd.Series,
    values: pd.DataFrame,
    again: pd.DataFrame,
    spans: tuple[int, int],
    least: pd.Series,
    money: Formatter,
) -> str:
    """Say whether those who order seldom and have not lately (members, bool) are worth a try.

    The spans are the days in which customers could order again, and those for which they are valued; least is, by
    customer, the low end of what is expected (`summary.least_expected`).
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
    worth = cautiously(money, *(ADDED * each[expected.index].mean() for each in (values["expected_value"], least)))
    return (
        f"⟦{count(members.sum(), 'customer')}⟧ ({percent(members.mean())}) order seldom and have not ordered lately. "
        f"{back}They may bring {money(expected.sum())} in {count(ahead, 'day')}, {percent(share)} of all expected: "
        f"a try that made each buy {percent(ADDED)} more would break even at {worth} for each, {COVERS}. Why they "
        f"stay away is not in the data: ask some of them."
    )


def on_acquisition(
    members: pd.Series,
    values: pd.DataFrame,
    moves: pd.DataFrame,
    spans: tuple[int, int],
    least: pd.Series,
    money: Formatter,
) -> str:
    """Say whether the shop wins as many customers as it loses, and what winning one may cost (members, bool: new).

    Spans and least are as for `on_seldom`.
    """
    days, ahead = spans
    came = moves.loc[moves["before"] == NEW, "customers"].sum()
    lost = moves.loc[(moves["before"] != NEW) & (moves["after"] == LAPSED), "customers"].sum()
    verdict = "more than" if came > lost else "fewer than" if came < lost else "as many as"
    flow = f"In {count(days, 'day')}, {count(came, 'customer')} came or came back, {verdict} the {count(lost)} lost."
    need = "" if came >= lost else " ⟦To stay as large, the shop has to win more⟧."
    expected = values["expected_value"].reindex(members.index[members]).dropna()
    if expected.empty:
        return f"{flow}{need} Nobody is new, so what a new customer would bring cannot be told."
    spend = cautiously(money, expected.mean(), least[expected.index].mean())
    return (
        f"{flow}{need} A new customer ({percent(members.mean())} are new) is expected to spend ⟦{spend}⟧ in "
        f"{count(ahead, 'day')} after the first order. Winning one breaks even at that and the "
        f"first order, which must also cover the cost of the goods. What it costs is not in the data."
    )


def on_trust(errors: pd.DataFrame, tested: pd.DataFrame) -> str:
    """Say how far the expected values of segments and of single customers can be trusted."""
    off = misses(tested)
    most, which = percent(off.abs().max()), side(off)
    amount = f"these totals were {which}" if which else "where an amount is needed, take the low end"
    rows, use = errors.set_index("predictor"), "Use them to decide ⟦who comes first⟧"
    if _is_beaten(errors):
        use = "Rank single customers by ⟦their own rate⟧"
        single = "their own rate so far was nearer to what they ordered than the model"
    elif rows.loc[SAME_RATE, "diff_low"] > 0:
        single = "the model was nearer to what they ordered than one rate for all"
    else:
        single = "the model was not surely nearer to what they ordered than one rate for all"
    return (
        f"Earlier forecasts of the total were off by up to {most}. For single customers, {single}. {use}; {amount}."
    )


def is_untrusted(errors: pd.DataFrame, tested: pd.DataFrame) -> bool:
    """Return whether earlier forecasts were off, or single customers are forecast worse than without a model."""
    return is_doubtful(tested) or _is_beaten(errors)


def _is_beaten(errors: pd.DataFrame) -> bool:
    return bool(errors.set_index("predictor").loc[OWN_RATE, "diff_high"] < 0)


def on_hits(rates: pd.DataFrame) -> str:
    """Say in which segments the lists did surely better than what sells best, from `hit_rates`."""
    judged = rates[(rates["customers"] > 0) & (rates["segment"] != LAPSED)]
    if judged.empty:
        return "How the lists do cannot be told: nobody bought both before the trial and after it began."
    better, rest = judged[judged["better"]], judged[~judged["better"]]
    if better.empty:
        return "In no segment did the lists surely do better than the bestsellers."
    doubtful = f" ⟦Not surely better⟧: {listing(rest['segment'], len(rest))}." if len(rest) else ""
    return (
        f"In ⟦{count(len(better))} of {count(len(judged))}⟧ segments, surely more customers bought from their own "
        f"list than from the bestsellers.{doubtful}"
    )


def on_test(actions: pd.DataFrame, rates: pd.DataFrame, days: int) -> str:
    """Advise a test in the segment of `segment_to_test`, from `summary.actions` and `hit_rates`."""
    better = actions["segment"].map(rates.set_index("segment")["better"])
    row = segment_to_test(actions, better)
    if row is None:
        return "Nobody could have ordered again, so no test can be planned."
    why = "" if better[row.name] else ", and its list is not surely better than what sells best"
    advised = on_advised_test(
        f"customers of {row['segment']}", int(row["customers"]), row["ordered_again"], max(days // 7, 1), "who order"
    )
    return f"Whether the action for {row['segment']} adds an order is not known{why}. {advised}"


def segment_to_test(actions: pd.DataFrame, better: pd.Series) -> pd.Series | None:
    """Return the row of the segment that a test is advised for: where those not expected back brought most.

    Those come first whose list is not surely `better` (by row) and that are large enough for a test to find much.
    """
    some = actions[(actions["segment"] != LAPSED) & (actions["customers"] > 0) & actions["ordered_again"].notna()]
    doubtful = some[~better[some.index].astype(bool) & (some["customers"] >= LEAST_TESTED)]
    rows = some if doubtful.empty else doubtful
    return None if rows.empty else rows.loc[rows[NOT_BACK].idxmax()]
