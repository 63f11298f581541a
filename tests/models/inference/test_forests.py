from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.utils import check_random_state

from helpers.cores import CORES
from helpers.models.inference.forests import Forest, generator, grown

RNG = np.random.default_rng(1)
X, Y = RNG.normal(size=(80, 3)), RNG.exponential(size=80)


def test_a_forest_predicts_what_that_of_scikit_learn_does() -> None:
    ours = Forest(30, max_features=1 / 3, min_samples_leaf=3, random_state=5).fit(X, Y)
    assert ours.predict(X).tolist() == RandomForestRegressor.predict(ours, X).tolist()


@pytest.mark.parametrize("cores", ["1", "2"])
def test_trees_are_those_of_one_core_with_their_parameters(cores: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CORES, cores)
    plain = RandomForestClassifier(20, min_samples_leaf=4, max_depth=3, random_state=2)
    ours, theirs = grown(clone(plain), X, Y > 1), plain.fit(X, Y > 1)
    assert ours.predict_proba(X).tolist() == theirs.predict_proba(X).tolist()
    assert ours.n_jobs == 1
    assert {(tree.min_samples_leaf, tree.max_depth) for tree in ours.estimators_} == {(4, 3)}
    assert clone(ours.estimators_[0]).get_params() == ours.estimators_[0].get_params()


def test_a_generator_draws_what_that_of_scikit_learn_does() -> None:
    for seed in (0, 7, np.int64(2**31)):
        assert (
            generator(seed).randint(0, 2**31, 700).tolist()
            == check_random_state(seed).randint(0, 2**31, 700).tolist()
        )
    own = np.random.RandomState(1)
    assert generator(own) is own
    with pytest.raises(ValueError, match="Seed"):
        generator(-1)


def test_threads_have_a_generator_each() -> None:
    ours = generator(3)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(generator, 3).result() is not ours
    assert generator(4) is ours
