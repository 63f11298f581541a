import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.inspection import permutation_importance

from helpers.cores import CORES
from helpers.models.clustering.methods import kmeans
from helpers.models.inference.forests import grown
from helpers.models.prediction.relearning import (
    CENTRE,
    COMMONEST,
    FOREST,
    PERMUTATIONS,
    _shuffled_losses,
    relearn,
)

RNG = np.random.default_rng(5)
POINTS = pd.DataFrame(
    np.column_stack([RNG.normal(np.repeat([0, 8, 18], 200)), RNG.normal(size=600), RNG.normal(size=600)]),
    columns=["telling", "noise", "more_noise"],
)
CLUSTERS = kmeans(POINTS, 3, 1)
FOUND = relearn(POINTS, CLUSTERS, 0.3, 100, 1)


def test_the_nearest_centre_repeats_the_clusters_and_the_forest_does_no_better() -> None:
    scores = FOUND.scores.set_index(["method", "measure", "segment"])["score"]
    assert scores[CENTRE, "accuracy", "all"] > 0.97
    assert scores[FOREST, "accuracy", "all"] > 0.9
    assert scores[COMMONEST, "accuracy", "all"] == pytest.approx(CLUSTERS.value_counts().max() / 600, abs=0.01)
    lead = FOUND.leads[(FOUND.leads["rival"] == CENTRE) & (FOUND.leads["measure"] == "mean F1")].iloc[0]
    assert lead["low"] <= 0


def test_nobody_is_both_learned_from_and_tested() -> None:
    assert FOUND.learned + FOUND.tested == 600
    assert FOUND.confusion.loc[FOUND.confusion["method"] == FOREST, "customers"].sum() == FOUND.tested


def test_the_telling_feature_is_the_most_important() -> None:
    assert FOUND.importances["feature"].iloc[0] == "telling"
    assert FOUND.importances["loss"].iloc[0] > 0.3


@pytest.mark.parametrize("cores", ["1", "2"])
def test_losses_are_those_of_scikit_learn_on_any_number_of_cores(cores: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the forest has not seen a class, and says one that nobody is in."""
    monkeypatch.setenv(CORES, cores)
    names = CLUSTERS.map({1: "b", 2: "d", 3: "a"})
    learned, asked = names[names != "d"].index[::3], names[names != "a"].index[1::2]
    ours = grown(RandomForestClassifier(20, random_state=1), POINTS.loc[learned], names[learned])
    forest = RandomForestClassifier(20, random_state=1).fit(POINTS.loc[learned], names[learned])
    x, y = POINTS.loc[asked], names[asked]
    theirs = permutation_importance(forest, x, y, scoring="f1_macro", n_repeats=PERMUTATIONS, random_state=3)
    found = _shuffled_losses(ours, x, y, 3).set_index("feature")["loss"]
    assert found[POINTS.columns].tolist() == theirs.importances_mean.tolist()


@pytest.mark.parametrize("own", [CLUSTERS * 0, CLUSTERS.iloc[::40]])
def test_one_cluster_or_a_few_customers_are_not_learned(own: pd.Series) -> None:
    nothing = relearn(POINTS.loc[own.index], own, 0.3, 10, 1)
    assert nothing.learned == nothing.tested == 0
    for name in ("scores", "leads", "confusion", "importances"):
        assert getattr(nothing, name).empty
        assert list(getattr(nothing, name)) == list(getattr(FOUND, name))
