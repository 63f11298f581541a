"""The marketing report as a whole, and whether it finds what is planted in its sample."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from helpers.cases.marketing.cleaning import clean
from helpers.cases.marketing.features import clustering_inputs, customer_features, names_of, once_each
from helpers.cases.marketing.reader import read_marketing
from helpers.cases.marketing.sample import SPENDING, PlantedCustomers, generate_marketing
from helpers.models.clustering.methods import agreement, kmeans
from helpers.models.clustering.number import strong_number, survey_numbers
from helpers.models.prediction.linear_diagnostics import fit_linear
from helpers.models.prediction.prediction_intervals import FITTED, PLAIN, coverage, thirds
from helpers.models.prediction.regression import Folds, prepared
from tests.house import make_report

QUICK = {"n_references": 2, "n_stability": 3, "n_bootstrap": 50, "n_splits": 3, "n_repeats": 1, "max_clusters": 4}
HIGHEST = 200_000


@pytest.fixture(scope="module")
def published(real_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the published report and return its folder."""
    folder, out = real_data("marketing_campaign.csv").parent, tmp_path_factory.mktemp("published")
    return make_report("marketing", out, QUICK, "-s", "published", "--data-dir", str(folder))


def test_the_published_clusters_are_found(published: Path) -> None:
    clusters = pd.read_csv(published / "tables" / "clusters.csv")
    assert list(clusters)[:3] == ["cluster", "customers", "revenue"]
    assert clusters.iloc[:, :3].to_numpy().tolist() == [
        [0, 238, 371_818],
        [1, 947, 187_473],
        [2, 693, 712_587],
        [3, 361, 85_048],
    ]


def test_the_transposed_figure_and_the_three_mistakes_are_told(published: Path) -> None:
    run = json.loads((published / "run.json").read_text())
    assert any("$371,181 for cluster 0" in text and "4 of 4 published clusters" in text for text in run["findings"])
    (mistakes,) = [text for text in run["alerts"] if "day-first dates as month-first" in text]
    assert "1,013, 635, 360, 231" in mistakes
    table = pd.read_csv(published / "tables" / "mistakes.csv")
    assert len(table) == 6
    assert any("not stable" in text for text in run["alerts"])


def test_the_published_models_lie_within_the_spread(published: Path) -> None:
    models = pd.read_csv(published / "tables" / "published_models.csv").set_index(["figure", "model"])
    assert models["published"].count() == models["agrees"].sum() == 5
    assert models.loc[("r2", "k nearest neighbours"), "ours"] == pytest.approx(0.7626, abs=5e-5)
    assert models.loc[("r2", "random forest"), "ours"] == pytest.approx(0.888, abs=0.003)


@pytest.fixture(scope="module", params=[3, 4, 5])
def sample(request: pytest.FixtureRequest) -> tuple[PlantedCustomers, pd.DataFrame]:
    planted = generate_marketing(1500, request.param)
    return planted, customer_features(clean(planted.table, HIGHEST).table)


def test_the_planted_households_are_found_without_looking_at_spending(
    sample: tuple[PlantedCustomers, pd.DataFrame],
) -> None:
    planted, features = sample
    points = clustering_inputs(features, with_spending=False)
    k = strong_number(survey_numbers(points, 6, 2, 1))
    assert k == 4
    assert agreement(kmeans(points, k, 1), planted.kinds) >= 0.8


def test_the_planted_spending_is_inside_its_intervals(sample: tuple[PlantedCustomers, pd.DataFrame]) -> None:
    assert all(inside(sample[1]).values())


TRUTH = {
    "income": SPENDING["income"] / 1000,
    "kids_home": SPENDING["kids_home"],
    "teens_home": SPENDING["teens_home"],
    "tenure": SPENDING["tenure"] / 100,
    "age": 0.0,
    "partner": 0.0,
}


def inside(features: pd.DataFrame) -> dict[str, bool]:
    """Say of each planted coefficient whether its interval holds it."""
    known = features.dropna(subset="income")
    found = fit_linear(prepared(known[[*names_of("demographics"), "tenure"]]), known["spent"]).coefficients.set_index(
        "feature"
    )
    return {name: found.loc[name, "low"] <= value <= found.loc[name, "high"] for name, value in TRUTH.items()}


@pytest.mark.slow
def test_the_intervals_of_coefficients_hold_the_truth_as_often_as_they_promise() -> None:
    samples = [customer_features(clean(generate_marketing(1500, seed).table, HIGHEST).table) for seed in range(1, 41)]
    held = pd.DataFrame([inside(features) for features in samples])
    assert 0.90 <= held.mean(axis=None) <= 0.99


def test_intervals_cover_as_promised_in_every_third_of_income(real_data: Callable[[str], Path]) -> None:
    raw = read_marketing(real_data("marketing_campaign.csv"), {})
    features = customer_features(clean(raw, HIGHEST).table)
    features = once_each(features)
    demographics = prepared(features[names_of("demographics")])
    table = coverage(demographics, features["spent"], thirds(features["income"], "income"), 0.9, Folds(5, 2, 1))
    fitted, plain = (table[table["method"] == name].set_index("group")["covered"] for name in (FITTED, PLAIN))
    assert 0.88 <= fitted["all"] <= 0.92
    assert fitted.drop("all").min() >= 0.85
    assert plain.drop("all").min() < 0.85
