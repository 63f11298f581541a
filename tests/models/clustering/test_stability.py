import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_1samp

from helpers.models.clustering.stability import _best_jaccard, bootstrap_jaccard, stability_table


def test_jaccard_equals_a_count_of_sets() -> None:
    reference = pd.Series({"a": 1, "b": 1, "c": 1, "d": 2, "e": 2, "f": 3})
    other = pd.Series({"a": "x", "b": "x", "c": "y", "d": "y", "e": "y", "z": "x"})
    expected = {}
    for cluster in (1, 2):
        own = {name for name in "abcde" if reference[name] == cluster}
        sets = [{name for name in "abcde" if other[name] == label} for label in "xy"]
        expected[cluster] = max(len(own & s) / len(own | s) for s in sets)
    assert _best_jaccard(reference, other) == pytest.approx(expected | {3: 0})


def test_clear_clusters_are_stable_and_arbitrary_ones_are_not() -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"x": np.r_[rng.normal(0, 1, 30), rng.normal(20, 1, 30)], "noise": rng.normal(size=60)})

    def clear(sample: pd.DataFrame) -> list[pd.Series]:
        return [(sample["x"] > 10).astype(int)]

    def arbitrary(sample: pd.DataFrame) -> list[pd.Series]:
        return [(np.arange(len(sample)) % 2 + pd.Series(0, index=sample.index))]

    stable = stability_table(bootstrap_jaccard(table, clear(table), clear, 20, seed=1)[0])
    weak = stability_table(bootstrap_jaccard(table, arbitrary(table), arbitrary, 20, seed=1)[0])
    assert stable["jaccard"].tolist() == [1, 1]
    assert set(stable["verdict"]) == {"stable"}
    assert set(weak["verdict"]) == {"unstable"}
    assert (weak["low"] < weak["jaccard"]).all()


def test_the_seed_decides() -> None:
    table = pd.DataFrame({"x": range(20)})

    def halves(sample: pd.DataFrame) -> list[pd.Series]:
        return [(sample["x"] > sample["x"].median()).astype(int)]

    first, again, other = (bootstrap_jaccard(table, halves(table), halves, 5, seed)[0] for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_the_clusters_that_are_judged_are_the_given_ones() -> None:
    table = pd.DataFrame({"x": range(40)})

    def halves(sample: pd.DataFrame) -> list[pd.Series]:
        return [(sample["x"] >= 20).astype(int)]

    reference = pd.Series(np.where(table["x"] < 30, "most", "rest"), index=table.index)
    judged = stability_table(bootstrap_jaccard(table, [reference], halves, 30, seed=1)[0]).set_index("cluster")
    assert judged.loc["most", "jaccard"] == pytest.approx(20 / 30, abs=0.05)
    assert judged.loc["rest", "jaccard"] == pytest.approx(10 / 20, abs=0.05)


def test_few_draws_show_their_ends_and_many_their_middle() -> None:
    few = pd.DataFrame({1: np.linspace(0.8, 1, 39)})
    assert stability_table(few).loc[0, ["low", "high", "draws"]].tolist() == [0.8, 1.0, 39]
    many = pd.DataFrame({1: np.linspace(0, 1, 41)})
    assert stability_table(many).loc[0, ["low", "high"]].tolist() == pytest.approx([0.025, 0.975])


def test_a_cluster_is_stable_or_unstable_only_where_its_mean_is_surely_so() -> None:
    table = stability_table(
        pd.DataFrame(
            {1: [0.9, 0.92, 0.91], 2: [0.7, 0.8, 0.9], 3: [0.6, 0.6, 0.7], 4: [0.5, 0.5, 0.52], 5: [0.4, 0.5, 0.6]}
        )
    )
    assert table["verdict"].tolist() == ["stable", "doubtful", "doubtful", "unstable", "doubtful"]
    values = np.array([0.7, 0.8, 0.9])
    limit = ttest_1samp(values, 0, alternative="greater").confidence_interval(1 - 0.05 / 5).low
    assert table.loc[1, "at_least"] == pytest.approx(limit)
    single = stability_table(pd.DataFrame({1: [0.99], 2: [0.3]}))
    assert single["verdict"].tolist() == ["doubtful", "doubtful"]
    assert single["at_least"].isna().all()
