"""Which groups are there, what will customers spend and answer, and how far can that be trusted, on one screen?"""

from dataclasses import replace

import pandas as pd

from helpers.cases.marketing.actions import NO, WEEKS, Letters
from helpers.cases.marketing.options import Recipe
from helpers.cases.marketing.profiling import HIGH
from helpers.certainty import FALSE_DISCOVERIES
from helpers.models.clustering.stability import DOUBTFUL, STABLE, secured
from helpers.models.prediction.regression import MEAN, best_model, is_better_than_mean
from helpers.models.prediction.targeting import RULE
from helpers.sentences import checks
from helpers.sentences.checks import BEATS_SIMPLE, enough, lead_in_half_widths, usable_rows
from helpers.sentences.pieces import by_ends
from helpers.verdicts import Action
from helpers.wording import Formatter, capitalised, count, listing, percent, roughly, rounded

MOST_KEPT = 2  # groups that are to be kept, as actions
FIRM = {
    "stable": "the group is found again among others",
    "doubtful": "the group is found again only roughly: go by the list of customers",
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
    made = ", with the study's mistakes" if recipe == "published" else ""
    return (
        f"{rough} customers fall into {count(len(summary))} groups{made}. The group “{top['label']}”, "
        f"{percent(top['customers_share'])} of all, brings {percent(top['revenue_share'])} of the revenue."
    )


def on_spending(scores: pd.DataFrame, money: Formatter) -> str:
    """Say how closely demographics tell what was spent, from `scores_table`, beside guessing the average."""
    rows = scores.set_index("model")
    if not is_better_than_mean(scores):
        return "Income and family tell spending no better than guessing the average for everybody."
    error, alone = (roughly(money)(rows.loc[model, "mae"]) for model in (best_model(scores), MEAN))
    return f"Income and family tell spending to within {error} on average; guessing the average is {alone} off."


def on_letters(mail: Letters) -> str:
    """Say whom it pays to write to."""
    n = int((mail.table["write"] != NO).sum())
    if not n:
        return f"A letter may pay for {mail.few}: too few to test." if mail.few else "A letter pays for nobody."
    who = count(n, "customer")
    if mail.sure:
        anyway = f"Letters may pay for {who}, if few buy anyway: test first."
        return f"A letter pays for {who}." if mail.pays else anyway
    return f"A letter may pay for {who}, which a test should show first."


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
    found = [_letters(mail, plans.set_index("plan"), circular, advised, money)] if n else []
    spent = summary.set_index("cluster")["revenue"]
    high = advised[advised["priority"] == HIGH].sort_values("cluster", key=spent.get, ascending=False)
    for row in high.head(MOST_KEPT).itertuples():
        sure = FIRM.get(row.stability, "the group may be luck: go by the list of customers")
        worth = f"not known; spent in two years: {roughly(money)(spent[row.cluster])}"
        sure = f"what service keeps is not tested; {sure}"
        found.append(Action("Keep by good service", capitalised(row.label), row.customers, worth, sure, "customers"))
    without = len(mail.table) - n
    sure = f"no evidence yet: give one to a random half for {count(WEEKS, 'week')}"
    found.append(
        Action("Test whether deals bring sales", "Customers for whom no letter pays", without, "", sure, "customers")
    )
    return found


def _letters(mail: Letters, plans: pd.DataFrame, circular: bool, advised: pd.DataFrame, money: Formatter) -> Action:
    n, rule, weeks = int(advised["letters"].sum()), plans.loc[RULE], count(WEEKS, "week")
    low, profits, high = (roughly(money)(rule[name]) for name in ("profit_low", "profit", "profit_high"))
    worth = f"at most {profits} ({low} to {high}) in the last campaign, if none of them had bought anyway"
    sure = f"may not have paid last time: compare who buys after {weeks}"
    if mail.sure:
        beside = "" if circular else _beside_groups(rule, advised, mail.limit)
        sure = (
            f"nothing is left if {percent(mail.spare)} of those who answer would buy anyway, and "
            f"{percent(mail.anyway)} of all {count(n)} buy within {weeks} without a letter{beside}"
        )
    if mail.pays:
        return Action("Write to them", "Customers for whom a letter pays", n, worth, sure, "customers")
    sure = f"{sure}; the test costs {roughly(money)(mail.cost * (n // 2))}"
    half, whom = f"Send letters to a random half of {count(n)}", "Customers for whom a letter may pay"
    return Action(half, whom, n // 2, f"all {count(n)}: {worth}", sure, "customers")


def _beside_groups(rule: pd.Series, advised: pd.DataFrame, limit: float) -> str:
    """Return how letters to the whole groups that would have paid do beside the rule, unless none or all would."""
    paid = advised[advised["answered"] > limit]
    if len(paid) in (0, len(advised)):
        return ""
    groups = f"group{'s' if len(paid) > 1 else ''} {listing(paid['cluster'])}"
    ways = "would have brought less", "would have brought more", "are as good, as far as can be told, and simpler"
    return f"; letters to all {count(paid['customers'].sum())} of {groups} {by_ends(rule, *ways, 'over_groups')}"


def typical_error(scores: pd.DataFrame, money: Formatter) -> tuple[float, str]:
    """Return by how much the best model of `scores_table` is off on average, and the average of all beside it."""
    own, alone = scores.set_index("model").loc[[best_model(scores), MEAN], "mae"]
    return rounded(own), f"guessing the average for everybody: {roughly(money)(alone)}"


def profit(plans: pd.DataFrame, money: Formatter) -> tuple[float, str]:
    """Return roughly what letters by the rule would have brought at most, and the ends of the interval around it."""
    rule = plans.set_index("plan").loc[RULE]
    low, high = (roughly(money)(rule[end]) for end in ("profit_low", "profit_high"))
    return rounded(rule["profit"]), f"{low} to {high} in the last campaign, if none had bought anyway"


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
        return 0.0, "No model of spending beats guessing the average for everybody."
    lead = lead_in_half_widths(row["over_mean"], row["over_mean_low"], row["over_mean_high"])
    surely = "" if is_better_than_mean(scores) else "not surely "
    return lead, f"Spending is predicted {surely}better than by guessing the average, on customers not seen."


def on_lead(scores: pd.DataFrame, chosen: str) -> tuple[float, str]:
    """Return the lead of the model of answers over the average answer in half widths, and what it means."""
    row = scores.set_index("model").loc[chosen]
    lead = lead_in_half_widths(*(row[f"log_loss_gain{end}"] for end in ("", "_low", "_high")))
    surely = "" if row["log_loss_gain_low"] > 0 else "not surely "
    beside = "giving everyone the same chance, on customers not seen"
    return lead, f"Answers are predicted {surely}better than by {beside}."


def on_size(summary: pd.DataFrame) -> tuple[float, str]:
    """Return the number of customers of the smallest group, and a line on it."""
    return enough("The smallest group", int(summary["customers"].min()))
