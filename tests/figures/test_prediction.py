import numpy as np
import pandas as pd
import pytest

from helpers.figures import prediction as figures
from helpers.figures.prediction import (
    calibration_plot,
    gains_and_lift,
    profit_curve,
    score_dots,
)
from helpers.figures.style import to_svg
from helpers.models.prediction.prediction_intervals import METHODS
from helpers.models.prediction.response import LOGISTIC, TREES, calibration
from helpers.models.prediction.targeting import BEST, gains, plans, profits
from helpers.wording import money
from tests.figures.test_style import texts
from tests.models.prediction.test_relearning import FOUND

DOLLARS = money("$")


def scores() -> pd.DataFrame:
    rows = [(features, model) for features in ("few", "more") for model in ("mean of all", "forest")]
    values = {"r2": [0.0, 0.8, 0.0, 0.9], "rmse": [600.0, 300, 600, 200]}
    table = pd.DataFrame(rows, columns=["features", "model"]).assign(**values)
    for name in values:
        table[f"{name}_low"], table[f"{name}_high"] = table[name] - 0.05, table[name] + 0.05
    return table


def intervals() -> pd.DataFrame:
    prediction = np.arange(100.0)
    columns = {"actual": prediction + 5, "prediction": prediction, "low": prediction - 9, "high": prediction + 9}
    return pd.DataFrame(columns).assign(covered=[True] * 90 + [False] * 10)


def test_the_first_model_is_on_top_and_every_set_has_its_colour() -> None:
    fig = figures.scores(scores(), DOLLARS)
    assert {"mean of all", "forest", "few", "more", "R²", "RMSE", "$600"} <= texts(to_svg(fig, "x"))
    r2, rmse = fig.axes
    assert r2.yaxis_inverted()
    few, more = (dots.get_offsets().data for dots in rmse.collections[1::2])
    assert few[:, 0].tolist() == [600, 300]
    assert more[:, 0].tolist() == [600, 200]
    assert (few[:, 1] != more[:, 1]).all()


def test_predictions_and_some_intervals_are_drawn_and_the_seed_decides() -> None:
    first, second, other = (to_svg(figures.predicted_against_actual(intervals(), DOLLARS, s), "x") for s in (1, 1, 2))
    assert first == second != other
    assert {"inside", "outside", "60 customers with interval", "predicted", "actual"} <= texts(first)
    few = figures.predicted_against_actual(intervals().iloc[:5], DOLLARS, 1)
    assert "5 customers with interval" in texts(to_svg(few, "x"))


def test_influential_customers_stand_out() -> None:
    columns = {"fitted": [1.0, 2, 3], "residual": [1.0, -1, 0], "studentised": [1.0, -1, np.nan], "leverage": 0.1}
    fig = figures.residuals(pd.DataFrame(columns).assign(influential=[False, True, False]), DOLLARS)
    assert {"influential", "others", "studentised residual", "leverage"} <= texts(to_svg(fig, "x"))
    assert [len(dots.get_offsets()) for dots in fig.axes[0].collections] == [2, 1]


def test_the_learning_curve_starts_at_nothing() -> None:
    sizes = {"customers": [100, 200], "training_rmse": [1.0, 2.0], "held_out_rmse": [4.0, 3.0]}
    fig = figures.learning_curve(pd.DataFrame(sizes | {"training_sd": 0.1, "held_out_sd": 0.2}), DOLLARS)
    assert fig.axes[0].get_ylim()[0] == 0
    assert {"held-out customers", "customers in training"} <= texts(to_svg(fig, "x"))


def test_the_most_important_feature_is_on_top() -> None:
    rows = [("kids_home", 9.0, 8, 10), ("age", -0.5, -1, 0)]
    table = pd.DataFrame(rows, columns=["feature", "rmse_rise", "rmse_rise_low", "rmse_rise_high"])
    fig = figures.importance(table, DOLLARS)
    assert [label.get_text() for label in fig.axes[0].get_yticklabels()] == ["Kids home", "Age"]
    assert fig.axes[0].yaxis_inverted()
    assert "There are no features." in texts(to_svg(figures.importance(table.iloc[:0], DOLLARS), "x"))


def test_partial_dependence_of_numbers_and_categories_on_one_scale() -> None:
    rows = [("income", 1.0, 10.0), ("income", 2.5, 30.0), ("kind", "a", 15.0), ("kind", "b", 20.0)]
    table = pd.DataFrame(rows, columns=["feature", "value", "prediction"])
    table = table.assign(low=table["prediction"] - 1, high=table["prediction"] + 1)
    fig = figures.partial_dependence(table, DOLLARS)
    assert {"Income", "Kind", "a", "b", "2.50", "mean prediction"} <= texts(to_svg(fig, "x"))
    assert fig.axes[0].get_ylim() == fig.axes[1].get_ylim()
    assert "No feature takes any value." in texts(to_svg(figures.partial_dependence(table.iloc[:0], DOLLARS), "x"))


def test_coverage_stands_beside_what_was_promised() -> None:
    rows = [(method, group, 0.9, 0.88, 0.92) for method in METHODS for group in ("all", "lower third of income")]
    fig = figures.coverage_by_group(pd.DataFrame(rows, columns=["method", "group", "covered", "low", "high"]), 0.9)
    assert {*METHODS, "promised", "all", "lower third of income"} <= texts(to_svg(fig, "x"))
    assert fig.axes[0].lines[0].get_xdata() == [0.9, 0.9]


def test_the_scores_are_those_of_the_table() -> None:
    ax = score_dots(FOUND.scores).axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Accuracy", "Mean F1", "F1, 1", "F1, 2", "F1, 3"]


def test_the_axis_says_nothing_of_who_was_learned_from() -> None:
    assert score_dots(FOUND.scores).axes[0].get_xlabel() == "score"


def test_nothing_to_draw() -> None:
    assert "There is too little to learn a prediction from." in to_svg(score_dots(FOUND.scores.head(0)), "x")


pytestmark = pytest.mark.filterwarnings("error")


P = pd.Series(np.linspace(0.9, 0.02, 80))


ANSWERED = pd.Series((np.random.default_rng(1).random(80) < P).astype(int))


def test_the_gains_stand_against_random_mailing() -> None:
    table = gains(ANSWERED, P, 30, seed=1)
    fig = gains_and_lift(table)
    assert {"at random", "share of answers reached", "lift (times random mailing)"} <= texts(to_svg(fig, "x"))
    gain, lift = fig.axes
    np.testing.assert_array_equal(gain.get_lines()[0].get_ydata(), table["gain"])
    np.testing.assert_array_equal(lift.get_lines()[0].get_ydata(), table["lift"])


def test_no_answers_leave_only_the_axes() -> None:
    to_svg(gains_and_lift(gains(ANSWERED * 0, P, 30, seed=1)), "x")


def test_the_profit_curve_marks_the_best_share_and_the_rule() -> None:
    table, compared = profits(ANSWERED, P, 3, 11, 30, seed=1), plans(ANSWERED, P, P > 0.5, 3, 11, 30, seed=1)
    fig = profit_curve(table, compared, money("$"))
    assert {"at random", "best share, looking back, with 95 % interval", "$0"} <= texts(to_svg(fig, "x"))
    best = compared.set_index("plan").loc[BEST]
    marked = fig.axes[0].get_lines()[3]
    assert (marked.get_xdata()[0], marked.get_ydata()[0]) == (best["share"], best["profit"])
    assert best["profit"] == table["profit"].max()


def test_the_calibration_has_a_panel_for_each_model() -> None:
    table = calibration(pd.DataFrame({LOGISTIC: P, TREES: P / 2}), ANSWERED)
    fig = calibration_plot(table)
    assert [ax.get_title() for ax in fig.axes] == [LOGISTIC, TREES]
    assert len(fig.axes[0].collections[1].get_offsets()) == 10
    assert to_svg(fig, "x") == to_svg(calibration_plot(table), "x")
