import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu

from helpers.models.network.success import CIRCULAR, FREE, PARTLY, RECRUITS, _compare, _top_mark, success_table
from helpers.models.network.trees import Network
from tests.models.network.sponsors import SMALL, customers, joined, network

ACTIVE = "recruits who bought in the last half-year"


def split(values: np.ndarray, n_top: int, cells: np.ndarray | int = 0) -> dict[str, float]:
    frame = pd.DataFrame({"value": values, "top": np.arange(len(values)) < n_top, "cell": cells})
    found = _compare(frame["value"], frame["top"], frame["cell"], frame.index.to_series())
    return {name: float(number) for name, number in found.items()}


def test_one_cell_is_the_mann_whitney_test() -> None:
    values = np.random.default_rng(1).poisson(3, 400).astype(float)
    values[:80] += 1
    found, test = split(values, 80), mannwhitneyu(values[:80], values[80:])
    assert found["effect"] == pytest.approx(2 * test.statistic / (80 * 320) - 1)
    assert found["top_mean"] == pytest.approx(values[:80].mean())
    assert found["effect_low"] < found["effect"] < found["effect_high"]
    assert (found["p_value"] < 0.001) == (test.pvalue < 0.001)


def test_the_variance_is_that_of_delong() -> None:
    values = np.random.default_rng(2).normal(size=60)
    wins = (values[:20, None] > values[20:]).astype(float)
    error = 2 * np.sqrt(wins.mean(axis=1).var(ddof=1) / 20 + wins.mean(axis=0).var(ddof=1) / 40)
    found = split(values, 20)
    half = (np.arctanh(found["effect_high"]) - np.arctanh(found["effect_low"])) / 2
    assert half == pytest.approx(2.093 * error / (1 - found["effect"] ** 2), rel=1e-3)


def test_cells_are_compared_within_by_brute_force() -> None:
    rng = np.random.default_rng(3)
    values, cells, n_top = rng.integers(0, 6, 50).astype(float), rng.integers(0, 4, 50), 15
    pairs = [
        (np.sign(values[i] - values[j]), np.sum(cells[n_top:] == cells[i]))
        for i, j in itertools.product(range(n_top), range(n_top, 50))
        if cells[i] == cells[j]
    ]
    assert split(values, n_top, cells)["effect"] == pytest.approx(
        sum(sign / others for sign, others in pairs) / n_top
    )


def test_a_number_that_only_follows_time_sets_nobody_apart() -> None:
    rng = np.random.default_rng(4)
    cells = np.r_[rng.integers(0, 5, 60), rng.integers(3, 12, 600)]
    values = cells + rng.normal(0, 0.1, 660)
    assert abs(split(values, 60)["effect"]) > 0.5
    assert split(values, 60, cells)["p_value"] > 0.05


def test_recruits_of_one_sponsor_are_no_independent_evidence() -> None:
    rng = np.random.default_rng(5)
    sponsors = np.repeat(np.arange(60), 20)
    values = rng.normal(size=60)[sponsors]
    table = pd.DataFrame({"value": values, "top": sponsors < 15, "cell": 0})
    together = _compare(table["value"], table["top"], table["cell"], pd.Series(sponsors))
    alone = _compare(table["value"], table["top"], table["cell"], table.index.to_series())
    assert together["effect"] == alone["effect"]
    assert float(together["p_value"]) > float(alone["p_value"])


def test_the_error_rate_is_the_one_that_is_said() -> None:
    p_values = []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        sponsors = np.repeat(np.arange(120), 5)
        chance = rng.beta(2, 4, 120)[sponsors]
        values, cells = pd.Series(rng.random(600) < chance), pd.Series(rng.integers(0, 12, 600))
        found = _compare(values, pd.Series(sponsors < 25), cells, pd.Series(sponsors))
        p_values.append(float(found["p_value"]))
    assert np.mean(np.array(p_values) < 0.05) <= 0.1
    assert np.mean(np.array(p_values) < 0.5) == pytest.approx(0.5, abs=0.17)


def test_perfect_separation_is_not_perfect_certainty() -> None:
    found = split(np.r_[np.ones(12) * 2, np.ones(30)], 12)
    assert found["effect"] == 1
    assert found["effect_high"] == pytest.approx(1)
    assert 0.5 < found["effect_low"] < 1
    assert 0 < found["p_value"] < 0.05


@pytest.mark.parametrize("values", [np.ones(20), np.r_[1.0, np.zeros(19) * np.nan]])
def test_nothing_to_compare_is_missing(values: np.ndarray) -> None:
    assert np.isnan(split(values, 5)["effect"])


def test_the_top_are_those_with_the_most_recruits() -> None:
    recruits = network(3000, 1).members["recruits"]
    mark = _top_mark(network(3000, 1), 0.02)
    assert mark.sum() >= np.ceil(0.02 * (recruits > 0).sum())
    assert recruits[mark.index[mark]].min() > recruits[mark.index[~mark]].max()
    assert _top_mark(SMALL, 0.01).to_dict() == {"a": True, "b": False, "d": False, "f": False}


def planted(found: Network, lift: float) -> pd.DataFrame:
    """Return customers of whom recruits of the top sponsors buy more often in the last half-year."""
    mark = _top_mark(found, 0.02).reindex(found.members["sponsor"]).fillna(False).to_numpy(dtype=bool)
    return customers(found.members.index, 1, np.where(mark, 0.3 + lift, 0.3))


def test_a_planted_difference_is_found_and_nothing_else() -> None:
    found = network(12_000, 5)
    dates = joined(found.members.index, 1)
    table = success_table(found, dates, planted(found, 0.4), 0.02).set_index("quantity")
    row = table.loc[ACTIVE]
    assert row["q_value"] < 0.05
    assert row["effect_low"] < 0.4 < row["effect_high"]
    assert row["effect"] == pytest.approx(row["top_mean"] - row["others_mean"])
    assert (row["within"], row["circular"], row["worth"]) == (RECRUITS, FREE, "share")
    null = success_table(found, dates, planted(found, 0.0), 0.02).set_index("quantity")
    assert null.loc[ACTIVE, "q_value"] > 0.05


def test_pace_is_marked_as_circular() -> None:
    found = network(4000, 5)
    table = success_table(found, joined(found.members.index, 1), customers(found.members.index, 1), 0.02)
    kinds = table.groupby("circular")["family"].unique().map(sorted).to_dict()
    assert kinds == {CIRCULAR: ["pace"], PARTLY: ["pace"], FREE: ["own", "recruits"]}
    assert (table.loc[table["circular"] == CIRCULAR, "effect"] > 0.5).all()
    assert table["quantity"].is_unique
    assert (table["q_value"].dropna() >= table["p_value"].dropna()).all()


def test_few_members_leave_all_missing() -> None:
    dates = joined(SMALL.members.index, 1)
    table = success_table(SMALL, dates, customers(SMALL.members.index, 1), 0.01)
    assert table["effect"].isna().all()
