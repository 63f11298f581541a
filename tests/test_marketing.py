"""The marketing report as a whole, and whether it finds what is planted in its sample."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.noise import claims_of
from helpers.cases.marketing.cleaning import clean
from helpers.cases.marketing.features import clustering_inputs, customer_features, names_of, once_each
from helpers.cases.marketing.offers import SPENT, SPENT_ALIKE, what_goes_with_use
from helpers.cases.marketing.reader import read_marketing
from helpers.cases.marketing.sample import PLANTED, SPENDING, PlantedCustomers, generate_marketing
from helpers.cases.marketing.sentences import on_coefficients, seeming
from helpers.models.clustering.differences import rates_by_cluster
from helpers.models.clustering.methods import agreement, kmeans
from helpers.models.clustering.number import strong_number, survey_numbers
from helpers.models.prediction.linear_diagnostics import LinearFit, fit_linear
from helpers.models.prediction.prediction_intervals import FITTED, PLAIN, coverage, held_out_intervals, thirds
from helpers.models.prediction.regression import FOREST, Folds, prepared, regression_models
from tests.house import make_report
from tests.plain_words import faults_of

QUICK = {"n_references": 2, "n_stability": 3, "n_bootstrap": 50, "n_splits": 3, "n_repeats": 1, "max_clusters": 4}
HIGHEST = 200_000
GO_WITH_SPENDING = "offers that go with spending where income and children are alike"


@pytest.fixture(scope="module")
def published(real_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the published report and return its folder."""
    folder, out = real_data("marketing_campaign.csv").parent, tmp_path_factory.mktemp("published")
    return make_report("marketing", out, QUICK, "-s", "published", "--data-dir", str(folder))


def test_the_published_report_answers_in_plain_words(published: Path) -> None:
    assert faults_of(published) == []


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


def test_every_line_of_the_study_is_told_with_its_verdict(published: Path) -> None:
    tables = {
        name: pd.read_csv(published / "tables" / f"published_{name}.csv") for name in ("clusters", "statements")
    }
    lines = tables["clusters"].dropna(subset="published")
    assert (len(lines), lines["agrees"].astype(bool).sum()) == (25, 22)
    assert set(lines.loc[~lines["agrees"].astype(bool), "figure"]) == {"deals", "spent"}
    assert lines.loc[~lines["agrees"].astype(bool), "why"].ne("not known").all()
    assert tables["clusters"]["agrees"].isna().sum() == 3
    said = tables["statements"].set_index("says")
    assert (said["agrees"].count(), said["agrees"].dropna().astype(bool).sum()) == (67, 54)
    for wrong in (
        "deals are huge revenue generators",
        "attracted to deals",
        "medium income",
        "tighter spread of ages",
    ):
        assert not said.loc[wrong, "agrees"]
    assert said.loc["low interest in promos, less than 1 on average", "agrees"].all()


def test_every_customer_has_a_verdict_and_unstable_clusters_are_told_at_their_actions(published: Path) -> None:
    customers, actions = (
        pd.read_csv(published / "tables" / f"{name}.csv") for name in ("customers", "actions_by_cluster")
    )
    assert len(customers) == 2239
    assert set(customers["write"]) == {"test", "no"}, "about as many buy anyway as leave no profit"
    assert customers["expected_profit"].is_monotonic_decreasing
    assert customers["write"].ne("no").equals(customers["expected_profit"] > 0)
    assert customers[["reason", "method"]].notna().all(axis=None)
    letters = customers["write"].ne("no").groupby(customers["cluster"]).sum()
    assert letters.tolist() == actions["letters"].tolist()
    unstable = actions["stability"] != "stable"
    assert unstable.any()
    assert actions["action"].str.contains("may not be found again").equals(unstable)


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
    assert k == len(PLANTED["found"]["kinds"])
    clusters = kmeans(points, k, 1)
    assert agreement(clusters, planted.kinds) >= 0.75
    shares = pd.crosstab(planted.kinds[clusters.index].to_numpy(), clusters.to_numpy(), normalize="columns")
    assert set(shares.idxmax()) == set(PLANTED["found"]["kinds"])
    assert shares.loc[PLANTED["too weak"]["kinds"]].max(axis=None) < 0.2


def test_the_planted_spending_is_inside_its_intervals(sample: tuple[PlantedCustomers, pd.DataFrame]) -> None:
    assert sum(inside(sample[1]).values()) >= len(TRUTH) - 2  # 1 of 20 misses; how often is counted below


TRUTH = {
    "income": SPENDING["income"] / 1000,
    "kids_home": SPENDING["kids_home"],
    "teens_home": SPENDING["teens_home"],
    "tenure": SPENDING["tenure"] / 100,
    "age": 0.0,
    "partner": SPENDING["partner"],
}


def test_what_is_found_too_weak_or_only_seems_so_is_told_apart_in_the_default_sample() -> None:
    features = customer_features(clean(generate_marketing(1500, 1).table, HIGHEST).table).dropna(subset="income")
    fit = drivers(features)
    rows = fit.coefficients.set_index("feature")
    found, weak, seeming_drivers = (
        PLANTED[part]["drivers of spending"] for part in ("found", "too weak", "looks real")
    )
    assert (rows.loc[found, "q_value"] < 0.05).all()
    assert (rows.loc[[*weak, *seeming_drivers], "q_value"] >= 0.05).all()
    assert (rows.loc[seeming_drivers, "correlation"] > 0.5).all()
    assert seeming(fit)["feature"].tolist() == seeming_drivers
    said = on_coefficients(fit)
    assert said.startswith("With the others held, income, kids home, teens home and tenure clearly matter.")
    assert "⟦Looked at alone, age (0.6" in said
    noise = features["spent"].sample(frac=1, random_state=1).set_axis(features.index)
    assert on_coefficients(fit_linear(prepared(features[names_of("demographics")]), noise)) == (
        "With the others held, ⟦no feature clearly matters⟧."
    )


def drivers(features: pd.DataFrame) -> LinearFit:
    """Return the linear regression of spending on the planted drivers and the other demographics."""
    known = features.dropna(subset="income")
    return fit_linear(prepared(known[[*names_of("demographics"), "tenure"]]), known["spent"])


def inside(features: pd.DataFrame) -> dict[str, bool]:
    """Say of each planted coefficient whether its interval holds it."""
    found = drivers(features).coefficients.set_index("feature")
    return {name: found.loc[name, "low"] <= value <= found.loc[name, "high"] for name, value in TRUTH.items()}


@pytest.fixture(scope="module")
def many() -> dict[int, tuple[PlantedCustomers, pd.DataFrame]]:
    planted = {seed: generate_marketing(1500, seed) for seed in range(1, 41)}
    return {seed: (each, customer_features(clean(each.table, HIGHEST).table)) for seed, each in planted.items()}


@pytest.mark.slow
def test_the_intervals_of_coefficients_hold_the_truth_as_often_as_they_promise(many: dict) -> None:
    held = pd.DataFrame([inside(features) for _, features in many.values()])
    assert 0.90 <= held.mean(axis=None) <= 0.99


@pytest.mark.slow
def test_what_is_planted_as_found_too_weak_or_seeming_is_so_in_nearly_every_sample(many: dict) -> None:
    """Of 40 samples: each driver is found in 40, a partner in 7 and age in 1; age alone seems to count in 39."""
    fits = [drivers(features) for _, features in many.values()]
    sure = pd.DataFrame([fit.coefficients.set_index("feature")["q_value"] < 0.05 for fit in fits]).mean()
    found, weak, seems = (PLANTED[part]["drivers of spending"] for part in ("found", "too weak", "looks real"))
    assert (sure[found] == 1).all()
    assert (sure[weak] <= 0.3).all()
    assert (sure[seems] <= 0.1).all()
    assert np.mean([seeming(fit)["feature"].tolist() == seems for fit in fits]) >= 0.9


@pytest.mark.slow
def test_only_the_offers_that_are_planted_go_with_spending_where_customers_are_alike(many: dict) -> None:
    """Of 40 samples: deals do in 40, promotions in none, though in all 40 they go with spending as such."""
    tables = [
        what_goes_with_use(features).set_index(["offer", "goes_with"])["corrected"] for _, features in many.values()
    ]
    sure = (pd.DataFrame([table.to_dict() for table in tables]) < 0.05).mean()
    found, seems = (PLANTED[part][GO_WITH_SPENDING] for part in ("found", "looks real"))
    assert all(sure[offer, SPENT_ALIKE] >= 0.9 for offer in found)
    assert all(sure[offer, SPENT] >= 0.9 and sure[offer, SPENT_ALIKE] <= 0.1 for offer in seems)


@pytest.mark.slow
def test_the_kinds_and_who_answers_are_found_in_nearly_every_sample(many: dict) -> None:
    """Of 12 samples: the four kinds are found in 12, the fifth in none, and who answers more often in 12."""
    rows = []
    for planted, features in list(many.values())[:12]:
        points = clustering_inputs(features, with_spending=False)
        clusters = kmeans(points, strong_number(survey_numbers(points, 6, 2, 1)), 1)
        shares = pd.crosstab(planted.kinds[clusters.index].to_numpy(), clusters.to_numpy(), normalize="columns")
        kinds, rates = shares.idxmax(), rates_by_cluster(features[["response"]], clusters).set_index("cluster")
        often = kinds[rates.index[(rates["p_value"] < 0.05) & (rates["low"] > features["response"].mean())]]
        four = sorted(kinds) == sorted(PLANTED["found"]["kinds"])
        fifth = shares.loc[PLANTED["too weak"]["kinds"]].max(axis=None) >= 0.2
        rows.append((four, not fifth, often.tolist() == PLANTED["found"]["answer the last campaign more often"]))
    assert np.mean(rows, axis=0).min() >= 0.9


@pytest.mark.slow
def test_the_report_of_a_larger_sample_makes_each_claim_that_is_counted_on_noise(tmp_path: Path) -> None:
    """Of the default sample it makes all but one: its letters pay, but not surely."""
    run = json.loads((make_report("marketing", tmp_path, {"sample_size": 3000}) / "run.json").read_text())
    assert [claim for claim, texts in claims_of("marketing", run).items() if not texts] == []


def test_intervals_cover_as_promised_in_every_third_of_income(real_data: Callable[[str], Path]) -> None:
    raw = read_marketing(real_data("marketing_campaign.csv"), {})
    features = customer_features(clean(raw, HIGHEST).table)
    features = once_each(features)
    demographics = prepared(features[names_of("demographics")])
    judged = held_out_intervals(demographics, features["spent"], regression_models(1)[FOREST], 0.9, Folds(5, 1, 1))
    table = coverage(judged, thirds(features["income"], "income"))
    fitted, plain = (table[table["method"] == name].set_index("group")["covered"] for name in (FITTED, PLAIN))
    assert 0.88 <= fitted["all"] <= 0.92
    assert fitted.drop("all").min() >= 0.85
    assert plain.drop("all").min() < 0.85
