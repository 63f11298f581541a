import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from helpers.cores import CORES
from helpers.reporting.order import longest_first, shares_of_cores


def test_the_longest_comes_first_and_what_was_never_made_before_it(tmp_path: Path) -> None:
    for label, run in {"a/default": {"seconds": 3.0}, "b/default": {"seconds": 9.0}}.items():
        (tmp_path / label).mkdir(parents=True)
        (tmp_path / label / "run.json").write_text(json.dumps(run))
    requests = [SimpleNamespace(label=f"{case}/default") for case in "abc"]
    assert [request.label[0] for request in longest_first(requests, tmp_path)] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("n_requests", "jobs", "cores"),
    [(1, 4, "4"), (2, 4, "24"), (3, 4, "114"), (5, 4, "11114"), (5, 1, "44444")],
)
def test_reports_share_the_cores_and_the_last_one_has_all(
    n_requests: int, jobs: int, cores: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.delenv(CORES, raising=False)
    assert "".join(shares_of_cores(n_requests, jobs)) == cores
    monkeypatch.setenv(CORES, "3")
    assert shares_of_cores(n_requests, jobs) == ["3"] * n_requests
