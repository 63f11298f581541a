"""Which report is at which cell? A live list in a terminal, plain lines elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from helpers.reporting.records import Outcome
from helpers.reporting.requests import Request
from helpers.wording import count

GOOD, BAD = "green", "bold red"


class Progress:
    """What is known of each report that is being made."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.states: dict[str, Text] = {}
        self.live: Live | None = None

    def wait(self, request: Request) -> None:
        self.states[request.label] = Text("waiting", style="dim")

    def tell(self, request: Request, text: str, style: str = "") -> None:
        self.states[request.label] = state = Text(text, style)
        if self.live:
            self.live.update(self._list())
        else:
            self.console.print(f"{request.label}: {state.plain}", highlight=False, soft_wrap=True, markup=False)

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
        with Live(self._list(), console=self.console, refresh_per_second=8) as self.live:
            yield
            self.live.update(self._list())
        self.live = None
