from helpers.models.clustering.subclusters import second_clustering, survey_splits
from helpers.sentences.clustering.subclusters import on_second, on_set_aside
from tests.models.clustering.test_subclusters import INSIDE, blobs

NAMES = {1: "Small", 2: "Large"}


def test_the_cluster_that_is_cut_again_is_told_with_its_groups() -> None:
    table, clusters, _ = blobs(two_groups=True)
    survey = survey_splits(table, clusters, INSIDE, 4, 1)
    second = second_clustering(table, clusters, survey, INSIDE, 1)
    assert second is not None
    said = on_second(survey, second, NAMES)
    assert "⟦Large⟧" in said
    assert "Its 300 customers divide, but for 3 set aside, into 2 groups of " in said
    assert "lie more than" not in said
    assert on_set_aside(second).startswith("3 customers lie more than")


def test_that_no_cluster_is_cut_again_is_told() -> None:
    table, clusters, _ = blobs(two_groups=False)
    assert "None of the clusters" in on_second(survey_splits(table, clusters, INSIDE, 4, 1), None, NAMES)
