"""Which report is at which cell? A live list in a terminal, plain lines elsewhere."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from helpers.reporting.records import Outcome
from helpers.reporting.requests import Request
from helpers.wording import count, printable

GOOD, BAD = "green", "bold red"


def say(text: str, to: IO[str] | None) -> None:
    """Print a line for whoever listens; where nobody can, go on without."""
    if to is None:
        return
    try:
        encoding = getattr(to, "encoding", None) or "utf-8"
        print(printable(text).encode(encoding, "backslashreplace").decode(encoding), file=to, flush=True)
    except OSError:
        _silence(to)


def _silence(to: IO[str]) -> None:
    """Let a stream take what it holds back, and all that follows, to nowhere."""
    with Path(os.devnull).open("w") as nowhere, suppress(OSError):
        os.dup2(nowhere.fileno(), to.fileno())


class Progress:
    """What is known of each report that is being made."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.states: dict[str, Text] = {}
        self.live: Live | None = None

    def wait(self, request: Request) -> None:
        self.states[request.label] = Text("waiting", style="dim")

    def tell(self, request: Request, text: str, style: str = "") -> None:
        self.states[request.label] = Text(printable(text), style)
        if self.live:
            self.live.update(self._list(), refresh=True)
        else:
            self.note(f"{request.label}: {text}")

    def note(self, text: str) -> None:
        """Say something of no single report."""
        if self.console.is_terminal:
            self.console.print(printable(text), highlight=False, soft_wrap=True, markup=False)
        else:
            say(text, self.console.file)

    def ended(self, request: Request, outcome: Outcome) -> None:
        if outcome.error is None:
            left = f", {count(outcome.unanswered, 'question')} left open" if outcome.unanswered else ""
            self.tell(request, f"made in {outcome.seconds:.0f} s{left}", GOOD)
        else:
            self.tell(request, f"failed: {outcome.error}", BAD)

    def _list(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for label, state in self.states.items():
            table.add_row(Text(label, style="bold"), state)
        return table

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Keep the list on the screen while reports are made; without a terminal, do nothing."""
        if not self.console.is_terminal:
            yield
            return
        live = Live(console=self.console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)
        live.update(self._list())
        with live as self.live:  # which has no thread, so that this process can be copied
            yield
        self.live = None
