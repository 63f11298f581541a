import re

import numpy as np
import pandas as pd
import pytest

from helpers.models.prediction.response import BASE_RATE, LOGISTIC, TREES, calibration, scores
from helpers.models.prediction.targeting import gains, plans
from helpers.sentences.prediction.response import on_best_share, on_calibration, on_gains, on_rule, on_scores
from helpers.wording import money

DOLLARS = money("$")


def answers(n: int, seed: int, p: float | np.ndarray) -> pd.Series:
    return pd.Series((np.random.default_rng(seed).random(n) < p).astype(int))


def scored(p: np.ndarray, answered: pd.Series) -> str:
    table = pd.DataFrame({LOGISTIC: p, TREES: 0.99, BASE_RATE: answered.mean()})
    return on_scores(scores(table, answered, 100, seed=1))


def ruled(answered: pd.Series, p: pd.Series, cost: float, margin: float) -> str:
    return on_rule(plans(answered, p, cost, margin, 100, seed=1), cost, margin, DOLLARS)


def test_a_model_is_better_worse_or_not_surely_either() -> None:
    p = np.linspace(0.02, 0.5, 400)
    assert "It is **better than the base rate**, by 0." in scored(p, answers(400, 1, p))
    assert "It is **worse than the base rate**, by 0." in scored(p[::-1], answers(400, 1, p))
    same = scored(np.full(400, 0.26), answers(400, 2, 0.25))
    assert "**not surely better than the base rate**" in same
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
    assert "**do not contradict**" in on_calibration(table, LOGISTIC)
    text = on_calibration(table, TREES)
    assert "**contradict** the probabilities" in text
    assert f"{answered.sum()} came" in text
    assert "41 answers would come" in text


def test_gains_name_the_share_and_what_chance_reaches() -> None:
    p = np.linspace(0.9, 0.01, 300)
    text = on_gains(gains(answers(300, 4, p), pd.Series(p), 200, seed=1), 0.2)
    assert text.startswith("Letters to the likeliest 20\u00a0% of the customers (60) reach **")
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
        assert "no letter pays. **Write to nobody.**" in text
    assert "An answer brings −$2, which is not more than the $1 of a letter" in text


def test_nobody_or_everybody_may_be_worth_a_letter() -> None:
    answered = pd.Series([1] * 30 + [0] * 30)
    text = ruled(answered, pd.Series([0.2] * 60), 3, 11)
    assert "above 27.3\u00a0% (cost over margin), and no customer has that. **Write to nobody.**" in text
    assert "Letters to everybody would have brought **$150**" in text
    assert "for every customer. **Write to everybody.**" in ruled(answered, pd.Series([0.3] * 60), 3, 11)
    assert "above 0\u00a0%" in ruled(answered, pd.Series([0.3] * 60), 0, 11)


def test_the_rule_is_set_against_nobody_and_everybody() -> None:
    p = np.r_[np.full(100, 0.8), np.full(300, 0.02)]
    answered = answers(400, 6, p)
    text = ruled(answered, pd.Series(p), 3, 11)
    profit = 11 * answered[:100].sum() - 300
    assert f"**100 customers** (25.0\u00a0%). Letters to them would have brought **${profit}**" in text
    assert text.endswith("The rule brings more than writing to nobody or to everybody.")
    wrong = ruled(answered, pd.Series(p[::-1]), 3, 11)
    assert re.search(r"The rule brings less than writing to nobody, and .* writing to everybody\.$", wrong)
    assert "Only 5 customers answered" in ruled(pd.Series([1] * 5 + [0] * 395), pd.Series(p), 3, 11)


def test_the_best_share_is_said_to_flatter() -> None:
    p = np.r_[np.full(100, 0.8), np.full(300, 0.02)]
    table = plans(answers(400, 7, p), pd.Series(p), 3, 11, 100, seed=1)
    text = on_best_share(table, DOLLARS)
    assert "letters to **the likeliest 25\u00a0%** would have brought most" in text
    assert "which flatters its profit by about $" in text


@pytest.mark.parametrize(
    ("answer", "words"),
    [(0, "no share of the customers would have brought a profit"), (1, "letters to **everybody**")],
)
def test_the_best_share_may_be_nobody_or_everybody(answer: int, words: str) -> None:
    table = plans(pd.Series([answer] * 60), pd.Series(np.linspace(0.1, 0.9, 60)), 3, 11, 20, seed=1)
    text = on_best_share(table, DOLLARS)
    assert words in text
    assert "flatters" not in text
