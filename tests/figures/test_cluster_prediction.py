from helpers.figures.cluster_prediction import confusions, losses, score_dots
from helpers.models.cluster_prediction import CENTRE, FOREST
from tests.models.test_cluster_prediction import FOUND


def test_scores_confusions_and_losses_hold_their_tables() -> None:
    ax = score_dots(FOUND.scores).axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Accuracy", "Mean F1", "F1, 1", "F1, 2", "F1, 3"]
    fig = confusions(FOUND.confusion, [FOREST, CENTRE])
    written = sum(int(text.get_text().replace(",", "")) for text in fig.axes[1].texts)
    assert written == FOUND.tested
    ax = losses(FOUND.importances).axes[0]
    assert ax.get_yticklabels()[0].get_text() == "Telling"
