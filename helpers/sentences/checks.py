"""How far can a report be trusted? What is measured for each question, with its limits and why they are these.

A notebook hands one of these with its measured value and a line of its own to `helpers.reporting.first_screen.check`.
What only one case asks stands with that case.
"""

from collections.abc import Sequence

from helpers.models.clustering.methods import MARGIN
from helpers.models.clustering.stability import DOUBTFUL, STABLE
from helpers.verdicts import Check
from helpers.wording import count

WHOLE = Check(
    "Are the data whole?",
    "share of the rows that could be used",
    holds=0.95,
    fails=0.7,
    reason="What is left out may be customers of a kind of their own: up to a twentieth changes no figure much, and "
    "of three in ten nobody knows what they would say.",
)
GROUPS_HOLD = Check(
    "Do the groups hold?",
    "Jaccard index of the least stable group, between the customers and samples of them",
    holds=STABLE,
    fails=DOUBTFUL,
    reason="The limits of Hennig (2007): below the lower one a group should not be relied on, from the upper one it "
    "is found again. Of a group in doubt the lower end of what the samples show is told, or 0.60 if that is less.",
)
BEYOND_CHANCE = Check(
    "Is it more than chance?",
    "p-value: how often chance alone would show as much",
    holds=0.01,
    fails=0.05,
    reason="One in twenty is the usual limit, and one in a hundred leaves room for what was looked at besides.",
)
CLEARER = Check(
    "Is it more than chance?",
    "silhouette of the groups, less the highest one of data without groups",
    holds=MARGIN,
    fails=0.0,
    reason="Data without groups can be divided, too: only groups clearer than theirs are kinds of customers.",
)
BEATS_SIMPLE = Check(
    "Does it beat the simple way?",
    "lead over the simple way on held-out data, in half widths of its 95 % interval",
    holds=1.0,
    fails=0.0,
    reason="From 1 the lead is sure, since its whole interval lies above none; below 0 the simple way did better.",
)
CAME_TRUE = Check(
    "Did earlier forecasts come true?",
    "share of the earlier forecasts whose 95 % interval held what came",
    holds=0.9,
    fails=0.75,
    reason="Intervals of 95 % should hold 19 in 20; a few periods cannot tell 19 from 18, but they can tell 15.",
)
ENOUGH = Check(
    "Is the sample large enough?",
    "customers in the smallest of the groups that are meant",
    holds=100,
    fails=30,
    reason="Of 100 customers a share is known to within 10 points, of 30 to within 18.",
)


def enough(group: str, n: int) -> tuple[float, str]:
    """Return the measure of ENOUGH and a line on it, of the smallest group, named as a sentence begins.

    >>> enough("The smallest group", 40)
    (40.0, 'The smallest group has 40 customers: enough to know a share of them roughly.')
    """
    told = {
        "holds": "enough to know a share of them to within ten points",
        "with care": "enough to know a share of them roughly",
        "fails": "too few to tell anything of",
    }
    return float(n), f"{group} has {count(n, 'customer')}: {told[ENOUGH.verdict(n)]}."


def enough_advised(sizes: Sequence[int]) -> tuple[float, str]:
    """Return the measure of ENOUGH and a line on it, from the sizes of the groups that something is advised for.

    >>> enough_advised([])
    (0.0, 'There is no group of customers that anything could be advised for.')
    """
    if not sizes:
        return 0.0, "There is no group of customers that anything could be advised for."
    return enough("The smallest group that something is advised for", min(sizes))


def usable_rows(before: int, after: int) -> tuple[float, str]:
    """Return the measure of WHOLE from the rows before and after the cleaning, and a line on it.

    A row that is there twice loses nothing by being counted once: repeats belong to neither.

    >>> usable_rows(1590, 1500)
    (0.9433962264150944, '90 of 1,590 rows had to be left out.')
    """
    rows = count(before, "row")
    left_out = f"{count(before - after)} of {rows} had to be left out."
    return after / before, f"All {rows} could be used." if before == after else left_out


def lead_in_half_widths(lead: float, low: float, high: float) -> float:
    """Return the measure of BEATS_SIMPLE from a lead and the ends of its 95 % interval.

    The half width is that of the side that could reach no lead: below a lead, above a lag.

    >>> lead_in_half_widths(0.04, 0.01, 0.08), lead_in_half_widths(0.01, -0.01, 0.02)
    (1.3333333333333335, 0.5)
    >>> lead_in_half_widths(0.0, 0.0, 0.0)
    0.0
    """
    width = lead - low if lead >= 0 else high - lead
    if width == 0:
        return 0.0 if lead == 0 else float("inf") * lead
    return lead / width
