"""What do the probabilities of an answer say in words, and whom is it worth writing to?"""

import math

import pandas as pd
from scipy.stats import binom

from helpers.certainty import FALSE_DISCOVERIES, LEVEL
from helpers.models.prediction.response import BASE_RATE, best_response_model
from helpers.models.prediction.targeting import BEST, EVERYBODY, RULE
from helpers.sentences.pieces import by_ends, ends, interval
from helpers.wording import PERCENT, Formatter, count, fixed, number, percent

FEW = 10  # answers, or refusals, below which drawing customers anew says little


def on_scores(scores: pd.DataFrame) -> str:
    """Say whether the better model tells who will answer, by what `scores` returns."""
    name = best_response_model(scores)
    row, base = (scores.set_index("model").loc[which] for which in (name, BASE_RATE))
    if math.isnan(row["auc"]):
        return "All customers did the same, so nothing can be learned of who will answer."
    few = on_few_answers(row["answers"], row["customers"])
    return (
        f"The model with the lower log loss on held-out customers is **{name}**, with {fixed(3)(row['log_loss'])} "
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
        return "It is **not surely better than the base rate**: the 95 % interval of the difference holds 0."
    low, high = sorted(abs(row[f"log_loss_gain_{end}"]) for end in ("low", "high"))
    by = f"{fixed(3)(abs(row['log_loss_gain']))} ({interval({'low': low, 'high': high}, fixed(3))})"
    return f"It is **{found} than the base rate**, by {by}."


def on_calibration(calibration: pd.DataFrame, model: str) -> str:
    """Say whether the probabilities of a model came true, by what `calibration` returns."""
    table = calibration[calibration["model"] == model]
    expected = (table["predicted"] * table["customers"]).sum()
    verdict = "contradict" if is_contradicted(calibration, model) else "do not contradict"
    return (
        f"By **{model}**, held out, {count(expected, 'answer')} would come; {count(table['answers'].sum())} came. By "
        f"tenths of the customers, the 95 % interval of the share who answered holds the mean probability in "
        f"{len(table) - _missed(table)} of {len(table)}: the answers **{verdict}** the probabilities."
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
        f"**{percent(row['gain'])}** of those who answer ({interval(row, percent, 'gain')}), where "
        f"random mailing reaches {percent(row['share'])}. {few or f'These are {beside} than at random.'}"
    )


def on_rule(plans: pd.DataFrame, cost: float, margin: float, money: Formatter) -> str:
    """Say what it brings to write where a letter pays, by what `plans` returns."""
    if margin <= cost:
        return (
            f"An answer brings {money(margin)}, which is not more than the {money(cost)} of a letter: however likely "
            f"an answer, no letter pays. **Write to nobody.**"
        )
    rows = plans.set_index("plan")
    row = rows.loc[RULE]
    limit = f"{number(100 * cost / margin)}{PERCENT} (cost over margin)"
    pays = f"A letter pays where the probability of an answer is above {limit}"
    everybody = f"Letters to everybody {_brings(rows.loc[EVERYBODY], money)}."
    if row["mailed"] == 0:
        return f"{pays}, and no customer has that. **Write to nobody.** {everybody}"
    if row["share"] == 1:
        return f"{pays}, as it is for every customer. **Write to everybody.** {everybody}"
    few = on_few_answers(rows.loc[EVERYBODY, "answers"], rows.loc[EVERYBODY, "mailed"])
    return (
        f"{pays}, as it is for **{count(row['mailed'], 'customer')}** ({percent(row['share'], 1)}). Letters to them "
        f"{_brings(row, money)}. {everybody} {few or _lead(row)}"
    )


def _brings(row: pd.Series, money: Formatter) -> str:
    return f"would have brought **{money(row['profit'])}** ({interval(row, money, 'profit')})"


def _lead(row: pd.Series) -> str:
    """Say whether a plan does better than writing to nobody and than writing to everybody."""
    ways = "more than", "less than", "not surely more or less than"
    nobody, everybody = by_ends(row, *ways, "profit"), by_ends(row, *ways, "over_everybody")
    if nobody == everybody:
        return f"The rule brings {nobody} writing to nobody or to everybody."
    return f"The rule brings {nobody} writing to nobody, and {everybody} writing to everybody."


def on_best_share(plans: pd.DataFrame, money: Formatter) -> str:
    """Say which share would have paid best, and that picking it flatters."""
    row = plans.set_index("plan").loc[BEST]
    if row["share"] == 0:
        return "Looking back, in steps of 1 %, no share of the customers would have brought a profit."
    flattery = f", which flatters its profit by about {money(row['flattery'])}" if row["flattery"] > 0 else ""
    share = "everybody" if row["share"] == 1 else f"the likeliest {percent(row['share'])}"
    return (
        f"Looking back, in steps of 1 %, letters to **{share}** would have brought most, {money(row['profit'])}; the "
        f"best share has a 95 % interval of {ends(row, percent, 'share')}. This share was picked on the customers on "
        f"whom it is judged{flattery}."
    )
