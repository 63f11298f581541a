from functools import partial

import numpy as np
import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.recommenders.leave_one_out import (
    BASELINE,
    compare_methods,
    factor_scores,
    hide_one,
    hit_table,
    hits,
    item_similarity,
    popularity,
    rule_scores,
    segment_scores,
    verdict,
)


@pytest.fixture
def bought() -> pd.DataFrame:
    """Return customers who keep to one of three groups of items."""
    rng = np.random.default_rng(1)
    own = np.kron(np.eye(3, dtype=bool), np.ones((25, 5), dtype=bool))
    table = rng.random(own.shape) < np.where(own, 0.6, 0.03)
    return pd.DataFrame(table, columns=list("abcdefghijklmno"))


def test_one_item_is_hidden_of_those_who_have_several(bought: pd.DataFrame) -> None:
    known, hidden = hide_one(bought, np.random.default_rng(1))
    assert list(known.index) == list(bought.index[bought.sum(axis=1) > 1])
    for customer, item in hidden.items():
        assert bought.loc[customer, item]
        assert not known.loc[customer, item]
        assert known.loc[customer].sum() == bought.loc[customer].sum() - 1


def test_every_item_is_equally_likely_to_be_hidden() -> None:
    one = pd.DataFrame([[True, True, False, True]] * 3000, columns=list("abcd"))
    _, hidden = hide_one(one, np.random.default_rng(1))
    assert hidden.value_counts(normalize=True).to_dict() == pytest.approx(dict.fromkeys("abd", 1 / 3), abs=0.03)


def test_hits_equal_a_sorted_list_by_hand(bought: pd.DataFrame) -> None:
    rng = np.random.default_rng(2)
    known, hidden = hide_one(bought, rng)
    scores = pd.DataFrame(rng.integers(0, 3, known.shape), index=known.index, columns=known.columns).astype(float)
    popular = known.sum()
    found = hits(scores, known, hidden, popular, k=3)
    position = {item: i for i, item in enumerate(known.columns)}
    for customer, item in hidden.items():
        opened = [i for i in known.columns if not known.loc[customer, i]]
        ranked = sorted(opened, key=lambda i: (-scores.loc[customer, i], -popular[i], position[i]))
        assert found[customer] == (item in ranked[:3])


def test_scores_by_hand() -> None:
    others = pd.DataFrame([[1, 1, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], columns=list("abc")).astype(bool)
    known = pd.DataFrame([[1, 0, 0]], columns=list("abc"), index=["me"]).astype(bool)
    assert popularity(others, known).loc["me"].tolist() == [2, 3, 2]
    assert item_similarity(others, known).loc["me"].tolist() == pytest.approx([0, 2 / np.sqrt(6), 0])
    rules = rule_scores(others, known, min_support=0.25, min_confidence=0.5, max_items=2)
    assert rules.loc["me"].tolist() == [0, 1, 0]
    segments = segment_scores(others, known, n_segments=2, seed=1)
    assert segments.loc["me"].tolist() == pytest.approx([1, 1, 0])


def test_factors_favour_the_items_of_the_customers_taste(bought: pd.DataFrame) -> None:
    me = pd.DataFrame(False, index=["me"], columns=bought.columns)
    me[["a", "b"]] = True
    scores = factor_scores(bought, me, rank=3, seed=1).loc["me"]
    assert scores[list("abcde")].min() > scores[list("fghijklmno")].max()


def test_methods_that_see_taste_beat_the_favourites_and_chance_does_not(bought: pd.DataFrame) -> None:
    def noise(others: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame(np.random.default_rng(1).random(known.shape), index=known.index, columns=known.columns)

    scorers = {"similar": item_similarity, "NMF": partial(factor_scores, rank=3, seed=1), "noise": noise}
    shares = hit_table(bought, scorers, 3, 3, seed=1)
    table = compare_methods(shares, 500, seed=1).set_index("method")
    assert (table.loc[["similar", "NMF"], "gain_low"] > 0).all()
    assert table.loc["noise", "gain_low"] <= 0
    assert table.loc[BASELINE, ["gain", "gain_low", "gain_high"]].tolist() == [0, 0, 0]
    pd.testing.assert_frame_equal(shares, hit_table(bought, scorers, 3, 3, seed=1))


def test_nobody_is_scored_by_what_was_learned_from_them(bought: pd.DataFrame) -> None:
    seen = []

    def spy(others: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
        seen.append((set(others.index), set(known.index)))
        return popularity(others, known)

    hit_table(bought, {"spy": spy}, 3, 2, seed=1)
    assert len(seen) == 10
    assert all(not others & known for others, known in seen)
    assert all(others | known == set(bought.index) for others, known in seen)


def test_too_few_customers_are_refused(bought: pd.DataFrame) -> None:
    with pytest.raises(CasebookError, match="1 of 1 customers have two items or more: to compare methods takes"):
        hit_table(bought.head(1), {}, 3, 1, seed=1)


def test_intervals_and_paired_differences_by_definition() -> None:
    rng = np.random.default_rng(1)
    base = rng.random(400) < 0.3
    shares = pd.DataFrame({BASELINE: base, "same and more": base | (rng.random(400) < 0.2)}).astype(float)
    table = compare_methods(shares, 4000, seed=1).set_index("method")
    gain = shares["same and more"] - shares[BASELINE]
    error = 1.96 * gain.std() / 20
    row = table.loc["same and more"]
    assert row["gain"] == pytest.approx(gain.mean())
    assert (row["gain_low"], row["gain_high"]) == pytest.approx((gain.mean() - error, gain.mean() + error), abs=0.005)
    assert table.index[0] == "same and more"


def test_the_verdict_names_what_is_surely_better() -> None:
    table = pd.DataFrame(
        {"method": ["NMF", "rules", BASELINE], "hit_rate": [0.5, 0.31, 0.3], "gain_low": [0.1, -0.01, 0]}
    )
    said = verdict(table, "offers")
    assert said == (
        "Over offers, the favourites of all hit 30\u00a0% of the hidden ones; better are NMF 50\u00a0%. "
        "Not surely better: rules."
    )
    assert "no method is surely better" in verdict(table.assign(gain_low=0), "offers")
