"""The health report: what is planted in its sample is found, and the report says what it should."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from benchmarks.noise import CLAIMS, claims_of
from helpers.cases.health.cleaning import CleanHealth, clean_health
from helpers.cases.health.features import SHARES, compared, single_view
from helpers.cases.health.pricing import price_ranges, product_prices
from helpers.cases.health.reader import read_health
from helpers.cases.health.sample import PlantedHealth, generate_health
from helpers.cases.health.transactions import customer_purchases
from helpers.models.clustering.methods import kmeans
from helpers.models.clustering.scaling import fit_scale, scaled
from helpers.models.migration.transitions import half_years, retention, states, transition_table
from helpers.models.network.trees import fault_summary, sponsor_network
from helpers.models.rules.by_segment import segment_rules
from tests.house import make_report
from tests.plain_words import numbers_in, sentences, statistics_in

PERIODS = half_years(date(2022, 1, 1), 3)
START, END = PERIODS[0][1], PERIODS[-1][2]
QUICK = {"sample_size": 4000, "n_bootstrap": 50, "n_tail": 20, "n_stability": 2, "n_draws": 100, "part_size": 500}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_report("health", tmp_path_factory.mktemp("health"), QUICK)


def test_the_counts_and_the_calibration_are_told(report: Path) -> None:
    run = json.loads((report / "run.json").read_text())
    assert run["metrics"]["transactions_raw"] == round(4000 * 2406316 / 578000)
    assert run["metrics"]["members"] == 4000
    audit = pd.read_csv(report / "tables" / "audit.csv")
    assert (audit["rows_before"].iloc[1:].to_numpy() == audit["rows_after"].iloc[:-1].to_numpy()).all()
    assert set(pd.read_csv(report / "tables" / "calibration.csv")) >= {"measure", "published", "ours", "why"}


def test_the_first_screen_is_short_and_nothing_unfolded_names_a_statistic(report: Path) -> None:
    run = json.loads((report / "run.json").read_text())
    assert len(run["answer"].split()) <= 60
    said = [*sentences(run["answer"]), *(line for one in run["checks"] for line in sentences(one["says"]))]
    assert all(len(each.split()) <= 25 and len(numbers_in(each)) <= 2 for each in said)
    assert 1 <= len(run["actions"]) <= 5
    assert {one["rows"] for one in run["actions"]} <= set(run["tables"])
    assert (len(run["key_figures"]), len(run["checks"])) == (6, 7)
    assert statistics_in((report / "report.html").read_text()) == []


def test_every_customer_has_a_segment(report: Path) -> None:
    customers = pd.read_csv(report / "tables" / "customers.csv")
    assert customers["segment"].notna().all()
    assert customers["member"].is_unique


Planted = tuple[PlantedHealth, CleanHealth, pd.DataFrame]


@pytest.fixture(scope="module", params=[1, 2, 3])
def planted(request: pytest.FixtureRequest) -> Planted:
    made = generate_health(30_000, request.param)
    cleaned = clean_health(read_health(made.folder, {}))
    ranges = price_ranges(product_prices(cleaned.lines))
    return made, cleaned, single_view(cleaned.transactions, cleaned.members, ranges, START, END)


def test_the_planted_segments_are_found(planted: Planted) -> None:
    made, _cleaned, view = planted
    truth = made.members.set_index("member")["segment"]
    found = kmeans(scaled(fit_scale(compared(view), "clipped", SHARES), view), 3, 1)
    assert adjusted_rand_score(truth[found.index], found) >= 0.8


def test_the_planted_strong_rule_is_on_top(planted: Planted) -> None:
    made, cleaned, view = planted
    purchases = customer_purchases(cleaned.lines, START, END)
    everybody = pd.Series(1, index=view.index)
    top = segment_rules(purchases, everybody, {1: "all"}, 50, 0.3).iloc[0]
    assert {top["antecedent"], top["consequent"]} == set(made.affinities.iloc[0][["product", "beside"]])


def test_the_planted_retention_is_inside_its_interval(planted: Planted) -> None:
    made, cleaned, _view = planted
    truth = made.members.set_index("member")["segment"]
    by_period = {name: truth[bought(cleaned, first, after)].rename(name) for name, first, after in PERIODS}
    table = retention(transition_table(states(by_period), sorted(truth.unique())))
    rates = made.movement.set_index("segment")["retention"]
    found = table[table["segment"].isin(rates.index)].merge(rates.rename("planted").reset_index(), on="segment")
    inside = (found["retained_low"] <= found["planted"]) & (found["planted"] <= found["retained_high"])
    assert len(found) == 2 * len(rates)
    assert inside.sum() >= len(found) - 1  # of 95 % intervals one may miss


def test_every_kind_of_dirt_is_there_to_be_counted(planted: Planted) -> None:
    _made, cleaned, _view = planted
    lost = (cleaned.audit["rows_before"] - cleaned.audit["rows_after"]).iloc[1:]
    assert (lost > 0).all()
    for table, kinds in ((cleaned.json_faults, 2), (cleaned.dates, 4), (cleaned.set_to_zero, 2)):
        assert len(table) == kinds
        assert (table["rows"] > 0).all()
    assert len(cleaned.near_duplicates()) > 5
    assert (fault_summary(sponsor_network(cleaned.sponsors()["sponsor"]))["ties"] > 0).all()


def bought(cleaned: CleanHealth, first: date, after: date) -> pd.Index:
    inside = cleaned.transactions.filter(cleaned.transactions.date >= first, cleaned.transactions.date < after)
    return pd.Index(inside.select("member").distinct().execute()["member"])


@pytest.mark.slow
def test_the_default_report_doubts_what_is_not_so(tmp_path: Path) -> None:
    """The value model takes nobody as gone who is: an alert. Kinds are found; branches and offers are not better."""
    folder = make_report("health", tmp_path, {})
    run = json.loads((folder / "run.json").read_text())
    alerts = " ".join(run["alerts"])
    assert "the model of lifetime value expected" in alerts
    assert "not explained by chance" in alerts
    findings = " ".join(run["findings"])
    assert "fall into the same segments, clearer than chance would make them" in findings
    assert "Nothing shows that they hit more than what sells best" in findings
    offers = pd.read_csv(folder / "tables" / "offers.csv")
    assert "RX7XD" not in set(offers["product"])
    assert offers[["reason", "expected_value"]].notna().all(axis=None)
    planted = {name for name, texts in claims_of("health", run).items() if texts}
    assert planted == set(CLAIMS["health"]) - {"a better method", "offers that hit more"}
    branches = pd.read_csv(folder / "tables" / "branch_retention.csv").set_index("sponsor")
    others = branches.loc["all other sponsors"]
    plain_apart = (branches["low"] > others["high"]) | (branches["high"] < others["low"])
    apart = (branches["above_expected_low"] > 0) | (branches["above_expected_high"] < 0)
    assert apart.sum() <= plain_apart.sum()
    gaps = branches.drop(index="all other sponsors")  # whom a branch holds explains a part of its gap
    assert gaps["above_expected"].abs().sum() < 0.9 * (gaps["share"] - others["share"]).abs().sum()


@pytest.mark.slow
def test_the_full_size_has_as_many_rows_as_the_source(tmp_path: Path) -> None:
    folder = make_report("health", tmp_path, {}, "-s", "full")
    metrics = json.loads((folder / "run.json").read_text())["metrics"]
    assert (metrics["transactions_raw"], metrics["members"]) == (2406316, 578000)
