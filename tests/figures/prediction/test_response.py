import re

import numpy as np
import pandas as pd
import pytest

from helpers.figures.prediction.response import calibration_plot, gains_and_lift, profit_curve
from helpers.figures.style import to_svg
from helpers.models.prediction.response import LOGISTIC, TREES, calibration
from helpers.models.prediction.targeting import BEST, gains, plans, profits
from helpers.wording import money

pytestmark = pytest.mark.filterwarnings("error")
P = pd.Series(np.linspace(0.9, 0.02, 80))
ANSWERED = pd.Series((np.random.default_rng(1).random(80) < P).astype(int))


def texts(svg: str) -> set[str]:
    return set(re.findall(r"<text[^>]*>([^<]*)</text>", svg))


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
    table, compared = profits(ANSWERED, P, 3, 11, 30, seed=1), plans(ANSWERED, P, 3, 11, 30, seed=1)
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
