"""What do the models of spending say in words and money, and how far can they be trusted?

Whatever is called better or worse is so by a 95 % interval that leaves out zero.
"""

import pandas as pd

from helpers.models.prediction.linear_diagnostics import COLLINEAR, LinearFit
from helpers.models.prediction.prediction_intervals import ALL, FITTED, PLAIN
from helpers.models.prediction.regression import LINEAR, MEAN, best_model
from helpers.wording import Formatter, count, fixed, listing, number, p_value, percent

SURE = 0.05

MOST = 0.9


def on_within(table: pd.DataFrame, tolerance: float, money: Formatter) -> str:
    """Say whether spending can be predicted within an amount, and whether that takes a model at all.

    Parameters
    ----------
    table : DataFrame
        Of `scores_table`, with the mean of all among the models.
    tolerance : float
        The amount.
    money : callable
        Writes an amount.
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
        f"({_interval(rows.loc[best], 'mae', money)}). By RMSE it is {_verdict(rows.loc[best], 'over_mean')} than "
        f"that mean ({money(rows.loc[best, 'rmse'])} against {money(rows.loc[MEAN, 'rmse'])})."
    )


def on_share_within(intervals: pd.DataFrame, tolerance: float, money: Formatter) -> str:
    """Say for how many held-out customers the prediction was close enough.

    Parameters
    ----------
    intervals : DataFrame, customers
        Of `prediction_intervals.intervals_for`: actual and prediction.
    tolerance : float
        What counts as close enough.
    money : callable
        Writes an amount.
    """
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
        f"**{money(row['rmse'])}** ({_interval(row, 'rmse', money)}), with an R² of {r2(row['r2'])} "
        f"({_interval(row, 'r2', r2)})."
    )
    if name == LINEAR or pd.isna(row["over_linear"]):
        return said
    return (
        f"{said} It is {_verdict(row, 'over_linear')} than {LINEAR}, whose RMSE is "
        f"{money(row['over_linear'])} larger ({_interval(row, 'over_linear', money)}). That it was picked by the "
        f"scores that it is judged by flatters it a little."
    )


def on_gain(gains: pd.DataFrame, model: str, features: str, money: Formatter) -> str:
    """Say what a set of features adds to the one before it.

    Parameters
    ----------
    gains : DataFrame
        Of `gains_of_features`.
    model, features : str
        Which model, and which set of features.
    money : callable
        Writes an amount.
    """
    row = _row(gains, model, features)
    return (
        f"With {row['features']}, {model} is {_verdict(row, 'rmse_gain')} by RMSE than with "
        f"{row['before']}: {money(row['rmse'])} against {money(row['rmse_before'])} (95 % interval of the gain "
        f"{money(row['rmse_gain_low'])} to {money(row['rmse_gain_high'])}). R² is {r2(row['r2'])} against "
        f"{r2(row['r2_before'])}."
    )


def on_leakage(gains: pd.DataFrame, model: str, features: str) -> str:
    """Say what features do to the score that are known only once the money is spent, as the number of purchases."""
    row = _row(gains, model, features)
    scores = f"R² from {r2(row['r2_before'])} to {r2(row['r2'])} (95 % interval of the gain {_interval_of(row)})"
    if row["r2_gain_low"] > 0:
        return (
            f"With {row['features']}, {model} **raises** {scores}. That is no better forecast: these features are "
            f"known only once the money is spent, and hold part of the answer."
        )
    if r2(row["r2"]) == r2(row["r2_before"]):
        return (
            f"With {row['features']}, known only once the money is spent, {model} stays at an R² of {r2(row['r2'])}."
        )
    moved = "lowers" if row["r2_gain_high"] < 0 else "does not surely change"
    changed = f"**{moved}** {scores}"
    return f"With {row['features']}, known only once the money is spent, {model} {changed}."


def on_coverage(table: pd.DataFrame, level: float, money: Formatter) -> str:
    """Say how often the prediction intervals hold, in all and where they hold least.

    Parameters
    ----------
    table : DataFrame
        Of `prediction_intervals.coverage`.
    level : float
        The share that was promised.
    money : callable
        Writes an amount.
    """
    own, plain = (_covered(table[table["method"] == method], level, money) for method in (FITTED, PLAIN))
    return (
        f"Intervals that promise to hold for {percent(level)} of customers, with a {FITTED}, hold {own}. Intervals "
        f"of the {PLAIN} hold {plain}."
    )


def _covered(table: pd.DataFrame, level: float, money: Formatter) -> str:
    rows = table.set_index("group")
    row, groups = rows.loc[ALL], rows.drop(ALL)
    kept = "less often than" if row["high"] < level else "more often than" if row["low"] > level else "as"
    said = (
        f"**{kept} promised**: for {percent(row['covered'], 1)} of held-out customers (95 % interval "
        f"{percent(row['low'], 1)} to {percent(row['high'], 1)}), at a mean width of {money(row['mean_width'])}"
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
    """Say which feature the predictions rest on most, and how many make no sure difference.

    Parameters
    ----------
    table : DataFrame
        Of `permutation_table`.
    money : callable
        Writes an amount.
    """
    sure = table[table["rmse_rise_low"] > 0]
    if sure.empty:
        return "No feature is surely needed: shuffling any one of them does not surely make the predictions worse."
    first = sure.iloc[0]
    return (
        f"The predictions rest most on **{first['feature']}**: if it is shuffled among customers, the RMSE rises by "
        f"**{money(first['rmse_rise'])}** ({_interval(first, 'rmse_rise', money)}). "
        f"Of {count(len(table), 'feature')}, "
        f"{count(len(table) - len(sure))} {'makes' if len(table) - len(sure) == 1 else 'make'} no sure difference."
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


def r2(value: float) -> str:
    """Return an R² with two decimals."""
    return f"{'−' if round(value, 2) < 0 else ''}{fixed(2)(abs(value))}" if pd.notna(value) else "–"


def _row(gains: pd.DataFrame, model: str, features: str) -> pd.Series:
    return gains[(gains["model"] == model) & (gains["features"] == features)].iloc[0]


def _verdict(row: pd.Series, name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"**{'better' if low > 0 else 'worse' if high < 0 else 'not surely better or worse'}**"


def _interval(row: pd.Series, name: str, write: Formatter) -> str:
    return f"95 % interval {write(row[f'{name}_low'])} to {write(row[f'{name}_high'])}"


def _interval_of(row: pd.Series) -> str:
    return f"{r2(row['r2_gain_low'])} to {r2(row['r2_gain_high'])}"
