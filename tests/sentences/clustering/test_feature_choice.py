import pandas as pd

from helpers.models.clustering.feature_choice import UNASKED
from helpers.sentences.clustering.feature_choice import on_features


def test_features_that_go_are_named_with_their_reason() -> None:
    table = pd.DataFrame({"feature": ["a", "b"], "kept": [True, False], "reason": ["", "nearly the same as a"]})
    assert on_features(table) == "1 of 2 features stays; b (nearly the same as a) goes."
    assert on_features(table.iloc[:1]).startswith("1 of 1 feature stays: none repeats another")


def test_features_of_few_customers_are_told_to_stay_unasked() -> None:
    rows = [("a", True, UNASKED), ("b", True, UNASKED), ("c", False, "the same for everybody")]
    table = pd.DataFrame(rows, columns=["feature", "kept", "reason"])
    assert on_features(table).startswith("2 of 3 features stay; c (the same for everybody) goes. **Importance tells")
    assert "none repeats another. **Importance tells nothing here**" in on_features(table[:2])
    assert "without relation" not in on_features(table[:2])
