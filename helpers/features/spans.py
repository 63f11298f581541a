"""How long may be looked back and ahead in data that span only so many days?

Nobody should have to know the span of their data before the first report. So a number of days that is not given
follows from it, and one that is given and does not fit is refused before anything is computed with it.
"""

from dataclasses import dataclass, field

import ibis.expr.types as ir

from helpers.errors import CasebookError
from helpers.wording import count, listing

LEFT = 2  # days of the span that are beside the ones looked at


@dataclass
class Span:
    """How many days the data span, and what was cut to fit: the usual number and the one in use, by parameter."""

    days: int
    cut: dict[str, tuple[int, int]] = field(default_factory=dict)

    def fitted(self, name: str, given: int | None, usual: int, parts: int) -> int:
        """Return the number of days that is given, or the usual one, cut to one of so many parts of the span.

        A given number that leaves fewer than LEFT days of the span raises CasebookError.
        """
        if given is not None:
            if given > self.days - LEFT:
                raise CasebookError(
                    f"{name}={given} is not allowed: the data span {count(self.days, 'day')}, of which at most "
                    f"{max(0, self.days - LEFT)} can be taken."
                )
            return given
        chosen = min(usual, max(1, self.days // parts))
        if chosen < usual:
            self.cut[name] = (usual, chosen)
        return chosen


def span_of(lines: ir.Table) -> Span:
    """Return the span of purchases, from the day of the first line to that of the last."""
    first, last = lines.aggregate(a=lines.date.min(), b=lines.date.max()).execute().iloc[0]
    return Span((last.normalize() - first.normalize()).days + 1)


def on_span(span: Span) -> str:
    """Say what was cut to fit the data, or nothing."""
    words = [f"{name} is {chosen} instead of {usual}" for name, (usual, chosen) in span.cut.items()]
    return f"The data span only {count(span.days, 'day')}, so {listing(words, len(words))}." if words else ""
