"""What happens between a checked request and the reports in their folder?"""

import os
import signal
from pathlib import Path

from rich.console import Console

from helpers.errors import CasebookError
from helpers.reporting.cases import Case, choose_cases
from helpers.reporting.freshness import inputs_of, is_up_to_date
from helpers.reporting.progress import Progress
from helpers.reporting.requests import Request, Wish, requests_of
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
        The exit status: 0 all well, 1 a report failed, 2 the request is wrong.
    """
    try:
        requests = requests_of(wish)
        _check_writable(out)
    except CasebookError as error:
        return _refuse(error)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    failed = _make_stale(requests, out, jobs or os.cpu_count() or 1, timeout, force, Progress(Console(stderr=True)))
    _write_pages(wish, requests, out)
    print(out / "index.html")
    return 1 if failed else 0


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
) -> bool:
    stale = []
    for request in requests:
        if force or not is_up_to_date(out / request.case.name / request.run, inputs_of(request)):
            progress.wait(request)
            stale.append(request)
        else:
            progress.up_to_date(request)
    with progress.shown():
        outcomes = make_reports(stale, out, jobs, timeout, progress.tell, progress.ended)
    return any(outcome.error for outcome in outcomes)


def _write_pages(wish: Wish, requests: list[Request], out: Path) -> None:
    from helpers.reporting.index import write_index

    if wish.sweep:
        from helpers.reporting.comparison import write_comparisons

        write_comparisons(wish, requests, out)
    write_index(out)


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
