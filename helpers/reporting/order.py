"""In which order are reports made, and how many cores may each use, so that no core waits long for another?"""

import os
from pathlib import Path

from helpers.cores import CORES
from helpers.reporting.freshness import read_run
from helpers.reporting.requests import Request


def longest_first(requests: list[Request], out: Path) -> list[Request]:
    """Return the requests by the seconds that their last runs took, and first those that were never made."""
    runs = {request.label: read_run(out / request.label / "run.json") for request in requests}
    return sorted(requests, key=lambda request: -runs[request.label].get("seconds", float("inf")))


def share_cores(n_requests: int, jobs: int) -> None:
    """Let the processes that this one starts use as many cores as there are for each, unless the user says so."""
    at_once = max(1, min(n_requests, jobs))
    os.environ.setdefault(CORES, str(max(1, (os.cpu_count() or 1) // at_once)))
