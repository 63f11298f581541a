from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.keeping import KEEPING, USE
from helpers.kept_files import CACHE
from helpers.models.recommenders.baselines import own_history, popular
from helpers.models.recommenders.holdout import Holdout, bought_after
from helpers.models.recommenders.interactions import Interactions, Known, known_before
from helpers.models.recommenders.methods import ALL, NEW, Method, Scorer
from helpers.models.recommenders.trial import DEPTH, _chosen, attempt, choose, run_trial, tune, winner, with_hits
from tests.models.recommenders.shops import UNTIL, purchases

BOUGHT = purchases(
    *("ann pen 2011-05-01 1", "ann ink 2011-05-01 1", "ben pen 2011-05-01 2", "cay cup 2011-05-01 3"),
    *("ann cup 2011-06-02 4", "ann pen 2011-06-02 4", "ben ink 2011-06-03 5", "ben new 2011-06-03 5"),
)


def least(known: Known) -> Scorer:
    """Score what sells least highest."""

    def score(asked: Interactions) -> np.ndarray:
        return -popular(known)(asked)

    return score


METHODS = [
    Method("popular", "most", popular),
    Method("popular", "least", least),
    Method("own", "", own_history, (ALL,), baseline=True),
]


@pytest.fixture(scope="module")
def holdouts() -> list[Holdout]:
    known = known_before(BOUGHT, UNTIL)
    return [bought_after(BOUGHT, known, UNTIL, 30, offered) for offered in (NEW, ALL)]


def test_the_settings_and_the_method_that_are_best_are_chosen_for_each_offer(holdouts: list[Holdout]) -> None:
    assert list(holdouts[0].known.products) == ["pen", "cup", "ink"]
    table = tune(holdouts, METHODS, 1)
    assert table[["offered", "method", "setting"]].to_numpy().tolist() == [
        [NEW, "popular", "most"],
        [NEW, "popular", "least"],
        [ALL, "popular", "most"],
        [ALL, "popular", "least"],
        [ALL, "own", ""],
    ]
    assert table["customers"].tolist() == [2] * 5
    assert table["ndcg"].tolist() == [0.5, 0.5, 0.5, 0.5, 0.5]
    assert table["chosen"].tolist() == [True, False, True, False, True]
    assert winner(METHODS, table, ALL) == METHODS[0]


def test_lists_that_are_kept_serve_other_numbers_of_products(
    holdouts: list[Holdout], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {k: run_trial(holdouts, METHODS[::2], k).users for k in (1, 3)}
    monkeypatch.setenv(CACHE, str(tmp_path))
    monkeypatch.setenv(KEEPING, USE)
    run_trial(holdouts, METHODS[::2], 2)
    monkeypatch.setattr("helpers.models.recommenders.trial.best_products", None)
    for k, users in expected.items():
        pd.testing.assert_frame_equal(run_trial(holdouts, METHODS[::2], k).users, users)
    with pytest.raises(TypeError):
        run_trial(holdouts, METHODS[::2], DEPTH + 1)


def test_some_customers_may_choose_another_method(holdouts: list[Holdout]) -> None:
    tried = attempt(holdouts[:1], METHODS, 1)
    pd.testing.assert_frame_equal(choose(tried), tune(holdouts[:1], METHODS, 1))
    assert tried[0].held.asked.customers.tolist() == ["ann", "ben"]
    made_up = ([1.0, 0.0], [0.2, 0.3])
    most, least = (replace(each, ndcg=np.array(ndcg)) for each, ndcg in zip(tried, made_up, strict=True))
    of_all, of_ben = choose([most, least]), choose([most, least], pd.Index(["ben"]))
    assert of_all.loc[of_all["winner"], "setting"].tolist() == ["most"]
    assert of_ben.loc[of_ben["winner"], "setting"].tolist() == ["least"]
    assert of_ben[["customers", "ndcg"]].to_numpy().tolist() == [[1, 0.0], [1, 0.3]]


def test_a_setting_competes_for_what_it_was_chosen_for(holdouts: list[Holdout]) -> None:
    table = tune(holdouts, METHODS[:2], 1)
    table["chosen"] = [True, False, False, True]
    kept = [(each.name, each.setting, each.offers) for each in _chosen(METHODS, table)]
    assert kept == [("popular", "most", (NEW,)), ("popular", "least", (ALL,)), ("own", "", (ALL,))]
    found = run_trial(holdouts, METHODS, 1, tuning=table)
    assert found.methods[["offered", "method", "setting"]].to_numpy().tolist() == [
        [NEW, "popular", "most"],
        [ALL, "popular", "least"],
        [ALL, "own", ""],
    ]
    assert found.methods["winner"].tolist() == [True, True, False]
    assert found.tested.to_numpy().tolist() == [[NEW, 2, 3, 1, 2], [ALL, 2, 4, 1, 2]]


def test_customers_who_are_judged_several_times_have_several_rows(holdouts: list[Holdout]) -> None:
    twice = run_trial([holdouts[0]] * 2, METHODS, 1)
    once = run_trial(holdouts[:1], METHODS, 1)
    assert len(twice.users) == 2 * len(once.users)
    pd.testing.assert_frame_equal(twice.methods, once.methods)
    assert twice.tested["customers"].tolist() == [4]


def test_hits_are_what_was_bought_and_new(holdouts: list[Holdout]) -> None:
    pairs = [("ann", "cup"), ("ann", "pen"), ("ben", "ink"), ("ben", "new"), ("cay", "pen")]
    offers = pd.DataFrame(pairs, columns=["customer", "product"])
    assert with_hits(offers, holdouts[0])["hit"].tolist() == [True, False, True, False, False]
