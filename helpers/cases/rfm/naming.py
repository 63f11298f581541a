"""To which of a few named segments does a customer belong, and what is to be done with it?

The rules and the actions are data: naming.yaml beside this module.
"""

from itertools import product
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from helpers.errors import CasebookError
from helpers.features.options import Scoring
from helpers.features.rfm import MEASURES, SCORES, score
from helpers.features.rule_files import Strict, read_rules

RULES = Path(__file__).with_suffix(".yaml")
Score = Annotated[int, Field(ge=1, le=5)]
Range = tuple[Score, Score]
FourCutoffs = Annotated[list[float], Field(min_length=4, max_length=4)]
EVERY: Range = (1, 5)
NEW, LAPSED = "new or back", "lapsed"  # who is in no segment on an earlier or a later day
SELDOM = "seldom and not lately"
BEST, FIRST_ORDER, LAST_ORDER, FAVOURITES = "best list", "first order list", "last order list", "favourites list"
Show = Literal["best list", "first order list", "last order list", "favourites list"]
SHOWN: dict[Show, str] = {
    "best list": "Show the kind of list that fitted best in trials.",
    "first order list": "Show the kind of list that fitted customers of one order best in trials.",
    "last order list": "Show what goes with their last order.",
    "favourites list": "Show what they have ordered most often.",
}


class Rule(Strict):
    """The lowest and highest score of each measure."""

    recency: Range = EVERY
    frequency: Range = EVERY
    monetary: Range = EVERY


class Effort(Strict):
    """What to do with customers, and the list of products that goes with it."""

    in_short: str
    action: str
    show: Show


class Segment(Effort):
    """A named segment: its rule, and what to do."""

    name: str
    rule: Rule


class Cutoffs(Strict):
    """The highest value, inclusive, of each class but the last."""

    recency: FourCutoffs
    frequency: FourCutoffs
    monetary: FourCutoffs


class Segmentation(Strict):
    """Segments, with the cut-offs behind the scores."""

    cutoffs: Cutoffs
    segments: list[Segment]
    lapsed: Effort

    @property
    def names(self) -> list[str]:
        """The segments' names, in the order of the file."""
        return [segment.name for segment in self.segments]

    def uses(self, measure: str) -> bool:
        """Say whether any rule looks at a measure."""
        return bool(self.cutoffs_used(measure))

    def cutoffs_used(self, measure: str) -> list[int]:
        """Return the places of the cut-offs between whose sides any rule tells: few days of recency score high."""
        ends = [getattr(segment.rule, measure) for segment in self.segments]
        between = {*(low - 1 for low, _ in ends), *(high for _, high in ends)}  # the score below each
        return [place for place in range(4) if (4 - place if measure == "recency" else place + 1) in between]

    @property
    def efforts(self) -> dict[str, Effort]:
        """What to do with whom, by segment and LAPSED."""
        return {**{segment.name: segment for segment in self.segments}, LAPSED: self.lapsed}

    def without_monetary(self) -> "Segmentation":
        """Return the same rules but for monetary value, of those that are then the same the first."""
        first: dict[Rule, Segment] = {}
        for segment in self.segments:
            rule = segment.rule.model_copy(update={"monetary": EVERY})
            first.setdefault(rule, segment.model_copy(update={"rule": rule}))
        return self.model_copy(update={"segments": list(first.values())})


def read_segmentation(path: Path = RULES, use_monetary: bool = True) -> Segmentation:
    """Return the segments of a file, which look at monetary value if that is to be used.

    CasebookError says where it is not of the form that it must have, which cut-offs do not rise, or which combination
    of scores falls into no segment or into two.
    """
    found = read_rules(path, Segmentation)
    found = found if use_monetary else found.without_monetary()
    for name, limits in found.cutoffs.model_dump().items():
        if (np.diff(limits) <= 0).any():
            raise CasebookError(f"{path.name}, cutoffs.{name}: {limits} must rise from one to the next")
    grid = pd.DataFrame(list(product(SCORES, repeat=3)), columns=MEASURES)
    fits = _fits(grid, found)
    wrong = fits.sum(axis=0) != 1
    if wrong.any():
        first = wrong.argmax()
        cell = ", ".join(f"{name} {grid.loc[first, name]}" for name in MEASURES)
        names = " and ".join(np.array(found.names)[fits[:, first]]) or "no segment"
        rest = f"each must fall into exactly one ({wrong.sum()} do not)"
        raise CasebookError(f"{path.name}: the scores {cell} fall into {names}; {rest}")
    return found


def _fits(scores: pd.DataFrame, segmentation: Segmentation) -> np.ndarray:
    """Say for each segment (rows) and row of the scores (columns) whether the rule fits."""
    fits = np.ones((len(segmentation.segments), len(scores)), dtype=bool)
    values = {name: scores[name].to_numpy() for name in MEASURES}
    for place, segment in enumerate(segmentation.segments):
        for name in MEASURES:
            low, high = getattr(segment.rule, name)
            fits[place] &= (low <= values[name]) & (values[name] <= high)
    return fits


def is_new(rfm: pd.DataFrame, scores: pd.DataFrame) -> pd.Series:
    """Say who has made a single order, and that lately (recency scores 4 and 5)."""
    return (rfm["frequency"] == 1) & (scores["recency"] >= 4)


def is_seldom(scores: pd.DataFrame) -> pd.Series:
    """Say who orders seldom and has not done so lately (frequency and recency scores 1 and 2)."""
    return (scores["frequency"] <= 2) & (scores["recency"] <= 2)


def scores_of(rfm: pd.DataFrame, scoring: Scoring, segmentation: Segmentation) -> pd.DataFrame:
    """Return each customer's scores from 1 to 5, by the cut-offs of the file or by quintiles."""
    return score(rfm, scoring, segmentation.cutoffs.model_dump())


def assign_segments(scores: pd.DataFrame, segmentation: Segmentation) -> pd.Series:
    """Return each customer's segment, an ordered category, from the scores of `scores_of`."""
    names = pd.Categorical.from_codes(_fits(scores, segmentation).argmax(axis=0), segmentation.names, ordered=True)
    return pd.Series(names, index=scores.index, name="segment")


def segments_of(rfm: pd.DataFrame, scoring: Scoring, segmentation: Segmentation) -> pd.Series:
    """Return each customer's segment from recency, frequency and monetary value."""
    return assign_segments(scores_of(rfm, scoring, segmentation), segmentation)


def rules_in_words(segmentation: Segmentation) -> pd.DataFrame:
    """Return a row for each segment: segment, recency_score, frequency_score, monetary_score (in words), action."""
    table = pd.DataFrame({"segment": segmentation.names})
    for name in MEASURES:
        table[f"{name}_score"] = [_range(getattr(segment.rule, name)) for segment in segmentation.segments]
    return table.assign(action=[action_of(segment) for segment in segmentation.segments])


def action_of(effort: Effort) -> str:
    """Return what to do in words, with the list that goes with it."""
    return f"{effort.action} {SHOWN[effort.show]}"


def _range(scores: Range) -> str:
    low, high = scores
    return "any" if scores == EVERY else str(low) if low == high else f"{low} to {high}"
