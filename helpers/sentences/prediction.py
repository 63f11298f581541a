"""What do predictions of spending and answers say in words and money, and how far can they be trusted?"""

import math

import pandas as pd
from scipy.stats import binom

from helpers.certainty import FALSE_DISCOVERIES, LEVEL
from helpers.models.prediction.linear_diagnostics import COLLINEAR, LinearFit
from helpers.models.prediction.prediction_intervals import ALL, FITTED, PLAIN
from helpers.models.prediction.regression import LINEAR, MEAN, best_model
from helpers.models.prediction.response import BASE_RATE, best_response_model
from helpers.models.prediction.targeting import BEST, EVERYBODY, GROUPS, RULE, spare_answers
from helpers.sentences.pieces import by_ends, ends, interval, tenths
from helpers.wording import (
    PERCENT,
    Formatter,
    count,
    fixed,
    listing,
    number,
    p_value,
    percent,
    roughly,
    two_decimals,
)

SURE = 0.05
MOST = 0.9
NARROW = 0.06  # width of an interval of a share from which it says more than that nothing is known
CONTRADICTED = (
    "The answers ⟦contradict the single probabilities⟧: these profits are counted from answers, but what is expected "
    "of a single customer is rough."
)
FEW = 10  # answers, or refusals, below which drawing customers anew says little


def on_within(table: pd.DataFrame, tolerance: float, money: Formatter) -> str:
    """Say whether spending can be predicted within an amount, and whether that takes a model at all.

    The table is a `scores_table` with the mean of all among the models.
    """
    rows = table.set_index("model")
    best = best_model(table)
    error, alone, about = rows.loc[best, "mae"], rows.loc[MEAN, "mae"], roughly(money)
    answer = (
        "No" if min(error, alone) > tolerance else "Yes" if alone > tolerance else "Yes, but that asks for little"
    )
    asked = f"Can spending be predicted within {money(tolerance)}? ⟦{answer}⟧: the {MEAN}, which knows nothing of a"
    if best == MEAN:
        return f"{asked} customer, is off by ⟦{about(alone)}⟧ on average, and no model has a smaller RMSE."
    return (
        f"{asked} customer, is off by {about(alone)} on average; the best model, {best}, by ⟦{about(error)}⟧ "
        f"({interval(rows.loc[best], about, 'mae')}). By RMSE it is {_verdict(rows.loc[best], 'over_mean')} than "
        f"that mean ({money(rows.loc[best, 'rmse'])} against {money(rows.loc[MEAN, 'rmse'])})."
    )


def on_share_within(intervals: pd.DataFrame, tolerance: float, money: Formatter) -> str:
    """Say for how many of the held-out customers of `intervals_for` the prediction was within the tolerance."""
    errors = (intervals["actual"] - intervals["prediction"]).abs()
    alone = (intervals["actual"] - intervals["actual"].mean()).abs()
    (half, most), about = errors.quantile([0.5, MOST]), roughly(money)
    return (
        f"Of the held-out customers, {percent((errors <= tolerance).mean(), 1)} were predicted within "
        f"{money(tolerance)}, by the mean of all {percent((alone <= tolerance).mean(), 1)}; half of them within "
        f"{about(half)} (by the mean {about(alone.median())}), {percent(MOST)} within {about(most)} (by the mean "
        f"{about(alone.quantile(MOST))})."
    )


def on_best(table: pd.DataFrame, money: Formatter) -> str:
    """Say which model predicts best, and whether it is surely better than linear regression."""
    name = best_model(table)
    row = table.set_index("model").loc[name]
    said = (
        f"Of {count(len(table), 'model')}, ⟦{name}⟧ has the smallest RMSE on held-out customers: "
        f"⟦{money(row['rmse'])}⟧ ({interval(row, money, 'rmse')}), with an R² of {two_decimals(row['r2'])} "
        f"({interval(row, two_decimals, 'r2')})."
    )
    if name == LINEAR or pd.isna(row["over_linear"]):
        return said
    return (
        f"{said} It is {_verdict(row, 'over_linear')} than {LINEAR}, whose RMSE is "
        f"{_change(row['over_linear'], money)} ({interval(row, money, 'over_linear')}). That it was picked by the "
        f"scores that it is judged by flatters it a little."
    )


def _change(larger: float, money: Formatter) -> str:
    """Return by how much an amount is larger or smaller, where that does not round to nothing."""
    if round(larger, 2) == 0:
        return "the same to the cent"
    return f"{money(abs(larger))} {'larger' if larger > 0 else 'smaller'}"


def on_gain(gains: pd.DataFrame, model: str, features: str, money: Formatter) -> str:
    """Say what a set of features adds to the one before it for a model, from `gains_of_features`."""
    row = _row(gains, model, features)
    if model == MEAN:
        return f"What is gained by {row['features']} is not asked, since no model does better than the {MEAN}."
    return (
        f"With {row['features']}, {model} is {_verdict(row, 'rmse_gain')} by RMSE than with "
        f"{row['before']}: {money(row['rmse'])} against {money(row['rmse_before'])} (95 % interval of the gain "
        f"{ends(row, money, 'rmse_gain')}). R² is {two_decimals(row['r2'])} against {two_decimals(row['r2_before'])}."
    )


def on_leakage(gains: pd.DataFrame, model: str, features: str) -> str:
    """Say what features do to the score that are known only once the money is spent, as the number of purchases."""
    row = _row(gains, model, features)
    before, now = two_decimals(row["r2_before"]), two_decimals(row["r2"])
    scores = f"R² from {before} to {now} (95 % interval of the gain {ends(row, two_decimals, 'r2_gain')})"
    if row["r2_gain_low"] > 0:
        return (
            f"With {row['features']}, {model} ⟦raises⟧ {scores}. That is no better forecast: these features are "
            f"known only once the money is spent, and hold part of the answer."
        )
    moved = "lowers" if row["r2_gain_high"] < 0 else "does not surely change"
    changed = f"stays at an R² of {now}" if now == before else f"⟦{moved}⟧ {scores}"
    return f"With {row['features']}, known only once the money is spent, {model} {changed}."


def on_coverage(table: pd.DataFrame, level: float, money: Formatter) -> str:
    """Say how often the prediction intervals hold in all and where least, from `coverage`; `level` was promised."""
    own, plain = (_covered(table[table["method"] == method], level, money) for method in (FITTED, PLAIN))
    return (
        f"Intervals that promise to hold for {percent(level)} of customers, with a {FITTED}, hold {own}. Intervals "
        f"of the {PLAIN} hold {plain}."
    )


def _covered(table: pd.DataFrame, level: float, money: Formatter) -> str:
    rows = table.set_index("group")
    row, groups = rows.loc[ALL], rows.drop(ALL)
    neither = "as" if row["high"] - row["low"] <= NARROW else "not surely more or less often than"
    kept = by_ends(row, "more often than", "less often than", neither, at=level)
    promised = f"⟦{kept} promised⟧"
    said = (
        f"for {percent(row['covered'], 1)} of held-out customers ({interval(row, tenths)}), at a mean width of "
        f"{money(row['mean_width'])}"
    )
    if groups.empty:
        return f"{promised}: {said}"
    least = groups["covered"].idxmin()
    if groups.loc[least, "high"] < level <= row["high"]:
        promised = f"on average {kept} promised, but ⟦too seldom in the {least}⟧"
    return f"{promised}: {said}; least often in the {least}, for {percent(groups.loc[least, 'covered'], 1)}"


def on_diagnostics(fit: LinearFit) -> str:
    """Say whether the linear regression meets its assumptions, and whether few customers move it."""
    influential = int(fit.customers["influential"].sum())
    return (
        f"{_errors(fit)} {count(influential, 'customer')} of {count(len(fit.customers))} "
        f"{'has' if influential == 1 else 'have'} a Cook's distance above {number(fit.influential_from, 2)} and "
        f"{'counts' if influential == 1 else 'count'} as influential. {_collinear(fit)}"
    )


def _errors(fit: LinearFit) -> str:
    if pd.isna(fit.p_value):
        return "Whether the size of the errors depends on the features cannot be told."
    test = f"(Breusch-Pagan {fixed(1)(fit.breusch_pagan)}, p-value {p_value(fit.p_value)})"
    if fit.p_value < SURE:
        return f"The size of the errors ⟦depends⟧ on the features {test}, which the HC3 intervals allow for."
    return f"That the size of the errors depends on the features is not shown {test}."


def _collinear(fit: LinearFit) -> str:
    vif = fit.coefficients.set_index("feature")["vif"].dropna()
    severe = [str(name) for name in vif[vif >= COLLINEAR].index]
    if severe:
        return f"So much of {listing(severe)} follows from the other features that their effects can hardly be told."
    closest = f"No feature follows closely from the others (largest variance inflation {fixed(1)(vif.max())})."
    return "There are no features to compare." if vif.empty else closest


def on_importance(table: pd.DataFrame, money: Formatter, better: bool = True) -> str:
    """Say which feature of `permutation_table` the predictions rest on most, and how many make no sure difference.

    Nothing rests on a feature where the model is not surely `better` than the mean of all.
    """
    if not better:
        return f"The model is not surely better than the {MEAN}, so no feature is shown to matter."
    sure = table[table["rmse_rise_low"] > 0]
    if sure.empty:
        return "No feature is surely needed: shuffling any one of them does not surely make the predictions worse."
    first, unsure = sure.iloc[0], len(table) - len(sure)
    as_much = sure.loc[sure["rmse_rise_high"] >= first["rmse_rise_low"], "feature"].iloc[1:]
    rivals = f"; {listing(as_much)} may matter as much" if len(as_much) else ""
    return (
        f"The predictions rest most on ⟦{first['feature']}⟧: if it is shuffled among customers, the RMSE rises by "
        f"⟦{money(first['rmse_rise'])}⟧ ({interval(first, money, 'rmse_rise')}){rivals}. Of "
        f"{count(len(table), 'feature')}, {count(unsure)} {'makes' if unsure == 1 else 'make'} no sure difference."
    )


def on_learning(curve: pd.DataFrame, money: Formatter) -> str:
    """Say what the last customers in training were worth, and how far the model fits its own customers better."""
    before, last = curve.iloc[-2], curve.iloc[-1]
    change = before["held_out_rmse"] - last["held_out_rmse"]
    return (
        f"Having learned from {count(last['customers'], 'customer')} rather than {count(before['customers'])}, the "
        f"model has an RMSE that is {_change(-change, money)} on held-out customers ({money(last['held_out_rmse'])}, "
        f"which varies by a standard deviation of {money(last['held_out_sd'])} between folds). On the customers "
        f"that it learned from, it is {money(last['training_rmse'])}."
    )


def _row(gains: pd.DataFrame, model: str, features: str) -> pd.Series:
    return gains[(gains["model"] == model) & (gains["features"] == features)].iloc[0]


def _verdict(row: pd.Series, name: str) -> str:
    return by_ends(row, "⟦better⟧", "⟦worse⟧", "⟦not surely better or worse⟧", name)


def on_scores(scores: pd.DataFrame) -> str:
    """Say whether the better model tells who will answer, by what `scores` returns."""
    name = best_response_model(scores)
    row, base = (scores.set_index("model").loc[which] for which in (name, BASE_RATE))
    if math.isnan(row["auc"]):
        return "All customers did the same, so nothing can be learned of who will answer."
    few = on_few_answers(row["answers"], row["customers"])
    return (
        f"The model with the lower log loss on held-out customers is ⟦{name}⟧, with {fixed(3)(row['log_loss'])} "
        f"against {fixed(3)(base['log_loss'])} of the base rate. {few or _beside_base_rate(row)} Of a customer who "
        f"answered and one who did not, the first has the higher probability in {percent(row['auc'])} of the pairs "
        f"({interval(row, percent, 'auc')}; 50 % is chance)."
    )


def on_few_answers(answers: float, customers: float) -> str:
    """Return a warning where too few customers answered, or too few did not, for an interval; else nothing.

    Examples
    --------
    >>> on_few_answers(answers=4, customers=200), on_few_answers(answers=40, customers=200)
    ('Only 4 customers answered: too few to rely on the intervals.', '')
    """
    refusals = customers - answers
    if min(answers, refusals) >= FEW:
        return ""
    if min(answers, refusals) == 0:
        return "All customers did the same: the intervals cannot be relied on."
    word = "answered" if answers <= refusals else "did not answer"
    return f"Only {count(min(answers, refusals), 'customer')} {word}: too few to rely on the intervals."


def _beside_base_rate(row: pd.Series) -> str:
    found = by_ends(row, "better", "worse", "", "log_loss_gain")
    if not found:
        return "It is ⟦not surely better than the base rate⟧: the 95 % interval of the difference holds 0."
    low, high = sorted(abs(row[f"log_loss_gain_{end}"]) for end in ("low", "high"))
    by = f"{fixed(3)(abs(row['log_loss_gain']))} ({interval({'low': low, 'high': high}, fixed(3))})"
    return f"It is ⟦{found} than the base rate⟧, by {by}."


def on_calibration(calibration: pd.DataFrame, model: str) -> str:
    """Say whether the probabilities of a model came true, by what `calibration` returns."""
    table = calibration[calibration["model"] == model]
    expected = (table["predicted"] * table["customers"]).sum()
    farthest = table.loc[(table["predicted"] - table["share"]).abs().idxmax()]
    told, came = (percent(farthest[name]) for name in ("predicted", "share"))
    verdict = "contradict" if is_contradicted(calibration, model) else "do not contradict"
    return (
        f"By ⟦{model}⟧, held out, {count(expected, 'answer')} would come; {count(table['answers'].sum())} came. By "
        f"tenths of the customers, the 95 % interval of the share who answered holds the mean probability in "
        f"{len(table) - _missed(table)} of {len(table)}: the answers ⟦{verdict}⟧ the probabilities. Farthest off "
        f"is tenth {count(farthest['tenth'])} (10 holds the likeliest): {told} were expected to answer, and {came} "
        f"did."
    )


def is_contradicted(calibration: pd.DataFrame, model: str) -> bool:
    """Say whether more tenths miss the probabilities of a model than chance would."""
    table = calibration[calibration["model"] == model]
    return bool(binom.sf(_missed(table) - 1, len(table), 1 - LEVEL) < FALSE_DISCOVERIES)


def _missed(table: pd.DataFrame) -> int:
    return int((~table["predicted"].between(table["low"], table["high"])).sum())


def on_gains(gains: pd.DataFrame, share: float) -> str:
    """Say how many of the answers are reached by writing to the likeliest share of the customers, above 0."""
    row, everybody = gains.loc[(gains["share"] - share).abs().idxmin()], gains.iloc[-1]
    if math.isnan(row["gain"]):
        return "Nobody answered, so there are no answers to reach."
    few = on_few_answers(everybody["answers"], everybody["mailed"])
    beside = by_ends(row, "more", "fewer", "not surely more or fewer", "lift", at=1)
    return (
        f"Letters to the likeliest {percent(row['share'])} of the customers ({count(row['mailed'])}) reach "
        f"⟦{percent(row['gain'])}⟧ of those who answer ({interval(row, percent, 'gain')}), where "
        f"random mailing reaches {percent(row['share'])}. {few or f'These are {beside} than at random.'}"
    )


def on_rule(plans: pd.DataFrame, cost: float, margin: float, money: Formatter, contradicted: bool = False) -> str:
    """Say what it brings to write where a letter pays, by what `plans` returns.

    Where the answers contradict the probabilities, that is told.
    """
    if margin <= cost:
        return (
            f"An answer brings {money(margin)}, which is not more than the {money(cost)} of a letter: however likely "
            f"an answer, no letter pays. ⟦Write to nobody.⟧"
        )
    row, all_written = (plans.set_index("plan").loc[plan] for plan in (RULE, EVERYBODY))
    limit = f"{number(100 * cost / margin)}{PERCENT} (cost over margin)"
    pays = f"A letter pays where the probability of an answer is above {limit}"
    everybody = f"Letters to everybody {_brings(all_written, money)}."
    if row["mailed"] == 0:
        return f"{pays}, and no customer has that. ⟦Write to nobody.⟧ {everybody}"
    if row["share"] == 1:
        return f"{pays}, as it is for every customer. ⟦Write to everybody.⟧ {everybody}"
    few = on_few_answers(all_written["answers"], all_written["mailed"])
    return (
        f"{pays}, as it is for ⟦{count(row['mailed'], 'customer')}⟧ ({percent(row['share'], 1)}). Letters to them "
        f"{_brings(row, money)}. {everybody} {few or _lead(row)}{f' {CONTRADICTED}' if contradicted else ''}"
    )


def _brings(row: pd.Series, money: Formatter) -> str:
    profit, about = row["profit"], roughly(money)
    did = "would have brought at most" if profit >= 0 else "would have lost at least"
    return f"{did} ⟦{about(abs(profit))}⟧ ({interval(row, about, 'profit')})"


def _lead(row: pd.Series) -> str:
    """Say whether a plan does better than writing to nobody and than writing to everybody."""
    ways = "more than", "less than", "not surely more or less than"
    nobody, everybody = by_ends(row, *ways, "profit"), by_ends(row, *ways, "over_everybody")
    if nobody == everybody:
        return f"The rule brings {nobody} writing to nobody or to everybody."
    return f"The rule brings {nobody} writing to nobody, and {everybody} writing to everybody."


def on_whole_groups(plans: pd.DataFrame, circular: bool, money: Formatter) -> str:
    """Say whether the rule brings more than letters to all of the groups where these pay, by what `plans` returns.

    `circular` tells that the groups were made of the answers.
    """
    rows = plans.set_index("plan")
    row, rule = rows.loc[GROUPS], rows.loc[RULE]
    if row["share"] in (0, 1):
        return f"In {'every' if row['share'] else 'no'} group would letters to all of its customers have paid."
    flattery = f", which flatters it by about {roughly(money)(row['flattery'])}" if row["flattery"] > 0 else ""
    made = "made of these same answers" if circular else f"picked by these same answers{flattery}"
    beside = by_ends(
        rule,
        "The rule brings more",
        "The rule brings less",
        "Whether the rule brings more cannot be told",
        "over_groups",
    )
    return (
        f"No model is needed to write to all of the groups whose letters pay together: "
        f"{count(row['mailed'], 'letter')} that {_brings(row, money)}. The groups were {made}. "
        f"⟦{beside}⟧ (95 % interval of the difference {ends(rule, roughly(money), 'over_groups')})."
    )


def on_extra_sales(plans: pd.DataFrame, cost: float, margin: float) -> str:
    """Say how many of those who answer may have bought anyway before letters by the rule bring nothing.

    Nothing where they bring nothing as it is, or cost nothing.
    """
    row = plans.set_index("plan").loc[RULE]
    if row["profit"] <= 0 or cost == 0:
        return ""
    anyway = spare_answers(plans, margin)
    return (
        f"That counts each answer as a sale that would not have come without the letter. If {count(anyway)} of the "
        f"{count(row['answers'], 'customer')} who answered ({percent(anyway / row['answers'])}) would have bought "
        f"anyway, ⟦nothing is left⟧."
    )


def on_best_share(plans: pd.DataFrame, money: Formatter) -> str:
    """Say which share would have paid best, and that picking it flatters."""
    row = plans.set_index("plan").loc[BEST]
    if row["share"] == 0:
        return "Looking back, in steps of 1 %, no share of the customers would have brought a profit."
    about = roughly(money)
    flattery = f", which flatters its profit by about {about(row['flattery'])}" if row["flattery"] > 0 else ""
    share = "everybody" if row["share"] == 1 else f"the likeliest {percent(row['share'])}"
    return (
        f"Of all shares, in steps of 1 %, letters to ⟦{share}⟧ would have brought most, {about(row['profit'])}; the "
        f"best share has a 95 % interval of {ends(row, percent, 'share')}. This share was picked on the customers on "
        f"whom it is judged{flattery}."
    )
