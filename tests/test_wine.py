"""The wine report as a whole."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.house import ROOT


def run(out: Path, *arguments: str) -> Path:
    """Make a wine report and return its folder."""
    command = [sys.executable, str(ROOT / "run_reports.py"), "wine", "--name", "run", "-o", str(out), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out / "wine" / "run"


@pytest.fixture(scope="module")
def published(real_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = real_data("WineKMC.xlsx").parent
    return run(tmp_path_factory.mktemp("published"), "-s", "published", "--data-dir", str(folder))


def test_the_published_rules_are_found_and_the_report_says_so(published: Path) -> None:
    rules = pd.read_csv(published / "tables" / "rules.csv")
    known = pd.read_csv(ROOT / "helpers" / "datasets" / "wine_published_rules.csv")
    pd.testing.assert_frame_equal(rules[known.columns].round(3), known)
    findings = json.loads((published / "run.json").read_text())["findings"]
    assert any(text.startswith("On the published data, 15 of the 15 published rules are found") for text in findings)
    assert pd.read_csv(published / "tables" / "published.csv")["agrees"].all()


def test_garcia_is_offered_french_champagne_by_the_rule_of_91_percent(published: Path) -> None:
    first = pd.read_csv(published / "tables" / "customer_recommendations.csv").iloc[0]
    assert first[["customer", "item", "because", "rule"]].tolist() == [
        "Garcia",
        "Champagne France",
        "Cabernet Sauvignon Italy",
        9,
    ]
    assert first["confidence"] == pytest.approx(10 / 11)
    mailed = pd.read_csv(published / "tables" / "mailing_list.csv")
    assert (
        mailed["customer"].nunique()
        == json.loads((published / "run.json").read_text())["metrics"]["customers_with_recommendation"]
    )


def test_most_rules_pass_alone_and_few_after_the_correction(published: Path) -> None:
    tested = pd.read_csv(published / "tables" / "rules_tested.csv")
    assert (tested["p_value"] < 0.05).sum() == 13
    assert (tested["q_value"] < 0.05).sum() < 10
    by_chance = pd.read_csv(published / "tables" / "rules_by_chance.csv")["rules"]
    assert by_chance.mean() == pytest.approx(4, abs=1)


def test_the_same_request_gives_the_same_tables_byte_for_byte(tmp_path: Path) -> None:
    first, second = (run(tmp_path / name, "-p", "sample_size=80") / "tables" for name in ("first", "second"))
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in second.iterdir())
    assert [name for name in names if (first / name).read_bytes() != (second / name).read_bytes()] == []


def test_no_rule_is_a_report_that_says_so(tmp_path: Path) -> None:
    folder = run(tmp_path, "-p", "min_support=.9", "-p", "n_shuffles=3")
    done = json.loads((folder / "run.json").read_text())
    assert done["metrics"]["rules"] == 0
    assert "No rule meets these limits: no item is in enough baskets." in done["findings"]
    assert "No rule meets these limits, so there is nothing to draw." in (folder / "report.html").read_text()
