import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, log_loss
from statsmodels.stats.proportion import proportion_confint

from helpers.errors import CasebookError
from helpers.models.prediction import response
from helpers.models.prediction.response import (
    BASE_RATE,
    LOGISTIC,
    MODELS,
    TREES,
    _parts,
    best_response_model,
    calibration,
    held_out_probabilities,
    scores,
)

pytestmark = pytest.mark.filterwarnings("error")


def customers(n: int, seed: int, strength: float = 2.0) -> tuple[pd.DataFrame, pd.Series]:
    """Return features, of which spending and a trade tell who answers, and the answers."""
    rng = np.random.default_rng(seed)
    spent, trade = rng.lognormal(4, 1, n), rng.choice(["baker", "cook", "smith"], n)
    logits = strength * (np.log(spent) - 4 + (trade == "cook")) - 1.5
    features = pd.DataFrame(
        {"spent": spent, "income": np.where(rng.random(n) < 0.1, np.nan, 100.0), "noise": rng.normal(size=n)},
        index=[f"c{i}" for i in range(n)],
    )
    answered = pd.Series((rng.random(n) < 1 / (1 + np.exp(-logits))).astype(int), features.index)
    return features.assign(trade=trade), answered


@pytest.fixture(scope="module")
def planted() -> tuple[pd.DataFrame, pd.Series]:
    features, answered = customers(600, seed=1)
    return held_out_probabilities(features, answered, 4, 1, seed=1), answered


def by_hand(p: list[float], y: list[int]) -> tuple[pd.DataFrame, pd.Series]:
    return pd.DataFrame({LOGISTIC: p, TREES: [0.5] * len(y), BASE_RATE: np.mean(y)}), pd.Series(y)


def test_the_own_answer_does_not_change_the_own_probability(monkeypatch: pytest.MonkeyPatch) -> None:
    features, answered = customers(120, seed=2)
    place = np.arange(120)
    cut = [(place[place % 3 != part], place[place % 3 == part]) for part in range(3)]
    monkeypatch.setattr(response, "_parts", lambda *_: cut)
    before = held_out_probabilities(features, answered, 3, 1, seed=1)[MODELS]
    flipped = answered.where(place % 3 != 0, 1 - answered)
    after = held_out_probabilities(features, flipped, 3, 1, seed=1)[MODELS]
    pd.testing.assert_frame_equal(before[place % 3 == 0], after[place % 3 == 0])
    assert (before != after)[place % 3 != 0].all(axis=None)


def test_scales_and_gaps_are_learned_from_the_other_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    features, answered = customers(90, seed=3)
    place = np.arange(90)
    monkeypatch.setattr(response, "_parts", lambda *_: [(place[30:], place[:30])])
    others = features.iloc[1:30].assign(spent=1e6, income=np.nan, trade="sailor")
    changed = pd.concat([features.iloc[:1], others, features.iloc[30:]])
    before, after = (held_out_probabilities(table, answered, 3, 1, seed=1) for table in (features, changed))
    assert before.iloc[0].equals(after.iloc[0])
    assert (before != after)[MODELS].iloc[1:30].any(axis=None)


def test_each_customer_is_predicted_once_and_those_alike_together() -> None:
    rng = np.random.default_rng(4)
    alike = rng.integers(0, 60, 100)
    cut = _parts(rng.integers(0, 2, 100), alike, 5, seed=1)
    assert len(cut) == 5
    assert sorted(np.concatenate([test for _, test in cut])) == list(range(100))
    assert all(not set(alike[train]) & set(alike[test]) for train, test in cut)


def test_there_are_no_more_parts_than_answers() -> None:
    answered = np.r_[1, 1, 1, np.zeros(57, dtype=int)]
    cut = _parts(answered, np.arange(60), 10, seed=1)
    assert [answered[test].sum() for _, test in cut] == [1, 1, 1]


def test_planted_signal_is_found_and_the_probabilities_come_true(planted: tuple[pd.DataFrame, pd.Series]) -> None:
    probabilities, answered = planted
    assert probabilities.columns.tolist() == [*MODELS, BASE_RATE]
    assert (probabilities[BASE_RATE] == answered.mean()).all()
    table = scores(probabilities, answered, 200, seed=1).set_index("model")
    assert (table.loc[MODELS, "log_loss_gain_low"] > 0).all()
    assert (table.loc[MODELS, "brier_gain_low"] > 0).all()
    assert best_response_model(table.reset_index()) == LOGISTIC  # the signal is linear
    rows = calibration(probabilities, answered).query("model == @LOGISTIC")
    assert rows["predicted"].between(rows["low"], rows["high"]).sum() >= 8


def test_without_a_signal_no_model_is_surely_better() -> None:
    features, answered = customers(200, seed=5, strength=0)
    table = scores(held_out_probabilities(features, answered, 4, 1, seed=1), answered, 200, seed=1)
    assert not (table["log_loss_gain_low"] > 0).any()


def test_scores_equal_a_count_over_pairs_and_the_library() -> None:
    p, y = [0.1, 0.4, 0.4, 0.8, 0.35, 0.4], [0, 0, 1, 1, 1, 0]
    row = scores(*by_hand(p, y), 100, seed=1).set_index("model").loc[LOGISTIC]
    pairs = [(p[i] > p[j]) + 0.5 * (p[i] == p[j]) for i in range(6) for j in range(6) if y[i] > y[j]]
    assert row["auc"] == pytest.approx(np.mean(pairs))
    assert row["brier"] == pytest.approx(brier_score_loss(y, p))
    assert row["log_loss"] == pytest.approx(log_loss(y, p))
    assert row["log_loss_gain"] == pytest.approx(np.log(2) - log_loss(y, p))
    assert (row["customers"], row["answers"]) == (6, 3)


def test_the_base_rate_ranks_nobody_and_has_no_gain() -> None:
    row = scores(*by_hand([0.1, 0.2, 0.3, 0.4], [0, 0, 0, 1]), 50, seed=1).set_index("model").loc[BASE_RATE]
    assert row[["auc", "auc_low", "auc_high"]].tolist() == [0.5, 0.5, 0.5]
    assert row.filter(like="gain").isna().all()
    assert row["log_loss"] == pytest.approx(-(0.25 * np.log(0.25) + 0.75 * np.log(0.75)))


def test_intervals_are_paired_and_as_wide_as_normal_ones() -> None:
    rng = np.random.default_rng(6)
    p = rng.uniform(0.05, 0.95, 500)
    y = (rng.random(500) < p).astype(int)
    table = scores(*by_hand(p.tolist(), y.tolist()), 1000, seed=1).set_index("model")
    half = 1.96 * np.std((p - y) ** 2) / np.sqrt(500)
    row = table.loc[LOGISTIC]
    assert (row["brier_high"] - row["brier_low"]) / 2 == pytest.approx(half, rel=0.1)
    gains = 1.96 * np.std((y.mean() - y) ** 2 - (p - y) ** 2) / np.sqrt(500)
    assert (row["brier_gain_high"] - row["brier_gain_low"]) / 2 == pytest.approx(gains, rel=0.1)


def test_the_calibration_has_tenths_and_wilsons_intervals() -> None:
    p, y = np.arange(20) / 20, [0] * 15 + [1] * 5
    table = calibration(*by_hand(p.tolist(), y)).query("model == @LOGISTIC")
    assert table["tenth"].tolist() == list(range(1, 11))
    assert (table["customers"] == 2).all()
    assert table["predicted"].tolist() == pytest.approx([0.025 + 0.1 * i for i in range(10)])
    assert table["answers"].tolist() == [0, 0, 0, 0, 0, 0, 0, 1, 2, 2]
    assert table.iloc[7][["low", "high"]].tolist() == pytest.approx(proportion_confint(1, 2, 0.05, "wilson"))


def test_customers_with_one_probability_share_a_tenth() -> None:
    table = calibration(*by_hand(np.linspace(0, 1, 20).tolist(), [0, 1] * 10)).query("model == @TREES")
    assert table[["customers", "predicted", "share"]].to_numpy().tolist() == [[20, 0.5, 0.5]]


@pytest.mark.parametrize("answers", [0, 1, 2, 3, 59, 60])
def test_rare_answers_among_sixty_are_no_fault(answers: int) -> None:
    features, _ = customers(60, seed=7)
    answered = pd.Series([1] * answers + [0] * (60 - answers), features.index)
    probabilities = held_out_probabilities(features, answered, 5, 1, seed=1)
    assert probabilities.gt(0).all(axis=None) == (answers > 0)
    table = scores(probabilities, answered, 50, seed=1)
    assert np.isfinite(table[["brier", "log_loss"]]).all(axis=None)
    assert table["auc"].isna().all() == (answers in (0, 60))
    assert calibration(probabilities, answered).groupby("model")["customers"].sum().eq(60).all()


def test_a_column_without_values_and_an_unseen_category_are_no_fault() -> None:
    features, answered = customers(60, seed=8)
    trade = features["trade"].where(np.arange(60) > 0, "tinker").where(np.arange(60) > 1, None)
    odd = features.assign(trade=trade, empty=np.nan, yes=features["spent"] > 50)
    assert held_out_probabilities(odd, answered, 3, 1, seed=1)[MODELS].gt(0).all(axis=None)


def test_the_seed_decides_and_the_same_request_gives_the_same_bytes() -> None:
    features, answered = customers(80, seed=9)
    first, again, other = (held_out_probabilities(features, answered, 3, 2, seed=seed) for seed in (1, 1, 5))
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert not first.equals(other)
    measured = [scores(first, answered, 50, seed=1) for _ in range(2)]
    pd.testing.assert_frame_equal(*measured, check_exact=True)


def test_customers_who_are_all_alike_are_refused() -> None:
    features = pd.DataFrame({"a": [1.0] * 10})
    with pytest.raises(CasebookError, match="alike in every feature"):
        held_out_probabilities(features, pd.Series([0, 1] * 5), 2, 1, seed=1)
