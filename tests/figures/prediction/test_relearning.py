from helpers.figures.prediction.relearning import score_dots
from helpers.figures.style import to_svg
from tests.models.prediction.test_relearning import FOUND


def test_the_scores_are_those_of_the_table() -> None:
    ax = score_dots(FOUND.scores).axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Accuracy", "Mean F1", "F1, 1", "F1, 2", "F1, 3"]


def test_the_axis_says_nothing_of_who_was_learned_from() -> None:
    assert score_dots(FOUND.scores).axes[0].get_xlabel() == "score"


def test_nothing_to_draw() -> None:
    assert "There is too little to learn a prediction from." in to_svg(score_dots(FOUND.scores.head(0)), "x")
