"""What do the models of spending say in words and money, and how far can they be trusted?

Whatever is called better or worse is so by a 95 % interval that leaves out zero.
"""

import pandas as pd

from helpers.models.prediction.linear_diagnostics import COLLINEAR, LinearFit
from helpers.models.prediction.prediction_intervals import ALL, FITTED, PLAIN
from helpers.models.prediction.regression import LINEAR, MEAN, best_model
from helpers.sentences.pieces import by_ends, ends, interval
from helpers.wording import Formatter, count, fixed, listing, number, p_value, percent, two_decimals

SURE = 0.05
MOST = 0.9


def on_within(table: pd.DataFrame, tolerance: float, money: Formatter) -> str:
    """Say whether spending can be predicted within an amount, and whether that takes a model at all.

    The table is a `scores_table` with the mean of all among the models.
    """
    rows = table.set_index("model")
    best = best_model(table)
    error, alone = rows.loc[best, "mae"], rows.loc[MEAN, "mae"]
    answer = (
        "No" if min(error, alone) > tolerance else "Yes" if alone > tolerance else "Yes, but that asks for little"
    )
    asked = f"Can spending be predicted within {money(tolerance)}? **{answer}**: the {MEAN}, which knows nothing of a"
    if best == MEAN:
        return f"{asked} customer, is off by **{money(alone)}** on average, and no model has a smaller RMSE."
    return (
        f"{asked} customer, is off by {money(alone)} on average; the best model, {best}, by **{money(error)}** "
        f"({interval(rows.loc[best], money, 'mae')}). By RMSE it is {_verdict(rows.loc[best], 'over_mean')} than "
        f"that mean ({money(rows.loc[best, 'rmse'])} against {money(rows.loc[MEAN, 'rmse'])})."
    )


def on_share_within(intervals: pd.DataFrame, tolerance: float, money: Formatter) -> str:
    """Say for how many of the held-out customers of `intervals_for` the prediction was within the tolerance."""
    errors = (intervals["actual"] - intervals["prediction"]).abs()
    alone = (intervals["actual"] - intervals["actual"].mean()).abs()
    half, most = errors.quantile([0.5, MOST])
    return (
        f"Of the held-out customers, {percent((errors <= tolerance).mean(), 1)} were predicted within "
        f"{money(tolerance)}, by the mean of all {percent((alone <= tolerance).mean(), 1)}; half of them within "
        f"{money(half)} (by the mean {money(alone.median())}), {percent(MOST)} within {money(most)} (by the mean "
        f"{money(alone.quantile(MOST))})."
    )


def on_best(table: pd.DataFrame, money: Formatter) -> str:
    """Say which model predicts best, and whether it is surely better than linear regression."""
    name = best_model(table)
    row = table.set_index("model").loc[name]
    said = (
        f"Of {count(len(table), 'model')}, **{name}** has the smallest RMSE on held-out customers: "
        f"**{money(row['rmse'])}** ({interval(row, money, 'rmse')}), with an R² of {two_decimals(row['r2'])} "
        f"({interval(row, two_decimals, 'r2')})."
    )
    if name == LINEAR or pd.isna(row["over_linear"]):
        return said
    return (
        f"{said} It is {_verdict(row, 'over_linear')} than {LINEAR}, whose RMSE is "
        f"{money(row['over_linear'])} larger ({interval(row, money, 'over_linear')}). That it was picked by the "
        f"scores that it is judged by flatters it a little."
    )


def on_gain(gains: pd.DataFrame, model: str, features: str, money: Formatter) -> str:
    """Say what a set of features adds to the one before it for a model, from `gains_of_features`."""
    row = _row(gains, model, features)
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
            f"With {row['features']}, {model} **raises** {scores}. That is no better forecast: these features are "
            f"known only once the money is spent, and hold part of the answer."
        )
    moved = "lowers" if row["r2_gain_high"] < 0 else "does not surely change"
    changed = f"stays at an R² of {now}" if now == before else f"**{moved}** {scores}"
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
    kept = by_ends(row, "more often than", "less often than", "as", at=level)
    said = (
        f"**{kept} promised**: for {percent(row['covered'], 1)} of held-out customers ("
        f"{interval(row, _tenths)}), at a mean width of {money(row['mean_width'])}"
    )
    if groups.empty:
        return said
    least = groups["covered"].idxmin()
    seldom = ", **too seldom**" if groups.loc[least, "high"] < level else ""
    return f"{said}; least often in the {least}, for {percent(groups.loc[least, 'covered'], 1)}{seldom}"


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
        return f"The size of the errors **depends** on the features {test}, which the HC3 intervals allow for."
    return f"That the size of the errors depends on the features is not shown {test}."


def _collinear(fit: LinearFit) -> str:
    vif = fit.coefficients.set_index("feature")["vif"].dropna()
    severe = [str(name) for name in vif[vif >= COLLINEAR].index]
    if severe:
        return f"So much of {listing(severe)} follows from the other features that their effects can hardly be told."
    if vif.empty:
        return "There are no features to compare."
    return f"No feature follows closely from the others (largest variance inflation {fixed(1)(vif.max())})."


def on_importance(table: pd.DataFrame, money: Formatter) -> str:
    """Say which feature of `permutation_table` the predictions rest on most, and how many make no sure difference."""
    sure = table[table["rmse_rise_low"] > 0]
    if sure.empty:
        return "No feature is surely needed: shuffling any one of them does not surely make the predictions worse."
    first, unsure = sure.iloc[0], len(table) - len(sure)
    return (
        f"The predictions rest most on **{first['feature']}**: if it is shuffled among customers, the RMSE rises by "
        f"**{money(first['rmse_rise'])}** ({interval(first, money, 'rmse_rise')}). Of "
        f"{count(len(table), 'feature')}, {count(unsure)} {'makes' if unsure == 1 else 'make'} no sure difference."
    )


def on_learning(curve: pd.DataFrame, money: Formatter) -> str:
    """Say what the last customers in training were worth, and how far the model fits its own customers better."""
    before, last = curve.iloc[-2], curve.iloc[-1]
    change = before["held_out_rmse"] - last["held_out_rmse"]
    moved = f"{money(abs(change))} {'smaller' if change >= 0 else 'larger'}"
    return (
        f"Having learned from {count(last['customers'], 'customer')} rather than {count(before['customers'])}, the "
        f"model has an RMSE that is {moved} on held-out customers ({money(last['held_out_rmse'])}, which varies by a "
        f"standard deviation of {money(last['held_out_sd'])} between folds). On the customers that it learned from, "
        f"it is {money(last['training_rmse'])}."
    )


def _row(gains: pd.DataFrame, model: str, features: str) -> pd.Series:
    return gains[(gains["model"] == model) & (gains["features"] == features)].iloc[0]


def _verdict(row: pd.Series, name: str) -> str:
    return f"**{by_ends(row, 'better', 'worse', 'not surely better or worse', name)}**"


def _tenths(share: float) -> str:
    return percent(share, 1)
