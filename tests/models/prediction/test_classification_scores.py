import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from helpers.models.prediction.classification_scores import confusion_table, lead_table, score_table, stratified_split
from helpers.models.prediction.relearning import capped

RNG = np.random.default_rng(4)
TRUTH = pd.Series(RNG.choice(["a", "b", "c"], 400, p=[0.6, 0.3, 0.1]))
SAID = pd.DataFrame(
    {
        "good": TRUTH.where(RNG.random(400) < 0.9, "a"),
        "poor": TRUTH.where(RNG.random(400) < 0.5, "d"),
        "always": "a",
    }
)


def test_scores_are_those_of_scikit_learn() -> None:
    table = score_table(TRUTH, SAID, 50, 1).set_index(["method", "measure", "segment"])["score"]
    for method in SAID:
        f1 = f1_score(TRUTH, SAID[method], labels=["a", "b", "c"], average=None, zero_division=0)
        assert table[method, "accuracy", "all"] == pytest.approx(accuracy_score(TRUTH, SAID[method]))
        assert table[method, "F1"].tolist() == pytest.approx(f1.tolist())
        assert table[method, "mean F1", "all"] == pytest.approx(f1.mean())


def test_intervals_are_those_of_drawn_customers() -> None:
    rng = np.random.default_rng(9)
    rows = rng.integers(0, 400, (1500, 400))
    correct = (SAID["good"] == TRUTH).to_numpy()[rows].mean(axis=1)
    row = score_table(TRUTH, SAID, 1500, 1).iloc[0]
    assert [row["low"], row["high"]] == pytest.approx(np.quantile(correct, [0.025, 0.975]), abs=0.006)


def test_leads_are_paired() -> None:
    same = SAID.assign(poor=SAID["good"])
    leads = lead_table(TRUTH, same, 100, 1).set_index(["rival", "measure"])
    assert leads.loc["poor", ["lead", "low", "high"]].to_numpy().ravel().tolist() == [0.0] * 6
    assert leads.loc[("always", "accuracy"), "lead"] == pytest.approx(
        accuracy_score(TRUTH, SAID["good"]) - (TRUTH == "a").mean()
    )


def test_the_confusion_is_that_of_scikit_learn() -> None:
    table = confusion_table(TRUTH, SAID)
    own = table[table["method"] == "poor"].pivot_table(index="true", columns="predicted", values="customers")
    assert own.to_numpy().tolist() == confusion_matrix(TRUTH, SAID["poor"], labels=list("abcd")).tolist()
    assert table.loc[(table["method"] == "good") & (table["true"] == "a"), "share"].sum() == pytest.approx(1)


def test_the_split_gives_each_segment_its_share() -> None:
    labels = pd.Series(["a"] * 70 + ["b"] * 29 + ["c"])
    train, test = stratified_split(labels, 0.3, 1)
    assert sorted([*train, *test]) == list(range(100))
    assert labels.iloc[test].value_counts().to_dict() == {"a": 21, "b": 9}
    assert "c" in set(labels.iloc[train])
    assert len(capped(train, 10, 1)) == 10
    assert capped(train, 1000, 1).tolist() == train.tolist()
