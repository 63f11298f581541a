import numpy as np
import pandas as pd
import pytest

from helpers.models.migration.transitions import LAPSED
from helpers.models.prediction.next_segment import COMMONEST, FOREST, RATES, STAYS, Step, predict_next


def step(seed: int, telling: bool, n: int = 2500) -> Step:
    """Return customers of two segments; who lapses depends on a feature inside them, or on the segment alone."""
    rng = np.random.default_rng(seed)
    segment = rng.choice(["big", "small"], n, p=[0.3, 0.7])
    feature = rng.random(n)
    stays = np.where(segment == "big", 0.8, 0.3)
    if telling:
        stays = np.where(feature > 0.5, 0.9, 0.1)
    after = np.where(rng.random(n) < stays, segment, LAPSED)
    features = pd.DataFrame({"size": (segment == "big").astype(float), "feature": feature})
    return Step(features, pd.Series(segment), pd.Series(after))


def test_a_telling_feature_beats_the_rates_of_the_segment() -> None:
    test = step(2, telling=True)
    found = predict_next(step(1, telling=True), test, 100, 1)
    brier = found.brier.set_index("method")
    assert brier.loc[RATES, "low"] > 0
    assert found.importances["feature"].iloc[0] == "feature"
    came = pd.get_dummies(test.next_state, dtype=float)[sorted(set(test.next_state))]
    training = step(1, telling=True).next_state.value_counts(normalize=True)[came.columns]
    assert brier.loc[COMMONEST, "brier"] == pytest.approx(((came - training) ** 2).sum(axis=1).mean())


def test_the_rates_are_enough_where_nothing_else_tells() -> None:
    test = step(4, telling=False)
    found = predict_next(step(3, telling=False), test, 100, 1)
    brier = found.brier.set_index("method")
    assert brier.loc[RATES, "lead"] < 0.002
    scores = found.scores.set_index(["method", "measure", "segment"])["score"]
    stayed = (test.segment == test.next_state).mean()
    assert scores[STAYS, "accuracy", "all"] == pytest.approx(stayed)
    expected = np.where(test.segment == "big", "big", LAPSED)
    assert scores[RATES, "accuracy", "all"] == pytest.approx((expected == test.next_state).mean())
    assert found.leads["rival"].unique().tolist() == [RATES, STAYS, COMMONEST]
    assert found.brier["method"].iloc[0] == FOREST


def test_a_segment_that_is_new_in_the_test_gets_the_rates_of_all() -> None:
    test = step(6, telling=False)
    renamed = Step(test.features, test.segment.replace("big", "huge"), test.next_state)
    found = predict_next(step(5, telling=False), renamed, 50, 1)
    assert np.isfinite(found.brier["brier"]).all()


def test_what_cannot_be_learned_is_empty() -> None:
    few, test = step(1, telling=False, n=10), step(1, telling=False)
    alike = Step(test.features, test.segment, test.next_state.map(lambda _: LAPSED))
    learned = predict_next(test, test, 5, 1)
    for nothing in (predict_next(few, few, 10, 1), predict_next(test, few, 10, 1), predict_next(alike, test, 10, 1)):
        assert nothing.learned == nothing.tested == 0
        for name in ("scores", "leads", "confusion", "brier", "importances"):
            assert getattr(nothing, name).empty
            assert list(getattr(nothing, name)) == list(getattr(learned, name))
