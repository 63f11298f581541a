from helpers.figures.clustering.number_on_samples import number_criteria
from helpers.models.clustering.number import number_summary
from tests.models.clustering.test_number import SURVEY


def test_every_criterion_is_drawn_with_its_means_and_the_chosen_number() -> None:
    summary = number_summary(SURVEY)
    fig = number_criteria(summary, 3)
    for ax, name in zip(fig.axes, ["dispersion", "silhouette", "gap", "prediction_strength"], strict=True):
        means = summary.loc[summary["criterion"] == name, "mean"]
        assert ax.lines[0].get_ydata()[1:].tolist() == means.tolist()[1:]
        assert ax.lines[1].get_xdata() == [3, 3]
