import numpy as np
import pandas as pd
from scipy.stats import permutation_test

from helpers.models.inference.permutation import group_p_values


def skewed(n: int, rng: np.random.Generator) -> pd.Series:
    """Return sums as a shop has them: most customers bring nothing, a few very much."""
    return pd.Series(rng.lognormal(3, 1.5, n) * (rng.random(n) < 0.4))


def test_two_groups_agree_with_scipy() -> None:
    rng = np.random.default_rng(1)
    values, groups = skewed(60, rng), pd.Series([1] * 20 + [2] * 40)
    parts = [values[groups == group].to_numpy() for group in (1, 2)]
    other = permutation_test(
        parts, lambda a, b: abs(a.mean() - b.mean()), n_resamples=5000, alternative="greater", rng=2
    )
    found = group_p_values(values, groups, seed=3)
    assert found[1] == found[2], "the means of two groups differ from that of all together"
    assert abs(found[1] - other.pvalue) < 0.03


def test_chance_makes_a_claim_in_one_of_twenty_tables() -> None:
    """Among 100 tables of random groups with skewed sums 5 are to be expected, and hardly ever 12."""
    rng = np.random.default_rng(4)
    claims = [
        (group_p_values(skewed(150, rng), pd.Series(rng.integers(0, 6, 150)), seed) < 0.05).any()
        for seed in range(100)
    ]
    assert sum(claims) <= 11


def test_a_planted_difference_is_found_and_the_direction_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    groups = pd.Series(np.repeat([1, 2, 3], 100), name="segment")
    values = skewed(300, rng) * groups.map({1: 6.0, 2: 1.0, 3: 0.0})
    found = group_p_values(values, groups, seed=6)
    assert found.index.name == "segment"
    assert (found[[1, 3]] < 0.05).all()


def test_nothing_to_compare_is_missing() -> None:
    assert group_p_values(pd.Series([1.0, 2.0]), pd.Series([1, 1]), 0).isna().all()
    assert group_p_values(pd.Series([2.0, 2.0]), pd.Series([1, 2]), 0).isna().all()
