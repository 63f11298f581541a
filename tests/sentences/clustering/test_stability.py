import pandas as pd

from helpers.models.clustering.stability import BY_CHANCE
from helpers.sentences.clustering.stability import (
    is_weak,
    on_segment_stability,
    on_spaces,
    on_stability,
    range_of_draws,
)

STABILITY = pd.DataFrame(
    {
        "clusters": [2, 3],
        "jaccard": [0.9, 0.8],
        "weakest": [0.85, 0.6],
        "null_jaccard": [0.85, 0.5],
        "null_low": [0.8, 0.4],
        "null_high": [0.87, 0.7],
        "silhouette": [0.5, 0.4],
        "null_silhouette": [0.4, 0.3],
    }
)


def test_stability_is_told_of_the_chosen_number_beside_structureless_data() -> None:
    text = on_stability("k-means", STABILITY, 2)
    assert text == (
        "The division into 2 clusters by k-means is stable and clearer than any that was cut out of structureless "
        "data (Jaccard index 0.90, weakest cluster 0.85; silhouette 0.50, structureless data at most 0.40)."
    )
    assert "no clearer than what can be cut" in on_stability("k-means", STABILITY.assign(null_silhouette=0.49), 2)
    assert "3 clusters by k-means is not stable: its weakest cluster is below 0.75" in on_stability(
        "k-means", STABILITY, 3
    )


def test_clusters_that_two_halves_of_the_customers_do_not_share_are_no_discovery() -> None:
    text = on_stability("k-means", STABILITY, 2, beyond=True)
    assert "two halves of the customers differ: a convenient cut, not a discovery (Jaccard index 0.90" in text
    assert "is stable and clearer" not in text


def test_weak_is_what_is_unstable_or_no_clearer_than_structureless_data() -> None:
    assert not is_weak(STABILITY, 2)
    assert is_weak(STABILITY, 3)
    assert is_weak(STABILITY.assign(null_silhouette=0.49), 2)


def test_spaces_tell_the_largest_cluster() -> None:
    row = {"method": "k-means", "space": "raw scale", "largest_share": 0.99, "smallest": 3, "agreement": -0.001}
    text = on_spaces(pd.DataFrame([row])).replace("\u00a0", " ")
    assert text == (
        "k-means on the raw scale puts 99 % of the customers into one cluster and 3 into the smallest "
        "(agreement with the segments 0.00)."
    )


def test_segments_that_are_not_surely_stable_are_told_with_the_reason() -> None:
    columns = ["name", "jaccard", "draws", "verdict"]
    rows = [("Loyal", 0.9, 5, "stable"), ("Churn", 0.8, 5, "doubtful"), ("Noisy", 0.4, 5, "unstable")]
    table = pd.DataFrame(rows, columns=columns)
    assert on_segment_stability(table) == (
        "1 of 3 segments is stable; ⟦Churn is doubtful (0.80, but 5 samples are too few to be sure) and Noisy is "
        "unstable (0.40)⟧. What has less than 0.75 should not be relied on."
    )
    assert on_segment_stability(table[:2]).endswith("too few to be sure)⟧.")
    assert on_segment_stability(table[:1]).startswith("1 of 1 segment is stable: found again")
    assert "a convenient cut, not kinds of customers⟧" in on_segment_stability(table.assign(verdict=BY_CHANCE))
    assert range_of_draws(39) == "the lowest and the highest of the draws"
    assert range_of_draws(40) == "the middle 95 % of the draws"
