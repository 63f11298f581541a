"""What does a manager take from a report: what to do, and how far to trust it?"""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["holds", "with care", "fails"]


@dataclass(frozen=True)
class Action:
    """Something to do, in fields as they stand on the first screen.

    Parameters
    ----------
    what, whom : str
        What to do, as an order, and with which customers.
    how_many : int
        How many customers these are.
    worth : str
        What it may bring, with its range where that is known; empty where the data do not tell.
    how_sure : str
        How far the evidence carries it.
    rows : str
        The name of the table that lists the customers.
    """

    what: str
    whom: str
    how_many: int
    worth: str = ""
    how_sure: str = ""
    rows: str = ""


@dataclass(frozen=True)
class Check:
    """A question of trust, the measure that answers it, the limits of the answer, and why they are these.

    Parameters
    ----------
    question, measure, reason : str
        What is asked in plain words, what is measured, and why the limits are where they are.
    holds, fails : float
        The value from which it holds, and the one past which it fails; between them it holds with care. Where `holds`
        is the smaller, small values are good ones.

    Examples
    --------
    >>> whole = Check("Are the data whole?", "share of the rows", holds=0.95, fails=0.7, reason="...")
    >>> whole.verdict(0.99), whole.verdict(0.8), whole.verdict(0.5)
    ('holds', 'with care', 'fails')
    >>> Check("Is it more than chance?", "p-value", holds=0.01, fails=0.05, reason="...").verdict(0.2)
    'fails'
    """

    question: str
    measure: str
    holds: float
    fails: float
    reason: str

    def verdict(self, value: float) -> Verdict:
        """Return the verdict on a value of the measure; one that could not be measured (NaN) fails."""
        sign = 1 if self.holds > self.fails else -1
        if sign * value >= sign * self.holds:
            return "holds"
        return "with care" if sign * value >= sign * self.fails else "fails"
