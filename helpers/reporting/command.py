"""What happens between a checked request and the reports in their folder?"""

import os
import signal
from pathlib import Path

from rich.console import Console

from helpers.errors import CasebookError
from helpers.reporting.cases import Case, choose_cases
from helpers.reporting.freshness import inputs_of, is_up_to_date
from helpers.reporting.progress import Progress
from helpers.reporting.requests import PUBLISH, Request, Wish, requests_of
from helpers.reporting.schedule import make_reports


def make(wish: Wish, out: Path, jobs: int | None, timeout: int | None, force: bool) -> int:
    """Make the reports that a wish means, and the pages that lead to them.

    Parameters
    ----------
    wish : Wish
        What was typed.
    out : Path
        The folder of all reports.
    jobs : int, optional
        How many reports at once; the number of cores by default.
    timeout : int, optional
        Seconds that one cell may take.
    force : bool
        Whether to make also what is up to date.

    Returns
    -------
    int
        The exit status: 0 all well, 1 a report failed or could not be published, 2 the request is wrong.
    """
    try:
        requests = requests_of(wish)
        _check_writable(out)
    except CasebookError as error:
        return _refuse(error)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    progress = Progress(Console(stderr=True))
    good = _make_stale(requests, out, jobs or os.cpu_count() or 1, timeout, force, progress)
    _write_pages(wish, requests, out)
    published = _publish(good, out, progress)
    print(out / "index.html")
    return 0 if published and len(good) == len(requests) else 1


def _refuse(error: CasebookError) -> int:
    Console(stderr=True).print(f"run_reports.py: {error}", highlight=False, markup=False, soft_wrap=True)
    return 2


def _check_writable(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        if not os.access(out, os.W_OK):
            raise PermissionError("permission denied")
    except OSError as error:
        raise CasebookError(f"--out {out} cannot be written to: {error.strerror or error}") from None


def _make_stale(
    requests: list[Request], out: Path, jobs: int, timeout: int | None, force: bool, progress: Progress
) -> list[Request]:
    """Make what is not up to date, and return the requests whose reports are good now."""
    stale = []
    for request in requests:
        if force or not is_up_to_date(out / request.case.name / request.run, inputs_of(request)):
            progress.wait(request)
            stale.append(request)
        else:
            progress.up_to_date(request)
    with progress.shown():
        outcomes = make_reports(stale, out, jobs, timeout, progress.tell, progress.ended)
    failed = {request.label for request, outcome in zip(stale, outcomes, strict=True) if outcome.error}
    return [request for request in requests if request.label not in failed]


def _write_pages(wish: Wish, requests: list[Request], out: Path) -> None:
    from helpers.reporting.index import write_index

    if wish.sweep:
        from helpers.reporting.comparison import write_comparisons

        write_comparisons(wish, requests, out)
    write_index(out)


def _publish(good: list[Request], out: Path, progress: Progress) -> bool:
    """Publish the good reports that ask for it, made now or before, and say whether all could be."""
    wanted = [request for request in good if request.parameters.get(PUBLISH) is not None]
    failed = [request for request in wanted if not _publish_one(request, out, progress)]
    return not failed


def _publish_one(request: Request, out: Path, progress: Progress) -> bool:
    from helpers.reporting.publishing import publish

    try:
        publication = publish(out / request.case.name / request.run, request.parameters[PUBLISH])
    except CasebookError as error:
        progress.not_published(request, error)
        return False
    progress.published(request, publication["row_count"], publication["publication"])
    return True


def list_cases(names: tuple[str, ...]) -> int:
    """Print the cases and their scenarios, or the parameters of the named cases; return the exit status."""
    try:
        cases = choose_cases(names)
        lines = [line for case in cases for line in (_parameter_lines(case) if names else [_case_line(case)])]
    except CasebookError as error:
        return _refuse(error)
    print("\n".join(lines))
    return 0


def _case_line(case: Case) -> str:
    return f"{case.name:<12}{', '.join(case.scenarios):<24}{case.title}"


def _parameter_lines(case: Case) -> list[str]:
    rows = [
        (parameter.name, f"{parameter.type} = {parameter.default!r}", parameter.help)
        for parameter in case.parameters.values()
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    body = [f"  {name:<{widths[0]}}  {typed:<{widths[1]}}  {about}".rstrip() for name, typed, about in rows]
    return [f"{case.name}: {case.title}", f"scenarios: {', '.join(case.scenarios)}", *body]
