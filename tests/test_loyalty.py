"""The loyalty report as a whole: what was published, what is planted, and what goes to a database."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.cases.loyalty.cleaning import trade
from helpers.cases.loyalty.hindsight import look_back
from helpers.cases.loyalty.published import KEYS
from helpers.cases.loyalty.sample import read_or_generate
from helpers.features.reproduction import UNKNOWN
from helpers.models.inference.permutation import group_p_values
from tests.house import ROOT, make_report
from tests.plain_words import numbers_in, sentences, statistics_in

QUICK = {"n_seeds": 2, "n_stability": 2, "n_redrawn": 5, "n_bootstrap": 200, "n_origins": 2}
URL = "CASEBOOK_TEST_LOYALTY"
NOT_PRODUCTS = r"\D*|C2|gift_.*"


@pytest.fixture(scope="module")
def published(real_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the published report and return its folder."""
    folder, out = real_data("online_retail.parquet").parent, tmp_path_factory.mktemp("published")
    return make_report("loyalty", out, QUICK, "-s", "published", "--data-dir", str(folder))


@pytest.fixture(scope="module")
def run(published: Path) -> dict:
    return json.loads((published / "run.json").read_text())


def read(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / "tables" / f"{name}.csv")


def test_the_published_counts_are_found_row_by_row(published: Path, run: dict) -> None:
    metrics = run["metrics"]
    assert (metrics["rows"], metrics["returns"], metrics["customers"]) == (406829, 8905, 4314)
    assert metrics["revenue"] == 8293638.99
    audit = read(published, "audit")
    assert audit["rows_after"].tolist()[:5] == [541909, 406829, 406829, 405043, 404741]
    assert audit["customers_after"].tolist()[4:] == [4358, 4315, 4314]
    assert audit.loc[2, ["returned_lines", "returned_invoices"]].tolist() == [8905, 3654]
    assert read(published, "published_audit")["agrees"].all()
    lines = pd.concat([read(published, f"published_{name}") for name in KEYS])
    assert lines.loc[~lines["agrees"], "why"].notna().all()
    assert not (lines["why"] == UNKNOWN).any()


def test_the_halves_of_the_month_are_compared_on_both_calendars(published: Path) -> None:
    halves = read(published, "halves_by_calendar").set_index("calendar")
    assert halves.loc["shifted", ["first_half", "rest"]].round().tolist() == [27910, 26507]
    assert halves["difference"].round(3).to_dict() == {"true": 0.045, "shifted": 0.053}


def test_the_published_recipe_depends_on_its_seed_but_finds_the_insiders(published: Path) -> None:
    """UMAP's last digits depend on the processor, and with them what a single seed finds: one of two must do."""
    runs = read(published, "recipe_runs")
    assert runs["seed"].tolist() == [42, 43]
    assert runs["clusters"].between(7, 14).all()
    assert runs["silhouette"].between(0.4, 0.7).all()
    assert runs["silhouette_in_features"].max() < 0.1
    insiders = runs[runs["top_customers"] == 122]
    assert len(insiders)
    assert insiders["top_revenue_share"].iloc[0] == pytest.approx(0.396, abs=0.0005)


def test_what_is_not_stable_is_flagged(published: Path, run: dict) -> None:
    weak = (read(published, "segment_stability")["verdict"] != "stable").any()
    told = ("do not rely on", "form no clear groups")
    assert weak == any(words in text for words in told for text in run["alerts"])


def reads_plainly(folder: Path) -> bool:
    """Say whether a page answers within its limits, and what stands unfolded names no statistic."""
    answer = json.loads((folder / "run.json").read_text())["answer"]
    fits = all(len(one.split()) <= 25 and len(numbers_in(one)) <= 2 for one in sentences(answer))
    return fits and 0 < len(answer.split()) <= 60 and statistics_in((folder / "report.html").read_text()) == []


def test_the_published_page_answers_in_plain_words(published: Path, run: dict) -> None:
    assert reads_plainly(published)
    assert run["answer"].startswith("The customers form no clear groups, so spending decides. The programme is ")
    assert {one["rows"] for one in run["actions"]} == {"members"}


def command(*arguments: str, out: Path, url: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, str(ROOT / "run_reports.py"), "loyalty", "-p", f"publish={URL}", "-o", str(out)]
    environment = {**os.environ, URL: url}
    return subprocess.run([*words, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_publishing_twice_keeps_both_and_a_failure_changes_nothing(tmp_path: Path) -> None:
    small = ["-p", "sample_size=60", "-p", "n_seeds=2", "-p", "n_stability=2", "-p", "n_bootstrap=20"]
    database, out = tmp_path / "loyalty.sqlite", tmp_path / "out"
    for other in ([], [], ["-p", "reward=0.06"]):  # the second time nothing has changed, so nothing is published
        assert command(*small, *other, out=out, url=f"sqlite:///{database}").returncode == 0
    assert reads_plainly(next(out.glob("loyalty/*/report.html")).parent)
    with sqlite3.connect(database) as connection:
        ids = [row[0] for row in connection.execute("SELECT publication FROM publications")]
        kept = connection.execute("SELECT publication, count(*) FROM loyalty_customers GROUP BY 1").fetchall()
        connection.execute("DROP TABLE loyalty_membership")
        connection.execute("CREATE TABLE loyalty_membership (publication TEXT, members TEXT)")
    assert sorted(kept) == sorted((name, kept[0][1]) for name in ids)
    assert len(set(ids)) == 2
    before = dump(database)
    done = command(*small, "-p", "reward=0.07", out=out, url=f"sqlite:///{database}")
    assert done.returncode == 1
    assert "members" in done.stderr
    assert dump(database) == before


def dump(database: Path) -> list[str]:
    with sqlite3.connect(database) as connection:
        return list(connection.iterdump())


@pytest.mark.slow
def test_the_recipe_over_ten_seeds_has_the_published_figures_inside_its_spread(
    real_data: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = real_data("online_retail.parquet").parent
    quick = QUICK | {"n_seeds": 10, "n_stability": 5}
    made = make_report("loyalty", tmp_path, quick, "-s", "published", "--data-dir", str(folder))
    runs = read(made, "recipe_runs")
    assert len(runs) == 10
    measures = read(made, "published_measures").set_index("figure")
    assert measures.loc[["clusters", "noise", "silhouette"], "agrees"].all()
    assert (read(made, "segment_stability")["jaccard"] >= 0.75).sum() >= 3
    metrics = json.loads((made / "run.json").read_text())["metrics"]
    assert metrics["recipe_always_top_share"] == pytest.approx(122 / 4314, abs=0.01)


@pytest.mark.slow
def test_random_segments_of_real_customers_claim_nothing_of_their_later_revenue(
    real_data: Callable[[str], Path],
) -> None:
    """Of 100 random divisions of 3,363 customers 4 make a claim; by intervals of each segment alone 67 did."""
    raw = read_or_generate(str(real_data("online_retail.parquet")), {}, 1, 1)
    found = look_back(raw, trade(raw, "netted", NOT_PRODUCTS), 91, 180, "netted", NOT_PRODUCTS)
    later, claims = found.history["later_revenue"], 0
    for seed in range(100):
        drawn = np.random.default_rng(seed).choice(6, len(later), p=[0.3, 0.25, 0.2, 0.12, 0.08, 0.05])
        claims += int((group_p_values(later, pd.Series(drawn, later.index), seed) < 0.05).any())
    assert claims <= 11, "5 are to be expected, and more than 11 in one of a hundred tries"
