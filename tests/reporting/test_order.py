import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from helpers.cores import CORES
from helpers.reporting.order import longest_first, share_cores


def test_the_longest_comes_first_and_what_was_never_made_before_it(tmp_path: Path) -> None:
    for label, run in {"a/default": {"seconds": 3.0}, "b/default": {"seconds": 9.0}}.items():
        (tmp_path / label).mkdir(parents=True)
        (tmp_path / label / "run.json").write_text(json.dumps(run))
    requests = [SimpleNamespace(label=f"{case}/default") for case in "abc"]
    assert [request.label[0] for request in longest_first(requests, tmp_path)] == ["c", "b", "a"]


@pytest.mark.parametrize(("n_requests", "jobs", "cores"), [(1, 4, "4"), (5, 4, "1"), (2, 4, "2"), (5, 1, "4")])
def test_a_report_alone_has_all_cores(
    n_requests: int, jobs: int, cores: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setenv(CORES, "")
    monkeypatch.delenv(CORES)
    share_cores(n_requests, jobs)
    assert os.environ[CORES] == cores
    monkeypatch.setenv(CORES, "3")
    share_cores(n_requests, jobs)
    assert os.environ[CORES] == "3"
