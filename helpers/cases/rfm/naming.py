"""To which of a few named segments does a customer belong, and what is to be done with it?

The rules and the actions are data: naming.yaml beside this module.
"""

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from helpers.errors import CasebookError
from helpers.features.rfm import MEASURES, SCORES, Scoring, score
from helpers.features.rule_files import Strict, read_rules

RULES = Path(__file__).with_suffix(".yaml")
Score = Annotated[int, Field(ge=1, le=5)]
Range = tuple[Score, Score]
FourCutoffs = Annotated[list[float], Field(min_length=4, max_length=4)]
EVERY: Range = (1, 5)
NEW, LAPSED = "new or back", "lapsed"  # who is in no segment on an earlier or a later day


class Rule(Strict):
    """The lowest and highest score of each measure."""

    recency: Range = EVERY
    frequency: Range = EVERY
    monetary: Range = EVERY


class Segment(Strict):
    """A named segment: its rule, and what to do."""

    name: str
    rule: Rule
    action: str


class Cutoffs(Strict):
    """The highest value, inclusive, of each class but the last."""

    recency: FourCutoffs
    frequency: FourCutoffs
    monetary: FourCutoffs


class Segmentation(Strict):
    """Segments, with the cut-offs behind the scores."""

    cutoffs: Cutoffs
    segments: list[Segment]

    @property
    def names(self) -> list[str]:
        """The segments' names, in the order of the file."""
        return [segment.name for segment in self.segments]

    def uses(self, measure: str) -> bool:
        """Say whether any rule looks at a measure."""
        return any(getattr(segment.rule, measure) != EVERY for segment in self.segments)


def read_segmentation(path: Path = RULES) -> Segmentation:
    """Return the segments of a file.

    Raises
    ------
    CasebookError
        The file is not of the form that it must have, cut-offs do not rise, or a combination of scores falls into no
        segment or into two.
    """
    found = read_rules(path, Segmentation)
    for name, limits in found.cutoffs.model_dump().items():
        if (np.diff(limits) <= 0).any():
            raise CasebookError(f"{path.name}, cutoffs.{name}: {limits} must rise from one to the next")
    _check_grid(found, path)
    return found


def _check_grid(found: Segmentation, path: Path) -> None:
    grid = pd.DataFrame(list(product(SCORES, repeat=3)), columns=MEASURES)
    fits = _fits(grid, found.segments)
    wrong = fits.sum(axis=1) != 1
    if wrong.any():
        scores = grid[wrong].iloc[0]
        cell = ", ".join(f"{name} {scores[name]}" for name in MEASURES)
        names = [segment.name for segment, fit in zip(found.segments, fits[wrong].to_numpy()[0], strict=True) if fit]
        fault = f"fall into {' and '.join(names)}" if names else "fall into no segment"
        raise CasebookError(
            f"{path.name}: the scores {cell} {fault}; each must fall into exactly one ({wrong.sum()} do not)"
        )


def _fits(scores: pd.DataFrame, segments: Sequence[Segment]) -> pd.DataFrame:
    """Say for each row and segment, by its place, whether the rule fits."""
    return pd.DataFrame(
        {
            place: np.logical_and.reduce([scores[name].between(*getattr(segment.rule, name)) for name in MEASURES])
            for place, segment in enumerate(segments)
        },
        index=scores.index,
    )


def scores_of(rfm: pd.DataFrame, scoring: Scoring, segmentation: Segmentation) -> pd.DataFrame:
    """Return each customer's scores from 1 to 5, by the cut-offs of the file or by quintiles."""
    return score(rfm, scoring, segmentation.cutoffs.model_dump())


def assign_segments(scores: pd.DataFrame, segmentation: Segmentation) -> pd.Series:
    """Return each customer's segment, an ordered category, from the scores of `scores_of`."""
    place = _fits(scores, segmentation.segments).to_numpy().argmax(axis=1)
    names = pd.Categorical.from_codes(place, segmentation.names, ordered=True)
    return pd.Series(names, index=scores.index, name="segment")


def segments_of(rfm: pd.DataFrame, scoring: Scoring, segmentation: Segmentation) -> pd.Series:
    """Return each customer's segment from recency, frequency and monetary value."""
    return assign_segments(scores_of(rfm, scoring, segmentation), segmentation)


def rules_in_words(segmentation: Segmentation) -> pd.DataFrame:
    """Return a row for each segment: segment, recency_score, frequency_score, monetary_score (in words), action."""
    return pd.DataFrame(
        [
            {"segment": one.name}
            | {f"{name}_score": _range(getattr(one.rule, name)) for name in MEASURES}
            | {"action": one.action}
            for one in segmentation.segments
        ]
    )


def _range(scores: Range) -> str:
    low, high = scores
    return "any" if scores == EVERY else str(low) if low == high else f"{low} to {high}"
