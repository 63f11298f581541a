import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from numpy.typing import ArrayLike

from helpers.models.prediction.linear_diagnostics import LinearFit
from helpers.models.prediction.prediction_intervals import FITTED, PLAIN
from helpers.models.prediction.regression import LINEAR, MEAN
from helpers.models.prediction.response import BASE_RATE, LOGISTIC, TREES, calibration, scores
from helpers.models.prediction.targeting import gains, plans
from helpers.sentences import prediction as sentences
from helpers.sentences.prediction import (
    CONTRADICTED,
    on_best_share,
    on_calibration,
    on_extra_sales,
    on_gains,
    on_rule,
    on_scores,
    on_whole_groups,
)
from helpers.wording import money, roughly, two_decimals

DOLLARS = money("$")
about = roughly(DOLLARS)


def of_models(mean: tuple[float, float], linear: tuple[float, float], forest: tuple[float, float]) -> pd.DataFrame:
    """Return a table of scores by rmse and mae, with intervals of 10 % either side and of gains of 50 either side."""
    table = pd.DataFrame([mean, linear, forest], columns=["rmse", "mae"]).assign(model=[MEAN, LINEAR, "forest"])
    table["r2"] = 1 - table["rmse"] / 1000
    for name in ("rmse", "mae", "r2"):
        table[f"{name}_low"], table[f"{name}_high"] = 0.9 * table[name], 1.1 * table[name]
    for name, base in (("over_mean", mean), ("over_linear", linear)):
        table[name] = base[0] - table["rmse"]
        table[f"{name}_low"], table[f"{name}_high"] = table[name] - 50, table[name] + 50
    table.loc[1, ["over_linear", "over_linear_low", "over_linear_high"]] = np.nan
    return table


def of_features(low: float, high: float) -> pd.DataFrame:
    row = {"model": "forest", "features": "more", "before": "less"}
    r2 = {"r2_before": 0.8, "r2": 0.85, "r2_gain": 0.05, "r2_gain_low": low, "r2_gain_high": high}
    rmse = {
        "rmse_before": 300,
        "rmse": 280,
        "rmse_gain": 20,
        "rmse_gain_low": 1000 * low,
        "rmse_gain_high": 1000 * high,
    }
    return pd.DataFrame([row | r2 | rmse])


def covered(all_low: float, all_high: float) -> pd.DataFrame:
    rows = [(method, "all", 0.9, all_low, all_high, 500.0) for method in (FITTED, PLAIN)]
    rows += [(FITTED, "poor", 0.88, 0.8, 0.9, 400.0), (PLAIN, "rich", 0.75, 0.7, 0.8, 500.0)]
    return pd.DataFrame(rows, columns=["method", "group", "covered", "low", "high", "mean_width"])


FIT = LinearFit(
    pd.DataFrame({"feature": ["constant", "a", "b"], "vif": [np.nan, 1.5, 12.0]}),
    pd.DataFrame({"influential": [True, False, False, False]}),
    pd.DataFrame(),
    r2=0.7,
    breusch_pagan=12.34,
    p_value=0.0004,
    influential_from=1.0,
)


def test_whether_spending_is_predicted_within_an_amount() -> None:
    table = of_models((600, 500), (300, 240), (250, 180))
    assert sentences.on_within(table, 2000, DOLLARS) == (
        "Can spending be predicted within $2,000? ⟦Yes, but that asks for little⟧: the mean of all, which knows "
        "nothing of a customer, is off by $500 on average; the best model, forest, by ⟦$180⟧ (95 % interval "
        "$160 to $200). By RMSE it is ⟦better⟧ than that mean ($250 against $600)."
    )
    assert "⟦Yes⟧:" in sentences.on_within(table, 300, DOLLARS)
    assert "⟦No⟧:" in sentences.on_within(table, 100, DOLLARS)


def test_a_best_model_that_is_not_surely_better_and_none_that_is() -> None:
    said = sentences.on_within(of_models((600, 500), (610, 510), (590, 505)), 2000, DOLLARS)
    assert "it is ⟦not surely better or worse⟧ than that mean ($590 against $600)" in said
    said = sentences.on_within(of_models((600, 500), (610, 510), (620, 505)), 400, DOLLARS)
    assert said == (
        "Can spending be predicted within $400? ⟦No⟧: the mean of all, which knows nothing of a customer, is "
        "off by ⟦$500⟧ on average, and no model has a smaller RMSE."
    )


def test_the_best_model_beside_linear_regression() -> None:
    assert sentences.on_best(of_models((600, 500), (320, 240), (250, 180)), DOLLARS) == (
        "Of 3 models, ⟦forest⟧ has the smallest RMSE on held-out customers: ⟦$250⟧ (95 % interval $225 to $275), "
        "with an R² of 0.75 (95 % interval 0.68 to 0.82). It is ⟦better⟧ than linear regression, whose RMSE is "
        "$70 larger (95 % interval $20 to $120). That it was picked by the scores that it is judged by flatters it a "
        "little."
    )
    said = sentences.on_best(of_models((600, 500), (260, 240), (250, 180)), DOLLARS)
    assert "is ⟦not surely better or worse⟧ than linear regression, whose RMSE is $10 larger" in said
    assert "than linear regression" not in sentences.on_best(of_models((600, 500), (200, 200), (250, 180)), DOLLARS)
    assert "⟦mean of all⟧ has the smallest" in sentences.on_best(
        of_models((100, 100), (200, 200), (250, 180)), DOLLARS
    )


def test_what_features_add() -> None:
    assert sentences.on_gain(of_features(0.01, 0.09), "forest", "more", DOLLARS) == (
        "With more, forest is ⟦better⟧ by RMSE than with less: $280 against $300 (95 % interval of the gain $10 to "
        "$90). R² is 0.85 against 0.80."
    )
    assert "is ⟦worse⟧ by" in sentences.on_gain(of_features(-0.09, -0.01), "forest", "more", DOLLARS)
    assert "⟦not surely better or worse⟧" in sentences.on_gain(of_features(-0.01, 0.01), "forest", "more", DOLLARS)


def test_what_leakage_does() -> None:
    said = sentences.on_leakage(of_features(0.01, 0.09), "forest", "more")
    assert said.startswith("With more, forest ⟦raises⟧ R² from 0.80 to 0.85 (95 % interval of the gain 0.01 to 0.09)")
    assert "That is no better forecast" in said
    assert "⟦lowers⟧ R²" in sentences.on_leakage(of_features(-0.09, -0.01), "forest", "more")
    said = sentences.on_leakage(of_features(-0.01, 0.09), "forest", "more")
    assert "⟦does not surely change⟧ R²" in said
    assert "no better forecast" not in said


def test_how_often_intervals_hold() -> None:
    said = sentences.on_coverage(covered(0.88, 0.92), 0.9, DOLLARS)
    assert said == (
        "Intervals that promise to hold for 90\u00a0% of customers, with a width by expected error, hold ⟦as "
        "promised⟧: for 90.0\u00a0% of held-out customers (95 % interval 88.0\u00a0% to 92.0\u00a0%), at a mean "
        "width of $500; least often in the poor, for 88.0\u00a0%. Intervals of the same width for all hold on "
        "average as promised, but ⟦too seldom in the rich⟧: for 90.0\u00a0% of held-out customers (95 % interval "
        "88.0\u00a0% to 92.0\u00a0%), at a mean width of $500; least often in the rich, for 75.0\u00a0%."
    )
    assert "⟦less often than promised⟧" in sentences.on_coverage(covered(0.7, 0.8), 0.9, DOLLARS)
    assert "⟦more often than promised⟧" in sentences.on_coverage(covered(0.95, 0.98), 0.9, DOLLARS)
    only_all = covered(0.88, 0.92).query("group == 'all'")
    assert "least often" not in sentences.on_coverage(only_all, 0.9, DOLLARS)


def test_what_the_diagnostics_show() -> None:
    assert sentences.on_diagnostics(FIT) == (
        "The size of the errors ⟦depends⟧ on the features (Breusch-Pagan 12.3, p-value <.001), which the HC3 "
        "intervals allow for. 1 customer of 4 has a Cook's distance above 1 and counts as influential. So much of b "
        "follows from the other features that their effects can hardly be told."
    )
    calm = dataclasses.replace(FIT, p_value=0.4, coefficients=FIT.coefficients.iloc[:2])
    said = sentences.on_diagnostics(calm)
    assert "is not shown (Breusch-Pagan 12.3, p-value .400)" in said
    assert said.endswith("No feature follows closely from the others (largest variance inflation 1.5).")
    nothing = dataclasses.replace(FIT, p_value=np.nan, coefficients=FIT.coefficients.iloc[:1])
    assert "cannot be told. 1 customer" in sentences.on_diagnostics(nothing)
    assert sentences.on_diagnostics(nothing).endswith("There are no features to compare.")


def test_what_the_predictions_rest_on() -> None:
    rows = [("income", 300.0, 250.0, 350.0), ("age", 1.0, -1.0, 3.0)]
    table = pd.DataFrame(rows, columns=["feature", "rmse_rise", "rmse_rise_low", "rmse_rise_high"])
    assert sentences.on_importance(table, DOLLARS) == (
        "The predictions rest most on ⟦income⟧: if it is shuffled among customers, the RMSE rises by ⟦$300⟧ "
        "(95 % interval $250 to $350). Of 2 features, 1 makes no sure difference."
    )
    assert sentences.on_importance(table.iloc[1:], DOLLARS).startswith("No feature is surely needed")


def test_what_more_customers_were_worth() -> None:
    names = ["customers", "training_rmse", "held_out_rmse", "held_out_sd"]
    curve = pd.DataFrame([(800, 200.0, 300.0, 20.0), (1000, 210.0, 290.0, 10.0)], columns=names)
    assert sentences.on_learning(curve, DOLLARS) == (
        "Having learned from 1,000 customers rather than 800, the model has an RMSE that is $10 smaller on held-out "
        "customers ($290, which varies by a standard deviation of $10 between folds). On the customers that it "
        "learned from, it is $210."
    )
    worse = curve.assign(held_out_rmse=[300.0, 310.0])
    assert "RMSE that is $10 larger" in sentences.on_learning(worse, DOLLARS)


def test_a_negative_or_missing_r2() -> None:
    assert [two_decimals(value) for value in (-0.004, -0.05, 0.5, np.nan)] == ["0.00", "−0.05", "0.50", "–"]


def answers(n: int, seed: int, p: float | np.ndarray) -> pd.Series:
    return pd.Series((np.random.default_rng(seed).random(n) < p).astype(int))


def scored(p: np.ndarray, answered: pd.Series) -> str:
    table = pd.DataFrame({LOGISTIC: p, TREES: 0.99, BASE_RATE: answered.mean()})
    return on_scores(scores(table, answered, 100, seed=1))


def planned(
    answered: pd.Series, p: pd.Series, groups: ArrayLike = 0, cost: float = 3, margin: float = 11
) -> pd.DataFrame:
    return plans(answered, p, pd.Series(groups, answered.index), cost, margin, 100, seed=1)


def ruled(answered: pd.Series, p: pd.Series, cost: float, margin: float) -> str:
    return on_rule(planned(answered, p, 0, cost, margin), cost, margin, DOLLARS)


def test_a_model_is_better_worse_or_not_surely_either() -> None:
    p = np.linspace(0.02, 0.5, 400)
    assert "It is ⟦better than the base rate⟧, by 0." in scored(p, answers(400, 1, p))
    assert "It is ⟦worse than the base rate⟧, by 0." in scored(p[::-1], answers(400, 1, p))
    same = scored(np.full(400, 0.26), answers(400, 2, 0.25))
    assert "⟦not surely better than the base rate⟧" in same
    assert "in 50\u00a0% of the pairs" in same


def test_few_answers_allow_no_verdict() -> None:
    text = scored(np.linspace(0.1, 0.9, 60), pd.Series([0] * 57 + [1] * 3))
    assert "Only 3 customers answered: too few" in text
    assert "surely" not in text
    assert "Only 1 customer did not answer" in scored(np.full(60, 0.9), pd.Series([1] * 59 + [0]))
    assert scored(np.full(60, 0.1), pd.Series([0] * 60)).startswith("All customers did the same")


def test_calibration_is_contradicted_or_not() -> None:
    p = np.linspace(0.05, 0.6, 500)
    answered = answers(500, 3, p)
    table = calibration(pd.DataFrame({LOGISTIC: p, TREES: p / 4}), answered)
    assert "⟦do not contradict⟧" in on_calibration(table, LOGISTIC)
    text = on_calibration(table, TREES)
    assert "⟦contradict⟧ the probabilities" in text
    assert f"{answered.sum()} came" in text
    assert "41 answers would come" in text
    rows = table[table["model"] == LOGISTIC].assign(predicted=0.2, share=0.2)
    rows.loc[rows["tenth"] == 3, "share"] = 0.05
    assert on_calibration(rows, LOGISTIC).endswith(
        "Farthest off is tenth 3 (10 holds the likeliest): 20\u00a0% were expected to answer, and 5\u00a0% did."
    )


def test_probabilities_that_the_answers_contradict_are_told_at_the_rule() -> None:
    p = pd.Series(np.linspace(0.05, 0.6, 500))
    table = planned(answers(500, 3, p), p)
    assert CONTRADICTED in on_rule(table, 3, 11, DOLLARS, contradicted=True)
    assert CONTRADICTED not in on_rule(table, 3, 11, DOLLARS)


def test_gains_name_the_share_and_what_chance_reaches() -> None:
    p = np.linspace(0.9, 0.01, 300)
    text = on_gains(gains(answers(300, 4, p), pd.Series(p), 200, seed=1), 0.2)
    assert text.startswith("Letters to the likeliest 20\u00a0% of the customers (60) reach ⟦")
    assert text.endswith("These are more than at random.")
    backwards = on_gains(gains(answers(300, 4, p[::-1]), pd.Series(p), 200, seed=1), 0.2)
    assert backwards.endswith("These are fewer than at random.")
    chance = on_gains(gains(answers(300, 5, 0.3), pd.Series(p), 200, seed=1), 0.2)
    assert chance.endswith("These are not surely more or fewer than at random.")
    none = gains(pd.Series([0] * 50), pd.Series(p[:50]), 10, seed=1)
    assert on_gains(none, 0.2) == "Nobody answered, so there are no answers to reach."


def test_no_letter_pays_where_the_margin_is_not_above_the_cost() -> None:
    for cost, margin in ((12, 11), (11, 11), (0, 0), (1, -2)):
        text = ruled(pd.Series([1] * 30), pd.Series([0.99] * 30), cost, margin)
        assert "no letter pays. ⟦Write to nobody.⟧" in text
    assert "An answer brings −$2, which is not more than the $1 of a letter" in text


def test_nobody_or_everybody_may_be_worth_a_letter() -> None:
    answered = pd.Series([1] * 30 + [0] * 30)
    text = ruled(answered, pd.Series([0.2] * 60), 3, 11)
    assert "above 27.3\u00a0% (cost over margin), and no customer has that. ⟦Write to nobody.⟧" in text
    assert "Letters to everybody would have brought at most ⟦$150⟧" in text
    assert "Letters to everybody would have lost at least ⟦$70⟧ (95" in ruled(
        answered[20:], pd.Series([0.2] * 40), 4.5, 11
    )
    assert "for every customer. ⟦Write to everybody.⟧" in ruled(answered, pd.Series([0.3] * 60), 3, 11)
    assert "above 0\u00a0%" in ruled(answered, pd.Series([0.3] * 60), 0, 11)


def test_the_rule_is_set_against_nobody_and_everybody() -> None:
    p = np.r_[np.full(100, 0.8), np.full(300, 0.02)]
    answered = answers(400, 6, p)
    text = ruled(answered, pd.Series(p), 3, 11)
    profit = 11 * answered[:100].sum() - 300
    assert f"⟦100 customers⟧ (25.0\u00a0%). Letters to them would have brought at most ⟦{about(profit)}⟧" in text
    assert text.endswith("The rule brings more than writing to nobody or to everybody.")
    wrong = ruled(answered, pd.Series(p[::-1]), 3, 11)
    assert re.search(r"The rule brings less than writing to nobody, and .* writing to everybody\.$", wrong)
    assert "Only 5 customers answered" in ruled(pd.Series([1] * 5 + [0] * 395), pd.Series(p), 3, 11)


def test_the_rule_is_set_against_letters_to_whole_groups() -> None:
    p = np.r_[np.full(100, 0.8), np.full(300, 0.02)]
    answered = answers(400, 6, p)
    dull, sharp = np.arange(400) < 200, p > 0.5
    text = on_whole_groups(planned(answered, pd.Series(p), dull), False, DOLLARS)
    profit = 11 * answered[:200].sum() - 600
    assert f"pay together: 200 letters that would have brought at most ⟦{about(profit)}⟧ (95" in text
    assert "picked by these same answers" in text
    assert "⟦The rule brings more⟧ (95" in text
    same = on_whole_groups(planned(answered, pd.Series(p), sharp), True, DOLLARS)
    assert "were made of these same answers. ⟦Whether the rule brings more cannot be told⟧" in same
    backwards = on_whole_groups(planned(answered, pd.Series(p[::-1]), sharp), False, DOLLARS)
    assert "⟦The rule brings less⟧" in backwards
    assert on_whole_groups(planned(answered, pd.Series(p), 0, 0.5), False, DOLLARS).startswith("In every")
    assert on_whole_groups(planned(answered, pd.Series(p), dull, 12), False, DOLLARS) == (
        "In no group would letters to all of its customers have paid."
    )


def test_answers_may_be_sales_that_come_anyway() -> None:
    answered = pd.Series([1] * 82 + [0] * 168)
    table = planned(answered, pd.Series([0.9] * 232 + [0.1] * 18))
    assert 11 * (82 - 18) > 3 * 232 > 11 * (82 - 19)
    assert "If 19 of the 82 customers who answered (23\u00a0%) would have bought anyway" in on_extra_sales(
        table, 3, 11
    )
    even = planned(answered, pd.Series([0.9] * 220 + [0.1] * 30), 0, 3.85)
    assert "If 5 of the 82" in on_extra_sales(even, 3.85, 11)  # 82 · 11 = 220 · 3.85 + 5 · 11
    assert on_extra_sales(planned(answered, pd.Series([0.9] * 250), 0, 5), 5, 11) == ""


def test_the_best_share_is_said_to_flatter() -> None:
    p = np.r_[np.full(100, 0.8), np.full(300, 0.02)]
    table = planned(answers(400, 7, p), pd.Series(p))
    text = on_best_share(table, DOLLARS)
    assert "letters to ⟦the likeliest 25\u00a0%⟧ would have brought most" in text
    assert "which flatters its profit by about $" in text


@pytest.mark.parametrize(
    ("answer", "words"),
    [(0, "no share of the customers would have brought a profit"), (1, "letters to ⟦everybody⟧")],
)
def test_the_best_share_may_be_nobody_or_everybody(answer: int, words: str) -> None:
    table = planned(pd.Series([answer] * 60), pd.Series(np.linspace(0.1, 0.9, 60)))
    text = on_best_share(table, DOLLARS)
    assert words in text
    assert "flatters" not in text


def test_what_rounds_to_nothing_is_not_called_larger() -> None:
    table = of_models((600, 500), (250.001, 240), (250, 180)).assign(over_linear=[0, 0, 0.001])
    said = sentences.on_best(table, DOLLARS)
    assert "whose RMSE is the same to the cent" in said
    assert "0.00 larger" not in said
    curve = pd.DataFrame(
        {"customers": [80, 100], "held_out_rmse": [90.0, 95.0], "held_out_sd": 3.0, "training_rmse": 9.0}
    )
    assert "an RMSE that is $5 larger on" in sentences.on_learning(curve, DOLLARS)
    assert "the same to the cent on" in sentences.on_learning(curve.assign(held_out_rmse=90.0), DOLLARS)


def test_nothing_rests_on_a_feature_of_a_model_that_is_no_better_than_the_mean() -> None:
    rows = [("income", 300.0, 250.0, 350.0), ("age", 280.0, 240.0, 320.0)]
    table = pd.DataFrame(rows, columns=["feature", "rmse_rise", "rmse_rise_low", "rmse_rise_high"])
    assert "no feature is shown to matter" in sentences.on_importance(table, DOLLARS, better=False)
    assert "; age may matter as much. Of 2" in sentences.on_importance(table, DOLLARS)
    gains = pd.DataFrame({"model": [MEAN], "features": "behaviour", "before": "demographics"})
    assert "is not asked, since no model" in sentences.on_gain(gains, MEAN, "behaviour", DOLLARS)
