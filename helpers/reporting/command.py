"""What happens between a checked request and the reports in their folder?"""

import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console

from helpers import cores
from helpers.errors import CasebookError, reason
from helpers.keeping import keep_results
from helpers.reporting.cases import Case, choose_cases
from helpers.reporting.dependencies import libraries_of
from helpers.reporting.folders import check_place
from helpers.reporting.forked import server
from helpers.reporting.freshness import inputs_of, is_up_to_date
from helpers.reporting.order import longest_first
from helpers.reporting.progress import BAD, GOOD, Progress, say
from helpers.reporting.requests import PUBLISH, Request, Wish, requests_of
from helpers.reporting.schedule import make_reports
from helpers.reporting.stopping import Stopped, hear_signals
from helpers.wording import count


def make(wish: Wish, out: Path, jobs: int | None, timeout: int | None, force: bool) -> int:
    """Make the reports that a wish means, and the pages that lead to them; return the exit status.

    It is 0 when all is well, 1 when a report failed or could not be published, 2 when the request is wrong.

    Parameters
    ----------
    wish, force : Wish, bool
        What was typed, and whether to make also what is up to date.
    out : Path
        The folder of all reports.
    jobs, timeout : int, optional
        How many reports at once (as many as there are cores), and the seconds that one cell may take (any).
    """
    hear_signals()
    try:
        cores.number()
        requests = requests_of(wish)
        keep_results(force)
        out = _writable(out)
        for request in requests:
            check_place(out / request.label)
    except CasebookError as error:
        return refuse(error)
    progress = Progress(Console(stderr=True))
    try:
        good = _make_stale(requests, out, jobs or os.cpu_count() or 1, timeout, force, progress)
    except Stopped:
        _write_pages(wish, requests, out, progress)
        raise
    led = _write_pages(wish, requests, out, progress)
    published = _publish(good, out, progress)
    say(str(out / "index.html"), sys.stdout)
    return 0 if led and published and len(good) == len(requests) else 1


def refuse(error: CasebookError) -> int:
    """Say what is wrong with a request, and return the exit status of that."""
    say(f"run_reports.py: {error}", sys.stderr)
    return 2


def _writable(out: Path) -> Path:
    """Return the full path of the folder of all reports, made where it is not there; CasebookError says why not."""
    try:
        out = out.resolve()
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            return out
    except (OSError, RuntimeError) as error:
        raise CasebookError(f"--out {out} cannot be written to: {reason(error)}") from None


def _make_stale(
    requests: list[Request], out: Path, jobs: int, timeout: int | None, force: bool, progress: Progress
) -> list[Request]:
    """Make what is not up to date, and return the requests whose reports are good now."""
    stale = []
    for request in requests:
        if force or not is_up_to_date(out / request.label, partial(inputs_of, request)):
            progress.wait(request)
            stale.append(request)
        else:
            progress.tell(request, "is up to date", GOOD)
    if not stale:
        return requests
    stale = longest_first(stale, out)
    with progress.shown(), server(libraries_of(request.case for request in stale)) as kernels:
        outcomes = make_reports(stale, out, jobs, timeout, progress.tell, progress.ended, kernels)
    failed = {request.label for request, outcome in zip(stale, outcomes, strict=True) if outcome.error}
    return [request for request in requests if request.label not in failed]


def _write_pages(wish: Wish, requests: list[Request], out: Path, progress: Progress) -> bool:
    """Write the pages that lead to the reports, and say whether all could be."""
    from helpers.reporting.index import write_index

    all_well = True
    if wish.sweep:
        from helpers.reporting.comparison import write_comparisons

        all_well = _written("the comparison", lambda: write_comparisons(wish, requests, out), progress)
    return _written("index.html", lambda: write_index(out, progress.note), progress) and all_well


def _written(name: str, write: Callable[[], None], progress: Progress) -> bool:
    try:
        write()
    except OSError as error:
        progress.note(f"{name} could not be written: {reason(error)}")
        return False
    return True


def _publish(good: list[Request], out: Path, progress: Progress) -> bool:
    """Publish the good reports that ask for it, made now or before, and say whether all could be."""
    all_well = True
    for request in good:
        if request.parameters.get(PUBLISH) is None:
            continue
        from helpers.reporting.publishing import publish

        try:
            row, is_new = publish(out / request.label, request.parameters[PUBLISH])
        except CasebookError as error:
            all_well = False
            progress.tell(request, f"not published: {error}", BAD)
        else:
            rows = count(row["row_count"], "row")
            said = f"published {rows} as" if is_new else f"is published already, {rows} as"
            progress.tell(request, f"{said} {row['publication']}", GOOD)
    return all_well


def list_cases(names: tuple[str, ...]) -> int:
    """Print the cases and their scenarios, or the parameters of the named cases; return the exit status."""
    try:
        lines = [line for case in choose_cases(names) for line in _lines(case, bool(names))]
    except CasebookError as error:
        return refuse(error)
    for line in lines:
        say(line, sys.stdout)
    return 0


def _lines(case: Case, with_parameters: bool) -> list[str]:
    scenarios = ", ".join(case.scenarios)
    if not with_parameters:
        return [f"{case.name:<12}{scenarios:<24}{case.title}"]
    rows = [(one.name, f"{one.type} = {one.default!r}", one.help) for one in case.parameters.values()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    body = [f"  {name:<{widths[0]}}  {typed:<{widths[1]}}  {about}".rstrip() for name, typed, about in rows]
    return [f"{case.name}: {case.title}", f"scenarios: {scenarios}", *body]
