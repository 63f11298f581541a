"""What is a segment to be called, and what is to be done with it?

A name follows from where the segment's medians lie among all customers, never from the number that a method gave it.
The rules, the levers and the actions are data: naming.yaml beside this module.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import Field

from helpers.errors import CasebookError, unknown
from helpers.features.rule_files import Strict, read_rules
from helpers.models.clustering.labels import NOISE
from helpers.wording import fixed

RULES = Path(__file__).with_suffix(".yaml")
PLACED = ["revenue", "purchases", "ticket", "recency"]
MEDIANS = [*PLACED, "quantity"]
Place = Annotated[float, Field(ge=0, le=1)]
Range = tuple[Place, Place]
EVERY: Range = (0, 1)


class Rule(Strict):
    """Between which places among all customers the medians of a segment must lie, for it to have the name."""

    name: str
    richest: bool = False
    revenue: Range = EVERY
    purchases: Range = EVERY
    ticket: Range = EVERY
    recency: Range = EVERY

    @property
    def fits_all(self) -> bool:
        """Say whether the rule asks for nothing."""
        return not self.richest and all(getattr(self, name) == EVERY for name in PLACED)


class Named(Strict):
    """A name, with the lever to pull and what to do."""

    name: str
    lever: str
    action: str


class Naming(Strict):
    """Names, and the rules that give them."""

    noise: str
    segments: list[Named]
    rules: list[Rule]


def read_naming(path: Path = RULES) -> Naming:
    """Return the names and rules of a file.

    Raises
    ------
    CasebookError
        The file is not of the form that it must have, a range is upside down, a rule gives a name that is not listed,
        or the last rule does not fit all segments.
    """
    found = read_rules(path, Naming)
    _check(found, path)
    return found


def _check(found: Naming, path: Path) -> None:
    listed = [segment.name for segment in found.segments]
    for name in [found.noise, *(rule.name for rule in found.rules)]:
        if name not in listed:
            raise unknown("segment name", name, listed, f"in {path.name}")
    for number, rule in enumerate(found.rules):
        for measure in PLACED:
            low, high = getattr(rule, measure)
            if low > high:
                raise CasebookError(f"{path.name}, rules.{number}.{measure}: [{low}, {high}] must rise")
    if not found.rules or not found.rules[-1].fits_all:
        raise CasebookError(f"{path.name}: the last rule must fit all segments, so that each has a name")


def places(features: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Return where the median of each segment lies among all customers.

    Parameters
    ----------
    features : DataFrame, by customer
        With PLACED.
    segments : Series, by customer
        Labels; NOISE is left out.

    Returns
    -------
    DataFrame, by segment
        For each of PLACED the share of the customers with less, those with as much counted as half.
    """
    medians = _medians(features, segments)
    return medians.apply(lambda column: column.map(lambda value: _place(features[column.name], value)))


def _medians(features: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    own = segments[features.index]
    return features.loc[own != NOISE, PLACED].astype(float).groupby(own[own != NOISE]).median()


def _place(values: pd.Series, value: float) -> float:
    return float(((values < value).mean() + (values <= value).mean()) / 2)


def name_segments(features: pd.DataFrame, segments: pd.Series, naming: Naming) -> dict[int, str]:
    """Return the name of each segment, by label.

    Where several share a name, they are numbered, the one with the highest median revenue first.

    Parameters
    ----------
    features : DataFrame, by customer
        With PLACED.
    segments : Series, by customer
        Labels; NOISE for who is in no segment.
    naming : Naming
        What `read_naming` returns.
    """
    found, medians = places(features, segments), _medians(features, segments)["revenue"]
    plain = {label: _name(row, medians[label] == medians.max(), naming) for label, row in found.iterrows()}
    sizes = segments[features.index].value_counts()
    ranked = sorted(plain, key=lambda label: (-medians[label], -sizes[label], label))
    names = _numbered(pd.Series({label: plain[label] for label in ranked}, dtype=object)).to_dict()
    if (segments[features.index] == NOISE).any():
        names[NOISE] = naming.noise
    return dict(sorted(names.items()))


def _name(row: pd.Series, richest: bool, naming: Naming) -> str:
    return next(rule.name for rule in naming.rules if (richest or not rule.richest) and _fits(row, rule))


def _fits(row: pd.Series, rule: Rule) -> bool:
    ranges = {name: getattr(rule, name) for name in PLACED}
    return all(low <= row[name] <= high for name, (low, high) in ranges.items())


def _numbered(names: pd.Series) -> pd.Series:
    place = (names.groupby(names).cumcount() + 1).astype(str)
    return names.where(~names.duplicated(keep=False), names + " " + place)


def named_segments(features: pd.DataFrame, segments: pd.Series, naming: Naming) -> pd.DataFrame:
    """Return a row for each segment, the one with the highest median revenue first and the noise last.

    Returns
    -------
    DataFrame
        segment (label), name, customers, customers_share, revenue_share, the medians of MEDIANS, lever, action.
    """
    own = segments[features.index]
    groups = features.groupby(own)
    table = groups.agg(customers=("revenue", "size"), revenue_share=("revenue", "sum"))
    table.insert(1, "customers_share", table["customers"] / len(features))
    table["revenue_share"] /= features["revenue"].sum()
    table.insert(0, "name", table.index.map(name_segments(features, segments, naming)))
    said = {segment.name: (segment.lever, segment.action) for segment in naming.segments}
    advice = [said[_kind(name, naming)] for name in table["name"]]
    joined = table.join(groups[MEDIANS].median()).assign(
        lever=[lever for lever, _ in advice], action=[action for _, action in advice], noise=table.index == NOISE
    )
    ranked = joined.rename_axis("segment").reset_index()
    order = ["noise", "revenue", "customers", "segment"]
    return ranked.sort_values(order, ascending=[True, False, False, True], ignore_index=True).drop(columns="noise")


def _kind(name: str, naming: Naming) -> str:
    """Return a name without its number."""
    return name if name in [segment.name for segment in naming.segments] else name.rpartition(" ")[0]


def rules_in_words(naming: Naming) -> pd.DataFrame:
    """Return a row for each rule, in the order in which they are tried: name, each of PLACED, richest."""
    return pd.DataFrame(
        [
            {"name": rule.name}
            | {name: _range(getattr(rule, name)) for name in PLACED}
            | {"richest": "only the richest" if rule.richest else "any"}
            for rule in naming.rules
        ]
    )


def _range(places: Range) -> str:
    low, high = (fixed(2)(place) for place in places)
    if places == EVERY:
        return "any"
    return f"at most {high}" if places[0] == 0 else f"at least {low}" if places[1] == 1 else f"{low} to {high}"


def names_beside_published(matched: pd.DataFrame, names: Mapping[int, str]) -> pd.DataFrame:
    """Return the names that the rules give beside the published ones.

    Parameters
    ----------
    matched : DataFrame
        name (published) and segment (our label), as `segments_as_published` pairs them.
    names : mapping of label to str
        What `name_segments` gives.

    Returns
    -------
    DataFrame
        segment, published_name, name, and same: they are the same but for a number.

    Notes
    -----
    The limits in the rules were set with the published segments in view, so that agreement with them is no test.
    """
    given = matched["segment"].map(names).to_numpy()
    table = pd.DataFrame({"segment": matched["segment"], "published_name": matched["name"], "name": given})
    return table.assign(same=_without_number(table["published_name"]) == _without_number(table["name"]))


def _without_number(names: pd.Series) -> pd.Series:
    return names.str.replace(r" \d+$", "", regex=True)
