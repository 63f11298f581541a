"""Which groups are there, what will customers spend and answer, and how far can that be trusted, on one screen?"""

from dataclasses import replace

import pandas as pd

from helpers.cases.marketing.actions import NO, WEEKS, Letters
from helpers.cases.marketing.options import Recipe
from helpers.cases.marketing.profiling import HIGH
from helpers.certainty import FALSE_DISCOVERIES
from helpers.models.clustering.stability import DOUBTFUL, STABLE, secured
from helpers.models.prediction.regression import MEAN, best_model, is_better_than_mean
from helpers.models.prediction.targeting import GROUPS, RULE
from helpers.sentences import checks
from helpers.sentences.checks import BEATS_SIMPLE, enough, lead_in_half_widths, usable_rows
from helpers.sentences.pieces import by_ends
from helpers.verdicts import Action
from helpers.wording import Formatter, capitalised, count, percent, roughly, rounded

MOST_KEPT = 2  # groups that are to be kept, as actions
FIRM = {
    "stable": "found again among others; what service keeps is not tested",
    "doubtful": "found again only roughly: go by the list of customers",
}
CLEARER = replace(
    checks.CLEARER,
    question="Are there groups at all?",
    measure="silhouette of the groups less the largest of groups that were cut out of structureless data",
    reason="Noise can be cut in a stable way, too. Groups that lie no further apart than its own are none; the "
    "margin is what the largest of some draws of the noise varies by.",
)
SPENDING = replace(BEATS_SIMPLE, question="Can spending be predicted?")
ANSWERS = replace(BEATS_SIMPLE, question="Can answers be predicted?")


def on_groups(summary: pd.DataFrame, weak: bool, recipe: Recipe) -> str:
    """Say which group brings most, from `cluster_table`, and whether the groups are cut roughly or with mistakes."""
    top = summary.loc[summary["revenue"].idxmax()]
    rough = "As a rough cut, the" if weak else "The"
    made = ", made with the published study's mistakes" if recipe == "published" else ""
    return (
        f"{rough} customers fall into {count(len(summary))} groups{made}. {_of(top)}, "
        f"{percent(top['customers_share'])} of all, bring {percent(top['revenue_share'])} of the revenue."
    )


def _of(row: pd.Series) -> str:
    return f"Those of {row['label']}"


def on_spending(scores: pd.DataFrame, money: Formatter) -> str:
    """Say how closely spending is predicted from demographics, from `scores_table`, beside the average of all."""
    rows = scores.set_index("model")
    if not is_better_than_mean(scores):
        return "Who somebody is does not predict what they spend any better than the average of all does."
    error, alone = (roughly(money)(rows.loc[model, "mae"]) for model in (best_model(scores), MEAN))
    return f"Income and family predict spending to within {error} on average; the average of all is off by {alone}."


def on_letters(mail: Letters) -> str:
    """Say whom it pays to write to."""
    n = int((mail.table["write"] != NO).sum())
    if not n:
        return f"A letter may pay for {mail.few}: too few to test." if mail.few else "A letter pays for nobody."
    who = count(n, "customer")
    return (
        f"A letter pays for {who}." if mail.sure else f"A letter may pay for {who}, which a test should show first."
    )


def on_answers(scores: pd.DataFrame, chosen: str) -> str:
    """Say how well those who answer are told from the others, from `prediction.scores`."""
    own = scores.set_index("model").loc[chosen]
    if not own["log_loss_gain_low"] > 0:
        return "Nothing known of the customers surely predicts who answers."
    return (
        f"Of a customer who answers and one who does not, the first is picked out correctly in "
        f"⟦{percent(own['auc'])}⟧ of pairs; a guess is right in half."
    )


def on_campaign(rates: pd.DataFrame) -> str:
    """Say in plain words which group answered the last campaign most, from `rates_by_cluster`."""
    last = rates[rates["campaign"] == "response"]
    best, worst = last.loc[last["share"].idxmax()], last.loc[last["share"].idxmin()]
    said = (
        f"The last campaign was answered by ⟦{percent(best['share'])}⟧ of group {best['cluster']} and by "
        f"{percent(worst['share'])} of group {worst['cluster']}"
    )
    if last["circular"].iloc[0]:
        return f"{said}, but the groups were made with these answers in view."
    return f"{said}." if last["q_value"].iloc[0] < FALSE_DISCOVERIES else f"{said}; such a difference may be luck."


def actions(
    mail: Letters, plans: pd.DataFrame, circular: bool, advised: pd.DataFrame, summary: pd.DataFrame, money: Formatter
) -> list[Action]:
    """Return what to do: letters or a test of them, whom to keep, and a test of deals.

    From the letters, `prediction.plans`, whether the groups were made of the answers (circular), `cluster_actions`
    (advised) and `cluster_table` (summary).
    """
    n = int(advised["letters"].sum())
    found = [_letters(mail, plans.set_index("plan"), circular, n, money)] if n else []
    spent = summary.set_index("cluster")["revenue"]
    high = advised[advised["priority"] == HIGH].sort_values("cluster", key=spent.get, ascending=False)
    for row in high.head(MOST_KEPT).itertuples():
        sure = FIRM.get(row.stability, "the group may be luck: go by the list of customers")
        worth = f"at stake: {roughly(money)(spent[row.cluster])}, spent in two years"
        found.append(Action("Keep by good service", capitalised(row.label), row.customers, worth, sure, "customers"))
    without = len(mail.table) - n
    sure = f"no evidence yet: give one to a random half for {count(WEEKS, 'week')}"
    found.append(
        Action("Test whether deals bring sales", "Customers who get no letter", without, "", sure, "customers")
    )
    return found


def _letters(mail: Letters, plans: pd.DataFrame, circular: bool, n: int, money: Formatter) -> Action:
    rule = plans.loc[RULE]
    low, profits, high = (roughly(money)(rule[name]) for name in ("profit_low", "profit", "profit_high"))
    worth = f"{profits} ({low} to {high}) in the last campaign"
    if mail.sure:
        beside = "" if circular else _beside_groups(rule, plans.loc[GROUPS])
        sure = f"would have paid then, unless many had bought anyway: leave out a random half to see{beside}"
        return Action("Write to them", "Customers for whom a letter pays", n, worth, sure, "customers")
    sure = f"may not have paid last time: write to a random half for {count(WEEKS, 'week')}"
    return Action("Test letters", "Customers for whom a letter may pay", n, worth, sure, "customers")


def _beside_groups(rule: pd.Series, whole: pd.Series) -> str:
    """Return how the rule does beside letters to whole groups, where some of these would have paid."""
    if whole["share"] in (0, 1):
        return ""
    how = by_ends(rule, "less", "more", "about as much", "over_groups")
    return f"; letters to whole groups would have brought {how}"


def typical_error(scores: pd.DataFrame, money: Formatter) -> tuple[float, str]:
    """Return by how much the best model of `scores_table` is off on average, and the average of all beside it."""
    own, alone = scores.set_index("model").loc[[best_model(scores), MEAN], "mae"]
    return rounded(own), f"by the average of all {roughly(money)(alone)}"


def profit(plans: pd.DataFrame, money: Formatter) -> tuple[float, str]:
    """Return roughly what letters by the rule would have brought, and the ends of the interval around it."""
    rule = plans.set_index("plan").loc[RULE]
    low, high = (roughly(money)(rule[end]) for end in ("profit_low", "profit_high"))
    return rounded(rule["profit"]), f"{low} to {high} in the last campaign"


def on_rows(audit: pd.DataFrame, aside: int) -> tuple[float, str]:
    """Return the share of the rows that could be used, and a line on it, from the audit and the rows set aside."""
    read, once, *_, after = audit["customers_after"]  # once: after the step that drops repeats, or fills gaps
    share, said = usable_rows(once + aside, after)
    return share, f"{said} Not counted: {count(read - once, 'repeat')}." if read > once else said


def on_stability(firm: pd.DataFrame) -> tuple[float, str]:
    """Return the Jaccard index of the least stable group, from `stability_by_cluster`, and what it means."""
    found_again = secured(firm)
    weakest = float(found_again.min())
    if weakest >= STABLE:
        return weakest, "Every group is found again among other customers of the same kind."
    lost, weak = (int((found_again < limit).sum()) for limit in (DOUBTFUL, STABLE))
    found = [(weak - lost, "can be found again only roughly"), (lost, "can hardly be found again")]
    (first, how), *more = [(n, said) for n, said in found if n]
    rest = f", and {count(more[0][0])} {more[0][1]}" if more else ""
    return weakest, f"Among other customers, {count(first)} of {count(len(firm), 'group')} {how}{rest}."


def on_structure(beside_null: pd.DataFrame, k: int) -> tuple[float, str]:
    """Return the lead in silhouette of the groups over groups cut out of noise, and what it means."""
    row = beside_null.set_index("clusters").loc[k]
    apart = float(row["silhouette"] - row["null_silhouette"])
    lines = {
        "holds": "The groups lie clearly further apart than any that can be cut out of noise.",
        "with care": "The groups lie only a little further apart than groups cut out of noise.",
        "fails": "Groups cut out of noise lie as far apart: a convenient division, not a discovery.",
    }
    return apart, lines[CLEARER.verdict(apart)]


def on_error(scores: pd.DataFrame, money: Formatter) -> tuple[float, str]:
    """Return the lead of the best model of spending over the average of all in half widths, and what it means."""
    row = scores.set_index("model").loc[best_model(scores)]
    if row.name == MEAN:
        return 0.0, "No model of spending beats the average of all."
    lead = lead_in_half_widths(row["over_mean"], row["over_mean_low"], row["over_mean_high"])
    surely = "" if is_better_than_mean(scores) else "not surely "
    return lead, f"Spending is predicted {surely}better than by the average of all, on customers not seen."


def on_lead(scores: pd.DataFrame, chosen: str) -> tuple[float, str]:
    """Return the lead of the model of answers over the average answer in half widths, and what it means."""
    row = scores.set_index("model").loc[chosen]
    lead = lead_in_half_widths(*(row[f"log_loss_gain{end}"] for end in ("", "_low", "_high")))
    surely = "" if row["log_loss_gain_low"] > 0 else "not surely "
    return lead, f"Answers are predicted {surely}better than by one chance for all, on customers not seen."


def on_size(summary: pd.DataFrame) -> tuple[float, str]:
    """Return the number of customers of the smallest group, and a line on it."""
    return enough("The smallest group", int(summary["customers"].min()))
