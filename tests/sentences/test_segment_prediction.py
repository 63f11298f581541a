from helpers.models.prediction.next_segment import predict_next
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
    assert "surely right more often than the commonest next state of each segment" in on_next(found)
    found = predict_next(step(3, telling=False), step(4, telling=False), 100, 1)
    assert "surely tell more" not in on_brier(found).replace("do not surely tell more", "")
    assert "is surely right more often" not in on_next(found)


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
