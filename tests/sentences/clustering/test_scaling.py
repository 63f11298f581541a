import pandas as pd

from helpers.models.clustering.feature_choice import UNASKED
from helpers.models.clustering.scaling import compare_scalings
from helpers.sentences.clustering.scaling import on_collinear, on_features, on_scalings, on_strengths
from tests.models.clustering.test_scaling import WITH_OUTLIERS


def scalings(**extreme: float) -> pd.DataFrame:
    rows = {"sizes": "90, 10", "smallest_share": 0.1, "silhouette": 0.5, "agreement": 0.7}
    rows |= {"overall_extreme_share": 0.01}
    table = pd.DataFrame({"scale": [name.replace("_", " ") for name in extreme], "extreme_share": extreme.values()})
    return table.assign(**rows, without_extremes=[0.9] * (len(extreme) - 1) + [float("nan")])


def test_the_scale_in_use_is_named_and_where_outliers_decide() -> None:
    said = on_scalings(scalings(logarithms=0.1, raw_scale=1.0, clipped_scale=0.0)).replace("\u00a0", " ")
    assert said.startswith(
        "⟦Outliers make a cluster of their own on the raw scale⟧, but not on logarithms, the one in use. "
        "Logarithms: clusters of 90, 10 customers; the smallest holds 10.00 %, 10 % of them extreme (silhouette "
        "0.50; with itself without extreme customers 0.90). Raw scale: "
    )
    assert "agreement with logarithms 0.70; with itself without extreme customers 0.90)." in said
    assert said.count("with itself") == 2
    assert "first scale" not in said
    assert "so the smallest cluster is one of outliers" in on_scalings(scalings(raw_scale=0.5, logarithms=0.0))
    assert "on none of the scales⟧ (in use is the raw scale)" in on_scalings(scalings(raw_scale=0.4, logarithms=0.0))


def strengths(**by_scale: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "scale": [name.replace("_", " ") for name in by_scale],
            "clusters": 3,
            "prediction_strength": by_scale.values(),
        }
    )


def test_why_the_scale_is_as_it_is_follows_from_the_strengths() -> None:
    said = on_strengths(strengths(clipped_scale=0.94, logarithms=0.78, raw_scale=0.7), 3)
    assert said == (
        "Two halves of the customers are to agree on the clusters: with 3 clusters the prediction strength is 0.94 "
        "on the clipped scale, 0.78 on logarithms and 0.70 on the raw scale. In use is the clipped scale, where no "
        "other scale is stronger; it alone reaches 0.8. Another scale may be strong with another number."
    )
    worse = on_strengths(strengths(raw_scale=0.7, logarithms=0.78, clipped_scale=0.94), 3)
    assert "which stays below 0.8; two halves agree better on logarithms and the clipped scale." in worse
    both = on_strengths(strengths(raw_scale=0.9, logarithms=0.9), 3)
    assert "no other scale is stronger; it reaches 0.8" in both
    assert "too few" in on_strengths(strengths(raw_scale=0.9), 4)


WORDS = {"cltv": "the naive CLTV", "q4_share": "the share of Q4"}


def test_collinear_features_in_words() -> None:
    pairs = pd.DataFrame({"feature": ["cltv", "a_b"], "other": ["a_b", "c"], "correlation": [-0.9, 0.5]})
    without = pd.DataFrame(
        {"left_out": ["cltv", "cltv, q4_share"], "customers_moved_share": [0.01, 0.02], "agreement": [0.97, 0.95]}
    )
    said = on_collinear(pairs, without, WORDS).replace("\u00a0", " ")
    assert said == (
        "Some features say nearly the same and so count more than once (rank correlations: the naive CLTV and a b "
        "\u22120.90). Agreement of the clusters with those by all features (adjusted Rand index): 0.97 without the "
        "naive CLTV (1.0 % of the customers in another cluster) and 0.95 without the naive CLTV and the share of Q4 "
        "(2.0 % of the customers in another cluster). ⟦The clusters hardly change⟧: no agreement is below 0.9."
    )
    weak = on_collinear(pairs.tail(1), without.assign(agreement=[0.97, 0.4]), WORDS)
    assert weak.startswith("No two features have a rank correlation of 0.8 or more.")
    assert weak.endswith("⟦The clusters change⟧: the agreement falls to 0.40.")
    assert "Agreement" not in on_collinear(pairs, without.head(0), WORDS)


def test_outliers_of_real_scalings_are_told() -> None:
    said = on_scalings(compare_scalings(WITH_OUTLIERS, 2, 1))
    assert said.startswith("⟦Outliers make a cluster of their own on ")
    assert "the raw scale⟧" in said.split(", but")[0]


def test_features_that_go_are_named_with_their_reason() -> None:
    table = pd.DataFrame({"feature": ["a", "b"], "kept": [True, False], "reason": ["", "nearly the same as a"]})
    assert on_features(table) == "1 of 2 features stays; b (nearly the same as a) goes."
    assert on_features(table.iloc[:1]).startswith("1 of 1 feature stays: none repeats another")


def test_features_of_few_customers_are_told_to_stay_unasked() -> None:
    rows = [("a", True, UNASKED), ("b", True, UNASKED), ("c", False, "the same for everybody")]
    table = pd.DataFrame(rows, columns=["feature", "kept", "reason"])
    assert on_features(table).startswith("2 of 3 features stay; c (the same for everybody) goes. ⟦Importance tells")
    assert "none repeats another. ⟦Importance tells nothing here⟧" in on_features(table[:2])
    assert "without relation" not in on_features(table[:2])
