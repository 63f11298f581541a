"""Each claim that `make noise` counts for this report is made of data in which it is true, and not of others."""

import re

import numpy as np
import pandas as pd
import pytest

from benchmarks.noise import CLAIMS
from helpers.cases.rfm import lists
from helpers.cases.rfm.advice import on_hits
from helpers.cases.rfm.sentences import on_clusters_found, on_lists
from helpers.models import clustering
from helpers.models.lifetime_value.bg_nbd import fit_bg_nbd
from helpers.models.lifetime_value.history import histories
from helpers.models.lifetime_value.holdout import errors_table, holdout_check
from helpers.models.recommenders.comparison import lead_in_periods
from helpers.models.recommenders.trial import choose, run_trial
from helpers.sentences.lifetime_value import on_leaving, on_simple_forecasts
from helpers.wording import plain
from tests.models.lifetime_value.simulated import START, simulate

END = START + pd.Timedelta(days=729)


def made(text: str) -> set[str]:
    """Return the claims that a text makes."""
    return {claim for claim, words in CLAIMS["rfm"].items() if re.search(words, plain(text))}


def test_stable_clusters_of_planted_groups() -> None:
    rng = np.random.default_rng(1)
    centres = np.repeat([[0.0, 0.0], [9.0, 9.0]], 80, axis=0)
    points = pd.DataFrame(centres + rng.normal(size=(160, 2)), columns=["a", "b"])

    def one_cloud(seed: int) -> pd.DataFrame:
        return pd.DataFrame(np.random.default_rng(seed).normal(size=(160, 2)), columns=["a", "b"])

    firm = clustering.stability_beside_null(points, clustering.kmeans, [2], 3, 1, one_cloud)
    assert made(on_clusters_found(2, firm, False)) == {"stable clusters"}
    none = clustering.stability_beside_null(one_cloud(99), clustering.kmeans, [2], 3, 1, one_cloud)
    assert not made(on_clusters_found(2, none, False))


@pytest.mark.parametrize("leaving", [True, False])
def test_customers_who_leave(leaving: bool) -> None:
    said = on_leaving(fit_bg_nbd(histories(simulate(1500, seed=4, leaving=leaving), END)))
    assert made(said) == ({"customers who leave"} if leaving else set())


def test_a_model_that_is_better_than_one_rate_for_all() -> None:
    check = holdout_check(simulate(1500, seed=4, leaving=True), END - pd.Timedelta(days=180), END, 100, seed=1)
    claim = "a model of orders that is better than one rate"
    assert made(on_simple_forecasts(check.errors)) == {claim}
    one_rate = check.predictions.assign(model=check.predictions["same rate for all"])
    assert claim not in made(on_simple_forecasts(errors_table(one_rate, 100, 1)))


@pytest.mark.parametrize("better", [True, False])
def test_lists_that_are_better_in_a_segment(better: bool) -> None:
    rates = pd.DataFrame(
        {"segment": ["a"], "customers": [99], "better": [better], "hit_rate": 0.8, "simple_rate": 0.3}
    )
    assert made(on_hits(rates)) == ({"segments whose lists are better"} if better else set())


def customers_with_tastes(n: int, seed: int) -> pd.DataFrame:
    """Return purchases of customers of six kinds, each of which buys from ten products of its own, by popularity."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 6, n)
    orders = pd.DataFrame({"customer": rng.integers(0, n, 8 * n), "day": rng.uniform(0, 600, 8 * n)})
    rows = orders.loc[orders.index.repeat(3)].reset_index(names="order")
    product = 10 * kind[rows["customer"]] + rng.choice(10, len(rows), p=np.arange(10, 0, -1) / 55)
    date = pd.Timestamp("2022-01-01") + pd.to_timedelta(rows["day"], unit="D")
    names = {name: name[0] + rows[name].astype(str) for name in ("customer", "order")}
    return pd.DataFrame(names | {"product": "p" + pd.Series(product).astype(str), "date": date})


def test_better_lists_where_customers_have_tastes() -> None:
    bought, day, days = customers_with_tastes(150, 1), pd.Timestamp("2023-06-20"), 60
    ways = [*lists.collaborative(1)[:2], lists.collaborative(1)[-1], *lists.without_learning_from_others(1)[:3]]
    earlier = day - pd.Timedelta(days=days)
    tuning = choose(lists.tried(bought, earlier, days, ways, 10))
    trial = run_trial(lists.bought_from(bought, day, days), ways, 10, tuning=tuning)
    compared = lists.compared(trial, tuning, 100, 1)
    periods = lead_in_periods(lists.before(bought, earlier, days), ways, tuning, 10)
    said = [made(text) for text in on_lists(compared, periods)]
    assert set.union(*said) == {"a better list of new products", "a better list of all products"}
