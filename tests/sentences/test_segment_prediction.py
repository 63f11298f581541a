import dataclasses

import pandas as pd
import pytest

from helpers.models.prediction.next_segment import COMMONEST, RATES, STAYS, predict_next
from helpers.models.prediction.relearning import CENTRE, relearn
from helpers.sentences.segment_prediction import on_brier, on_importances, on_next, on_relearning
from tests.models.prediction.test_next_segment import step
from tests.models.prediction.test_relearning import CLUSTERS, FOUND, POINTS


def test_that_the_forest_is_no_better_than_the_centres_is_told() -> None:
    lead = FOUND.leads[(FOUND.leads["rival"] == CENTRE) & (FOUND.leads["measure"] == "mean F1")].iloc[0]
    said = on_relearning(FOUND)
    assert ("surely worse than the centres" in said) == (lead["high"] < 0)
    assert "repeats the borders" in said


def test_the_telling_feature_is_named() -> None:
    assert on_importances(FOUND.importances).startswith("Shuffled among the customers held out, telling")
    none = FOUND.importances.assign(low=-1.0)
    assert on_importances(none).startswith("No feature surely matters")


def test_one_cluster_or_a_few_customers_are_not_judged() -> None:
    for own in (CLUSTERS * 0, CLUSTERS.iloc[::40]):
        nothing = relearn(POINTS.loc[own.index], own, 0.3, 10, 1)
        assert "at least 20 customers in at least two clusters" in on_relearning(nothing)
        assert "was not measured" in on_importances(nothing.importances)


def test_whether_features_tell_more_than_the_segment_is_told() -> None:
    found = predict_next(step(1, telling=True), step(2, telling=True), 100, 1)
    assert "surely tell more than the segment alone" in on_brier(found)
    assert "is surely right more often than the best of these rules" in on_next(found)
    found = predict_next(step(3, telling=False), step(4, telling=False), 100, 1)
    assert "surely tell more" not in on_brier(found).replace("do not surely tell more", "")
    assert "is surely right more often" not in on_next(found)


def test_the_rival_of_the_forest_is_the_best_rule() -> None:
    found = predict_next(step(1, telling=True), step(2, telling=True), 100, 1)
    ahead = {"measure": "accuracy", "lead": [0.2, 0.01, 0.3], "low": [0.1, -0.01, 0.2], "high": [0.3, 0.03, 0.4]}
    leads = pd.DataFrame({"rival": [RATES, STAYS, COMMONEST], **ahead})
    assert on_next(dataclasses.replace(found, leads=leads)).endswith(
        "The forest is not surely right more often than the best of these rules, the present segment."
    )
    brier = found.brier.set_index("method")
    brier.loc[COMMONEST, ["lead", "low", "high"]] = 0.0, -0.1, 0.1
    assert "surely tell more" not in on_brier(dataclasses.replace(found, brier=brier.reset_index()))


@pytest.mark.slow
def test_the_forest_is_rarely_ahead_of_the_best_rule_where_nothing_tells() -> None:
    """Of 50 pairs of steps in which only the segment tells, none was called better by either sentence."""
    found = [predict_next(step(seed, False, 600), step(seed + 500, False, 600), 100, 1) for seed in range(50)]
    said = [f"{on_next(each)} {on_brier(each)}" for each in found]
    assert sum("is surely right more" in words or "the features surely tell" in words for words in said) <= 3


def test_the_sentences_do_not_say_the_same() -> None:
    found = predict_next(step(1, telling=True, n=300), step(2, telling=True, n=300), 20, 1)
    assert "Brier" not in on_next(found)
    assert on_brier(found) not in on_next(found)


def test_what_cannot_be_learned_is_said() -> None:
    few = step(1, telling=False, n=10)
    nothing = predict_next(few, few, 10, 1)
    assert "at least 20 customers in each of two steps" in on_next(nothing)
    assert on_brier(nothing) == ""
    assert "nothing was learned" in on_importances(nothing.importances)
