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


def shares_of_cores(n_requests: int, jobs: int) -> list[str]:
    """Return for each request, in the order in which they begin, how many cores its report may use.

    That is what the user says, or else a fair share; the last one, beside which the others end, may use all.
    """
    if CORES in os.environ:
        return [os.environ[CORES]] * n_requests
    cores = os.cpu_count() or 1
    share = max(1, cores // min(n_requests, jobs))
    return [*[str(share)] * (n_requests - 1), str(cores)]
