"""What is a cluster to be called, so that it is a segment, and what is to be done with it?

A name follows from where the cluster's medians lie among all customers, never from the number that a method gave it.
The rules and the actions, by name and by lever, are data: naming.yaml beside this module.
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
    """Between which places among all customers the medians of a cluster must lie, for it to have the name."""

    name: str
    richest: bool = False
    revenue: Range = EVERY
    purchases: Range = EVERY
    ticket: Range = EVERY
    recency: Range = EVERY

    @property
    def ranges(self) -> dict[str, Range]:
        """Between what each of PLACED must lie."""
        return {name: getattr(self, name) for name in PLACED}


class Named(Strict):
    """A name, and what to do whatever the lever is."""

    name: str
    action: str = ""


class Naming(Strict):
    """Names, and the rules that give them."""

    noise: str
    chance: str
    segments: list[Named]
    levers: dict[str, str]
    rules: list[Rule]


def read_naming(path: Path = RULES) -> Naming:
    """Return the names and rules of a file.

    CasebookError where it is not of the form that it must have, a range is upside down, a rule gives a name that is
    not listed, or the last rule does not fit all clusters.
    """
    found = read_rules(path, Naming)
    listed = [segment.name for segment in found.segments]
    for name in [found.noise, found.chance, *(rule.name for rule in found.rules)]:
        if name not in listed:
            raise unknown("segment name", name, listed, f"in {path.name}")
    for number, rule in enumerate(found.rules):
        for measure, (low, high) in rule.ranges.items():
            if low > high:
                raise CasebookError(f"{path.name}, rules.{number}.{measure}: [{low}, {high}] must rise")
    last = found.rules[-1] if found.rules else None
    if not last or last.richest or set(last.ranges.values()) != {EVERY}:
        raise CasebookError(f"{path.name}: the last rule must fit all segments, so that each has a name")
    return found


def numbered_only(naming: Naming) -> Naming:
    """Return names for clusters that chance would cut as clearly: all have the same, and so differ by number only."""
    return naming.model_copy(update={"rules": [Rule(name=naming.chance)]})


def are_kinds(naming: Naming) -> bool:
    """Say whether the names tell kinds of customers apart, which those of `numbered_only` do not."""
    return {rule.name for rule in naming.rules} != {naming.chance}


def places(features: pd.DataFrame, clusters: pd.Series) -> pd.DataFrame:
    """Return where the median of each cluster but NOISE lies among all customers.

    For each of PLACED it is the share of the customers with less, those with as much counted as half.
    """
    medians = _medians(features, clusters)
    return medians.apply(lambda column: column.map(lambda value: _place(features[column.name], value)))


def _medians(features: pd.DataFrame, clusters: pd.Series) -> pd.DataFrame:
    own = clusters[features.index]
    return features.loc[own != NOISE, PLACED].astype(float).groupby(own[own != NOISE]).median()


def _place(values: pd.Series, value: float) -> float:
    return float(((values < value).mean() + (values <= value).mean()) / 2)


def name_segments(features: pd.DataFrame, clusters: pd.Series, naming: Naming) -> dict[int, str]:
    """Return the name of each cluster by label, from the customers' features and labels.

    Where several share a name, they are numbered, the one with the highest median revenue first.
    """
    found, medians = places(features, clusters), _medians(features, clusters)["revenue"]
    sizes = clusters[features.index].value_counts()
    ranked = sorted(found.index, key=lambda label: (-medians[label], -sizes[label], label))
    plain = {label: name_at(found.loc[label], medians[label] == medians.max(), naming) for label in ranked}
    names = pd.Series(plain, dtype=object)
    place = (names.groupby(names).cumcount() + 1).astype(str)
    numbered = names.where(~names.duplicated(keep=False), names + " " + place).to_dict()
    noise = {NOISE: naming.noise} if (clusters[features.index] == NOISE).any() else {}
    return dict(sorted((numbered | noise).items()))


def name_at(place: pd.Series, richest: bool, naming: Naming) -> str:
    """Return the name of a cluster whose medians have a place among all customers, the richest one or another."""
    return next(
        rule.name
        for rule in naming.rules
        if (richest or not rule.richest)
        and all(low <= place[name] <= high for name, (low, high) in rule.ranges.items())
    )


def named_segments(features: pd.DataFrame, clusters: pd.Series, naming: Naming) -> pd.DataFrame:
    """Return a row for each segment, the one with the highest median revenue first and the noise last.

    The columns are cluster (label), name, customers, customers_share, revenue_share and the medians of MEDIANS.
    """
    groups = features.groupby(clusters[features.index])
    table = groups.agg(customers=("revenue", "size"), revenue_share=("revenue", "sum"))
    table.insert(1, "customers_share", table["customers"] / len(features))
    table["revenue_share"] /= features["revenue"].sum()
    table.insert(0, "name", table.index.map(name_segments(features, clusters, naming)))
    joined = table.join(groups[MEDIANS].median()).assign(noise=table.index == NOISE)
    ranked = joined.rename_axis("cluster").reset_index()
    order = ["noise", "revenue", "customers", "cluster"]
    return ranked.sort_values(order, ascending=[True, False, False, True], ignore_index=True).drop(columns="noise")


def rules_in_words(naming: Naming) -> pd.DataFrame:
    """Return a row for each rule, in the order in which they are tried: name, each of PLACED, richest."""
    return pd.DataFrame(
        [
            {"name": rule.name}
            | {name: _range(limits) for name, limits in rule.ranges.items()}
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
    """Return the names by the rules (name) beside those that the published study has for the same clusters.

    They are the same where they differ by a number at most. The limits in the rules were set with the published
    segments in view, so that agreement with them is no test.
    """
    given = matched["cluster"].map(names).to_numpy()
    table = pd.DataFrame({"cluster": matched["cluster"], "published_name": matched["name"], "name": given})
    return table.assign(same=without_number(table["published_name"]) == without_number(table["name"]))


def plain_name(name: str, naming: Naming) -> str:
    """Return a name as it is listed, without the number that several segments of that name have."""
    return name if name in {segment.name for segment in naming.segments} else name.rpartition(" ")[0]


def without_number(names: pd.Series) -> pd.Series:
    """Return names without the number that several segments of one name have."""
    return names.str.replace(r" \d+$", "", regex=True)
