from helpers.figures.prediction.relearning import confusions, losses, score_dots
from helpers.figures.style import to_svg
from helpers.models.prediction.relearning import CENTRE, FOREST
from tests.models.prediction.test_relearning import FOUND


def test_scores_confusions_and_losses_hold_their_tables() -> None:
    ax = score_dots(FOUND.scores).axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Accuracy", "Mean F1", "F1, 1", "F1, 2", "F1, 3"]
    fig = confusions(FOUND.confusion, [FOREST, CENTRE])
    written = sum(int(text.get_text().replace(",", "")) for text in fig.axes[1].texts)
    assert written == FOUND.tested
    ax = losses(FOUND.importances).axes[0]
    assert ax.get_yticklabels()[0].get_text() == "Telling"


def test_the_axis_says_nothing_of_who_was_learned_from() -> None:
    assert score_dots(FOUND.scores).axes[0].get_xlabel() == "score"


def test_nothing_to_draw() -> None:
    for fig in (
        score_dots(FOUND.scores.head(0)),
        confusions(FOUND.confusion.head(0), [FOREST]),
        losses(FOUND.importances.head(0)),
    ):
        assert "There is too little to learn a prediction from." in to_svg(fig, "x")
