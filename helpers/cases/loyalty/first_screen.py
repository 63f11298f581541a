"""What does a manager with three minutes take away: whom to welcome, what to do, and how far to trust it?"""

import math
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from helpers.cases.loyalty.findings import WON, amount, period
from helpers.cases.loyalty.planning import NO_KIND, NONE
from helpers.cases.loyalty.programme import break_even
from helpers.cases.loyalty.welcome import COMING, IN, LEFT, SLIPPING, Expected
from helpers.models.clustering.methods import MARGIN
from helpers.models.clustering.stability import secured
from helpers.models.experiments.power import least_share
from helpers.models.migration import revenue_tree as tree
from helpers.models.migration.out_of_time import LATELY, RANDOM, REVENUE, SEGMENT
from helpers.sentences import checks
from helpers.sentences.experiments import FEW
from helpers.verdicts import Action
from helpers.wording import Formatter, count, percent, roughly, rounded

CLEARER = replace(
    checks.CLEARER,
    question="Are the groups more than chance?",
    measure="lead in silhouette over the clearest groups that the same method makes of orders dealt by chance",
    reason=f"A lead of less than {MARGIN:g} may be luck of the draw, and without one chance divides as clearly.",
)
STEEP = 0.5  # more sales than that no reward is tried for: members would have to buy half as much again
DO = {
    tree.FREQUENCY: "Give a reason to order more often",
    tree.BASKET: "Make each order larger",
    tree.REPEAT: "Win the second order",
    tree.ACTIVE: "Ask them back",
}


SPENT = {REVENUE: "had spent in all", LATELY: "spent lately"}


def lead_over_chance(chosen: pd.Series) -> float:
    """Return the measure of CLEARER; all of the silhouette where chance makes no groups at all."""
    chance = chosen["null_silhouette_highest"]
    return float(chosen["silhouette_in_features"] - (0.0 if math.isnan(chance) else chance))


def over_spending(ways: pd.DataFrame) -> tuple[float, str]:
    """Return the measure of BEATS_SIMPLE, and a line on it: the lead of the best group over spending.

    It is the smaller one of that over all past spending and that over what was spent lately, from `compare_ways`.
    """
    rows = ways.set_index("way").loc[[REVENUE, LATELY]]
    ends = -rows[["later_difference", "later_difference_high", "later_difference_low"]]
    if ends.isna().any(axis=None):
        return math.nan, "Nobody known bought later, so it could not be tried."
    leads = {way: checks.lead_in_half_widths(*row) for way, *row in ends.itertuples()}
    way = min(leads, key=leads.__getitem__)
    return leads[way], _on_simple(leads[way], SPENT[way])


def usable(audit: pd.DataFrame) -> float:
    """Return the measure of WHOLE: the share of the rows that are left after all steps of the cleaning."""
    return float(audit["rows_after"].iloc[-1] / audit["rows_before"].iloc[0])


KeyFigure = tuple[str, float, str, str]  # name, value, what to hold it against, label


def welcomed(shares: pd.DataFrame) -> KeyFigure:
    """Return how many are to be welcomed, from `status_shares`."""
    row = shares.iloc[0]
    of = f"{percent(row['customers_share'])} of {count(shares['customers'].sum(), 'customer')}"
    return "welcomed", row["customers"], of, "Customers to welcome"


def welcomed_share(shares: pd.DataFrame) -> KeyFigure:
    """Return what those to be welcomed brought, from `status_shares`."""
    row = shares.iloc[0]
    of = f"from {percent(row['customers_share'])} of the customers"
    return "welcomed_revenue_share", row["revenue_share"], of, "Their share of the revenue"


def later_share(ways: pd.DataFrame, name: str) -> KeyFigure:
    """Return what the best group brought later, from `compare_ways`."""
    rows = ways.set_index("way")
    own, chance = rows.loc[SEGMENT], percent(rows.loc[RANDOM, "later_share"])
    label = f"Later revenue from the best group, {name}"
    if math.isnan(own["later_share_low"]):
        return "later_share", own["later_share"], f"{chance} if picked at random", label
    low, high = (percent(own[f"later_share_{end}"]) for end in ("low", "high"))
    return "later_share", own["later_share"], f"{low} to {high}; {chance} if picked at random", label


def expected_revenue(invited: pd.DataFrame, expected: Expected, money: Formatter) -> KeyFigure:
    """Return what those to be welcomed should bring, and what it might be if missed as on earlier days."""
    total, write = float(invited.loc[invited["status"] == IN, "expected"].sum()), roughly(money)
    low, high = map(write, expected.reach(total))
    reach = f"{low} to {high}, as two earlier tries missed" if math.isfinite(expected.came[0]) else "never tried"
    return "expected_revenue", rounded(total), reach, f"Expected from them in {count(expected.days, 'day')}"


def reward_cost(yearly: float, margin: float, reward: float) -> KeyFigure:
    """Return what the reward costs a year, and what must come of it."""
    need = break_even(margin, reward)
    pays = _pays_from(need) if need < math.inf else "can never pay"
    return (
        "reward_cost",
        rounded(reward * yearly),
        f"at what they spent in the last year; {pays}",
        "Cost of the reward a year",
    )


def answer(
    shares: pd.DataFrame, entry: float, days: int, kinds: bool, rises: tuple[float, float], money: Formatter
) -> list[str]:
    """Return the answer to the title: whom, how many, and whether it pays.

    Parameters
    ----------
    shares
        `status_shares`, those to welcome first.
    entry, days
        The limit for coming in, and within how many days it counts.
    kinds
        Whether the groups are kinds of customers.
    rises
        From how many more sales, as a share, the reward pays (`break_even`) and a test shows it (`hidden_rise`).
    """
    row = shares.iloc[0]
    if not row["customers"]:
        return [f"Nobody: no customer spends {roughly(money)(entry)} within {period(days)} today."]
    one = "customer who spent" if row["customers"] == 1 else "customers who spent"
    spent = f"about {roughly(money)(entry)} or more in the last {period(days)}"
    whom = f"The programme is for the {count(row['customers'])} {one} {spent}."
    first = whom if kinds else f"The customers form no clear groups, so spending decides. {whom}"
    are = "That is" if row["customers"] == 1 else "They are"
    return [
        first,
        f"{are} {percent(row['customers_share'])} of all and brought {percent(row['revenue_share'])} of the revenue.",
        _on_reward(int(row["customers"]), *rises),
    ]


def _on_reward(n: int, need: float, hidden: float) -> str:
    if need == math.inf:
        return "The planned reward can never pay: it gives away all that the shop keeps."
    if need > STEEP:
        return f"The planned reward pays only from {percent(need)} more sales: plan a smaller one."
    if n < FEW:
        return "Whether a reward pays is not known, and they are too few to find out."
    if hidden > need:
        return "Whether a reward pays is not known, and a trial on half of them would show only a large effect."
    return "Whether a reward pays is not known: try it on half of them first."


def actions(
    invited: pd.DataFrame,
    expected: Expected,
    entry: float,
    pays: str,
    rises: tuple[float, float],
    days: int,
    money: Formatter,
) -> list[Action]:
    """Return what to do with those on the list of `welcome_list`; a status without anybody is left out.

    `pays` says what the reward costs and brings (`on_reward`), `rises` from how many more sales, as a share, it pays
    (`break_even`) and a test shows it (`hidden_rise`), `days` how long a test runs.
    """
    status = invited["status"].replace(LEFT, SLIPPING)
    limit, own = roughly(money)(entry), invited.groupby(status)["expected"].agg(["size", "sum"])
    need, hidden = rises
    found = []
    for status, whom in (
        (IN, f"Customers who spent about {limit} or more"),
        (COMING, "Customers nearest below that"),
        (SLIPPING, "Customers who spent enough until lately, and no longer do"),
    ):
        if status in own.index:
            n, total = int(own.loc[status, "size"]), float(own.loc[status, "sum"])
            ends = expected.reach(total) if n >= FEW else (math.nan, math.nan)  # of few, misses do not cancel
            stake = f"{amount(total, *ends, money)} in {period(days)}"
            what, sure = _advised(status, n, need, hidden, days)
            worth = {IN: pays, COMING: f"not known; they should bring {stake}"}.get(status) or f"at stake: {stake}"
            found.append(Action(what, whom, n, worth, sure, "members"))
    return found


def _advised(status: str, n: int, need: float, hidden: float, days: int) -> tuple[str, str]:
    """Return what to do with so many customers of a status, and how sure that is; a smaller rise stays `hidden`."""
    if status == COMING:
        what = "Wait until the reward is settled" if need > STEEP else "Tell them what they are short of"
        return what, "not tested, costs little"
    if status == SLIPPING:
        return "Ask why they buy less", "not tested, costs little"
    if need == math.inf:
        return "Plan a smaller reward first", "sure: it gives away all that the shop keeps"
    if need > STEEP:
        return "Plan a smaller reward first", f"members would have to buy {percent(need)} more for this one"
    if n < FEW:
        return "Welcome them all", "too few for a test, so it proves nothing"
    rise = f"; a rise that pays, but is less than {roughly(percent)(hidden)}, would stay hidden"
    small = rise if hidden > need else ""
    told = f"not yet tested: compare both halves, each with its earlier sales, after {period(days)}"
    return "Give the reward to half, at random", f"{told}{small}"


def on_reward(yearly: float, margin: float, reward: float, money: Formatter) -> str:
    """Say what the reward costs and from when it pays; nothing where it never does."""
    need = break_even(margin, reward)
    if need == math.inf:
        return ""
    return f"costs {roughly(money)(reward * yearly)} a year for all; {_pays_from(need)}"


def _pays_from(need: float) -> str:
    return f"pays from {percent(need)} more sales"


def group_actions(
    plan: pd.DataFrame,
    planned: pd.DataFrame,
    segments: pd.DataFrame,
    invited: pd.DataFrame,
    margin: float,
    days: int,
    money: Formatter,
) -> list[Action]:
    """Return what to do in groups that are kinds of customers: the lever worth most within reach, and a test.

    The plan is that of `action_plan` with the active_share of `then_and_now`.
    """
    sizes = segments.set_index("name")
    return [*_lever(planned, sizes, invited, margin, money), *_test_of_offer(plan, sizes, days)]


def _lever(
    planned: pd.DataFrame, sizes: pd.DataFrame, invited: pd.DataFrame, margin: float, money: Formatter
) -> Iterator[Action]:
    near = planned[planned["within_reach"].astype(bool)] if len(planned) else planned
    if near.empty:
        return
    row = near.loc[near["prize"].idxmax()]
    kept = amount(margin * row["prize"], margin * row["low"], margin * row["high"], money)
    n = int(((invited["segment"] == row["segment"]) & (invited["status"] == IN)).sum())
    both = f"; {count(n)} of them {'is' if n == 1 else 'are'} to be welcomed too, so one of both at a time"
    yield Action(
        DO[row["lever"]],
        row["segment"],
        int(sizes.loc[row["segment"], "customers"]),
        f"would earn {kept} a year {WON[row['lever']]}",
        f"arithmetic, no forecast: test it on half of them, drawn anew{both if n else ''}",
        "customers",
    )


def _test_of_offer(plan: pd.DataFrame, sizes: pd.DataFrame, days: int) -> Iterator[Action]:
    lost = plan.loc[(plan["lever"] == NONE) & (plan["reason"] != NO_KIND), "segment"]
    lost = lost[lost.map(sizes["customers"]) >= FEW]
    if lost.empty:
        return
    name = lost.loc[lost.map(sizes["revenue_share"]).idxmax()]
    n, active = int(sizes.loc[name, "customers"]), float(plan.set_index("segment").loc[name, "active_share"])
    yield Action(
        "Test one offer on half of them",
        name,
        n,
        f"not known; they brought {percent(sizes.loc[name, 'revenue_share'])} of all revenue so far",
        f"no offer is known to work{_shown(active, n, days)}",
        "customers",
    )


def _shown(active: float, n: int, days: int) -> str:
    """Return which rise a test on half of n customers would show, of whom a share was active before."""
    found = math.nan if math.isnan(active) else least_share(active, n // 2)
    if math.isnan(found):
        return f": draw them anew, at random, for {period(days)}"
    return f"; in {period(days)}, only a rise from {percent(active)} to {percent(found)} who buy would show"


def on_whole(audit: pd.DataFrame) -> str:
    """Say what could not be used, and what it cannot tell."""
    lost = audit["rows_before"] - audit["rows_after"]
    if not lost.any():
        return "Every line could be used."
    step = audit.loc[lost.idxmax(), "step"]
    return f"{percent(1 - usable(audit))} of the lines were left out. The largest step: {step}."


def on_firm(firmness: pd.DataFrame, kinds: bool) -> str:
    """Say how many groups other samples of the customers show again, which are kinds of customers or not."""
    good = int((secured(firmness) >= checks.GROUPS_HOLD.holds).sum())
    again = f"Other samples of the customers show {count(good)} of {count(len(firmness), 'group')} again"
    if not kinds:
        return f"{again}, though they are no clearer than chance."
    return f"{again}." if good == len(firmness) else f"{again}. Do not build on the others."


def on_clearer(lead: float) -> str:
    """Say whether the groups mean anything."""
    if CLEARER.verdict(lead) == "holds":
        return "They are clearer than any that the same method finds in shuffled orders."
    clear = "about" if CLEARER.verdict(lead) == "with care" else "just"
    return f"Shuffled orders give groups {clear} as clear, so spending decides, not the group."


def _on_simple(lead: float, spent: str) -> str:
    verdict = checks.BEATS_SIMPLE.verdict(lead)
    if verdict == "holds":
        return "In the months that followed, the best group brought more than as many picked by what they had spent."
    as_well = "about as well" if verdict == "with care" else "as well or better"
    return f"Picking as many customers by what they {spent} does {as_well}, so the limit goes by spending."


def on_came_true(coverage: float) -> str:
    """Say how many of the past weeks lay in the range that was forecast for them."""
    if math.isnan(coverage):
        return "The time is too short to try a forecast on past weeks."
    few = " That is too few: the ranges ahead are widened to what was missed."
    narrow = "" if checks.CAME_TRUE.verdict(coverage) == "holds" else few
    return f"{percent(coverage)} of past weeks lay in the range that was forecast for them; 95 % should.{narrow}"
