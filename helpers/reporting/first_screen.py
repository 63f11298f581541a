"""What does a reader see who has three minutes?

Four helpers say it, each where it is found: the answer, what to do, the key figures with what to hold them against,
and how far to trust it all. The page lifts them to its first screen, in this order, with the figure that is its
`lead`; each leads back to the place where it was said. run.json holds them too.
"""

import math
from dataclasses import asdict

from helpers.reporting.recording import show, tell, written
from helpers.reporting.records import RECORD
from helpers.verdicts import Action, Check
from helpers.wording import heading, number

NO_ANSWER = "These data are too few or too uniform for an answer. What they lack is said below."


def answer(*sentences: str) -> None:
    """Say the answer to the title's question: two or three short sentences of plain words, 60 in all at most.

    Without any, since what they need could not be made, it is that there is none.
    """
    text = " ".join(filter(None, sentences)) or NO_ANSWER
    tell([text], {"kind": "answer", "text": text})


def actions(found: list[Action]) -> None:
    """Say what to do, the most important first; the page shows one to five."""
    lines = [f"{one.what}: {one.whom}, {number(one.how_many)}. {one.worth}".strip() for one in found]
    show({"text/plain": "\n".join(lines), RECORD: {"kind": "actions", "actions": [asdict(one) for one in found]}})


def key_figure(name: str, value: float, reference: str, label: str = "") -> None:
    """Say a figure of the first screen, up to six in a report; it is a metric, too.

    Parameters
    ----------
    name, value : str, float
        As of a metric: how it is written follows from the name.
    reference : str
        What to hold it against, in a few words: its range, a share of all, what the simple way gives.
    label : str
        What it is, where the name does not say it.
    """
    label, text = label or heading(name), written(name, value)
    told = {"kind": "key_figure", "name": name, "label": label, "written": text, "reference": reference}
    record = told | {"value": _finite(value)}
    show({"text/plain": f"{label}: {text} ({reference})", RECORD: record})


def check(rule: Check, value: float, says: str) -> None:
    """Say how one question of trust is answered, up to six in a report.

    Parameters
    ----------
    rule, value : Check, float
        What is asked, with its limits, and the measured value.
    says : str
        The line that explains the verdict, in plain words.
    """
    verdict = rule.verdict(value)
    limits = f"Holds from {number(rule.holds)}, fails past {number(rule.fails)}."
    how = f"Measured: {rule.measure}, {number(value)}. {limits} {rule.reason}"
    told = {"kind": "check", "verdict": verdict, "says": says, "how": how, "value": _finite(value)}
    record = told | asdict(rule)
    show({"text/plain": f"{rule.question} {verdict}: {says}\n{how}", RECORD: record})


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
