import io
from pathlib import Path

import pytest
from rich.console import Console

from helpers.reporting.cases import Case
from helpers.reporting.progress import Progress
from helpers.reporting.records import Outcome
from helpers.reporting.requests import Request


@pytest.fixture
def request_of_wine() -> Request:
    return Request(Case("wine", Path("x"), Path("y")), "default", "default", {}, {}, ())


def test_plain_lines_without_a_terminal(request_of_wine: Request) -> None:
    out = io.StringIO()
    progress = Progress(Console(file=out, width=40))
    progress.wait(request_of_wine)
    with progress.shown():
        progress.tell(request_of_wine, "cell 3 of 9, [bold]A heading that is longer than the line")
        progress.ended(request_of_wine, Outcome(12.4))
    assert out.getvalue().splitlines() == [
        "wine/default: cell 3 of 9, [bold]A heading that is longer than the line",
        "wine/default: made in 12 s",
    ]


def test_a_live_list_in_a_terminal(request_of_wine: Request) -> None:
    out = io.StringIO()
    progress = Progress(Console(file=out, width=80, force_terminal=True))
    progress.wait(request_of_wine)
    with progress.shown():
        progress.tell(request_of_wine, "cell 3 of 9")
        progress.ended(request_of_wine, Outcome(1, "column x, row 3: 'y' is not allowed"))
    assert "wine/default" in out.getvalue()
    assert "failed: column x, row 3: 'y' is not allowed" in out.getvalue()
