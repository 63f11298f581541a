"""Whom is it worth writing to, and what follows for each cluster?

There is one rule: a letter pays where its chance of an answer times the margin is above the cost. What is advised for
a cluster counts its letters, so that the list of customers and the advice for their cluster cannot disagree, and the
share of a cluster decides nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu

from helpers.cases.marketing.profiling import HIGH, LOW
from helpers.certainty import FALSE_DISCOVERIES
from helpers.models.inference.proportions import wilson_interval, with_share
from helpers.models.prediction.response import best_response_model, tenths
from helpers.models.prediction.targeting import EVERYBODY, RULE, spare_answers
from helpers.sentences.experiments import FEW, on_advised_test
from helpers.sentences.prediction import on_extra_sales, on_few_answers
from helpers.wording import Formatter, count, listing, percent

YES, TEST, NO = "yes", "test", "no"
SPENDING = {"prediction": "spending_predicted", "low": "spending_low", "high": "spending_high"}
WEEKS = 4  # of a test; recency reaches back 14 weeks


@dataclass(frozen=True)
class Letters:
    """Whether to write to each customer, and how sure that is."""

    table: pd.DataFrame  # by customer: write (YES, TEST or NO), probability, expected_profit, like, like_answered
    sure: bool  # whether letters by the rule surely bring more than none, if nobody who answers would buy anyway
    cost: float
    limit: float  # the chance of an answer from which a letter pays
    few: int  # customers for whom one may pay, where they are too few to test that, so that nobody is written to
    anyway: float  # share of those for whom one may pay who bought within WEEKS without one
    spare: float  # share of those who answered from which on, had they bought anyway, nothing is left
    undone: bool  # whether as many may buy anyway as leave nothing

    @property
    def pays(self) -> bool:
        """Whether letters bring more than none, even if as many buy anyway as do so without one."""
        return self.sure and not self.undone


def letters(
    probability: pd.Series, customers: pd.DataFrame, plans: pd.DataFrame, cost: float, margin: float
) -> Letters:
    """Return whom to write to by the rule of `prediction.plans`: as a TEST where a profit is not sure.

    It is not where the rule did not surely bring one, or where as many of `customer_features` (customers) may buy
    anyway as leave nothing of it: by the 95 % interval (Wilson) of the share whose last purchase was under WEEKS ago.
    Fewer than FEW are no test: then nobody is written to.

    Beside the probability stands how many customers are in the same tenth by it (like), and what share of these
    answered the last campaign (like_answered).
    """
    rows = plans.set_index("plan")
    rule, everybody = rows.loc[RULE], rows.loc[EVERYBODY]
    sure = bool(rule["profit_low"] > 0 and not on_few_answers(everybody["answers"], everybody["mailed"]))
    pays, like = probability * margin > cost, customers["response"].groupby(tenths(probability))
    lately = customers.loc[pays, "recency"] < 7 * WEEKS
    spare = spare_answers(plans, margin) / (rule["answers"] or np.nan)
    undone = not wilson_interval(lately.sum(), len(lately))[1] < spare
    firm = sure and not undone
    few = 0 if firm or pays.sum() >= FEW else int(pays.sum())
    table = pd.DataFrame(
        {
            "write": np.where(pays & (few == 0), YES if firm else TEST, NO),
            "probability": probability,
            "expected_profit": probability * margin - cost,
            "like": like.transform("size"),
            "like_answered": like.transform("mean"),
        }
    )
    return Letters(table, sure, cost, cost / margin, few, float(lately.mean()), float(spare), undone)


def customer_table(
    features: pd.DataFrame,
    summary: pd.DataFrame,
    clusters: pd.Series,
    intervals: pd.DataFrame,
    mail: Letters,
    by: str,
) -> pd.DataFrame:
    """Return a row for each customer, the highest expected profit of a letter first.

    From `customer_features`, `cluster_table` (summary), the clusters, the held-out predictions of spending with low
    and high (intervals); `by` says which method made the probabilities.
    """
    table = mail.table.assign(cluster=clusters, spent=features["spent"], method=by)
    table = table.join(intervals[list(SPENDING)].rename(columns=SPENDING))
    table["reason"] = [_reason(row, mail.limit) for row in table.itertuples()]
    named = table.rename_axis("customer").reset_index().merge(summary[["cluster", "label"]], on="cluster")
    order = ["customer", "write", "probability", "expected_profit", "reason", "cluster", "label"]
    order += ["spent", *SPENDING.values(), "method"]
    return named.sort_values(["expected_profit", "customer"], ascending=[False, True], ignore_index=True)[order]


def _reason(row: Any, limit: float) -> str:
    """Return what happened to customers who were about as likely, beside what a letter takes."""
    side = "above" if row.like_answered > limit else "not above"
    writes = row.write != NO
    own = "" if (side == "above") == writes else f"; this customer's own chance is{'' if writes else ' not'}"
    return (
        f"{percent(row.like_answered)} of the {count(row.like)} in the same tenth answered, {side} the "
        f"{percent(limit, 1)} that a letter takes{own}"
    )


def on_order(mail: Letters, answered: pd.Series) -> str:
    """Say whether those who answered stand higher among the customers for whom a letter may pay (Mann and Whitney).

    Nothing where there are none, or all of them did the same.
    """
    chance = mail.table.loc[mail.table["write"] != NO, "probability"]
    did = answered[chance.index] == 1
    if did.nunique() < 2:
        return ""
    above, p_value = mannwhitneyu(chance[did], chance[~did])
    share = above / did.sum() / (~did).sum()
    shown = p_value < FALSE_DISCOVERIES and share > 1 / 2
    verdict = "likelier customers did answer more often" if shown else "⟦their order is not shown to mean anything⟧"
    return (
        f"Among the {count(len(did))} for whom a letter may pay, {verdict}: of one who answered and one who did not, "
        f"the first stands higher in {percent(share)} of the pairs{'' if shown else ', which may be chance'}."
    )


def cluster_actions(
    summary: pd.DataFrame,
    clusters: pd.Series,
    answered: pd.Series,
    mail: Letters,
    firm: pd.DataFrame,
    money: Formatter,
) -> pd.DataFrame:
    """Return what to do about each cluster, from `cluster_table` (summary) and `stability_by_cluster` (firm).

    The columns are cluster, label, customers, action, letters (customers whom it pays to write to), expected_profit
    (of these letters), priority, answered (share) with answered_low and answered_high (95 % interval by Wilson), and
    stability.
    """
    own = clusters[mail.table.index]
    paid = mail.table["write"] != NO
    made = pd.DataFrame({"answers": answered.groupby(own).sum(), "letters": paid.groupby(own).sum()})
    made["expected_profit"] = mail.table["expected_profit"].where(paid, 0).groupby(own).sum()
    table = summary.join(made, on="cluster").merge(firm[["cluster", "verdict"]], on="cluster")
    table = with_share(table, "answers", "customers", ("answered", "answered_low", "answered_high"))
    table["action"] = [_action(row, mail.pays, money) for row in table.itertuples()]
    names = ["cluster", "label", "customers", "action", "letters", "expected_profit", "priority"]
    names += ["answered", "answered_low", "answered_high", "stability"]
    return table.rename(columns={"verdict": "stability"})[names]


def _action(row: Any, pays: bool, money: Formatter) -> str:
    """Return the letters of a cluster, what its spending calls for, and a warning where it may be no group at all."""
    of = "all of them" if row.letters == row.customers else f"{count(row.letters)} of {count(row.customers)}"
    if row.letters == 0:
        said = ["No letters: for none of them is one expected to pay."]
    elif row.letters < FEW:
        said = [f"No letters to the group: one may pay for {of} only, whom the list of customers names."]
    elif pays:
        said = [f"Write to {of}, for whom a letter pays (expected profit at most {money(row.expected_profit)})."]
    else:
        said = [f"Test letters on {of}, for whom one may pay."]
    if row.priority == HIGH:
        said.append("Keep them all by good service: they spend much.")
    if row.priority == LOW:
        said.append("No further action.")
    if row.verdict != "stable":
        said.append("Go by the list of customers: the cluster may not be found again.")
    return " ".join(said)


def method_in_words(scores: pd.DataFrame) -> str:
    """Return which method foretells the answers, and how it did on customers it had not seen, from `scores`."""
    name = best_response_model(scores)
    auc = scores.set_index("model").loc[name, "auc"]
    return f"{name} (among customers it had not seen, it puts one who answered first in {percent(auc)} of pairs)"


def on_letters(mail: Letters, table: pd.DataFrame) -> str:
    """Say whom to write to, and in which clusters they are, from `cluster_actions`."""
    n = int(table["letters"].sum())
    if n == 0:
        few = f"a letter may pay for {count(mail.few)}, too few to test"
        return f"⟦Write to nobody⟧: {few if mail.few else 'for no customer is a letter expected to pay'}."
    some = table[table["letters"] > 0].sort_values("letters", ascending=False, kind="stable")
    where = listing(f"{count(row.letters)} in cluster {row.cluster}" for row in some.itertuples())
    none = table.loc[table["letters"] == 0, "cluster"]
    nobody = f"; nobody in cluster{'s' if len(none) > 1 else ''} {listing(none)}" if len(none) else ""
    who = f"{count(n)} of {count(len(mail.table), 'customer')}"
    if mail.pays:
        return f"⟦Write to {who}⟧: {where}{nobody}."
    if mail.sure:
        return f"⟦Test letters on {who}⟧: {where}{nobody}. As many may buy anyway as would leave no profit."
    return (
        f"⟦Write to nobody yet, and test letters on {who}⟧: {where}{nobody}. In the last campaign such letters would "
        f"not surely have brought more than none."
    )


def on_anyway(mail: Letters, plans: pd.DataFrame, margin: float, money: Formatter) -> str:
    """Say beside how many may have bought anyway, until nothing is left of the profit, how many buy without a letter.

    Nothing where there is no profit.
    """
    left = on_extra_sales(plans, mail.cost, margin)
    if not left:
        return ""
    beside = "as many or more" if mail.anyway >= mail.spare else "about as many" if mail.undone else "clearly fewer"
    weeks = count(WEEKS, "week")
    known = f"their last purchase was under {7 * WEEKS} days ago, and no letter is known behind it"
    return (
        f"{left} Of the customers for whom a letter may pay, ⟦{percent(mail.anyway)} buy within {weeks} without one⟧ "
        f"({known}): {beside}. That a letter costs {money(mail.cost)} and an answer brings {money(margin)} is "
        f"assumed, not measured."
    )


def tests_to_make(customers: pd.DataFrame, table: pd.DataFrame, mail: Letters, money: Formatter) -> list[str]:
    """Advise a test of letters, unless they pay whoever buys anyway, and one of deals.

    From `customer_features` and `cluster_actions`. Who bought by themselves is known by the days since the last
    purchase.
    """
    lately, letter = customers["recency"] < 7 * WEEKS, mail.table["write"] != NO
    n, said = int(table["letters"].sum()), []
    if n and not mail.pays:
        asked = "Would those who answer have bought anyway?" if mail.sure else "Do letters pay?"
        advised = on_advised_test("customers for whom a letter may pay", n, mail.anyway, WEEKS)
        need = mail.anyway + mail.limit
        pay = f"pay only from {percent(need)} who buy" if need <= 1 else "cannot pay, as so many buy without one"
        said.append(f"{asked} {advised} The letters cost {money(mail.cost * (n // 2))}, and {pay}.")
    others = float(lately[~letter].mean()) if n < len(customers) else float("nan")
    advised = on_advised_test("customers who get no letter", len(customers) - n, others, WEEKS, given="a deal")
    said.append(f"Do deals bring sales? {advised} What a deal costs is not in the data: set it against the rise.")
    return said
