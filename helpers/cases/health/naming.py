"""What is a segment of the network's customers to be called, and what is to be done with it?

Names follow from what the customers of a cluster do, by rules that are data: naming.yaml beside this module.
How clusters are numbered changes nothing.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from helpers.errors import CasebookError
from helpers.features.rule_files import Strict, read_rules
from helpers.wording import listing, percent

RULES = Path(__file__).with_suffix(".yaml")
MEANS = {
    "visits": "frequency",
    "quantity": "total_quantity",
    "amount": "total_amount",
    "visit_size": "visit_size",
    "centres": "visit_centres",
    "recruits": "members",
}
SHARES_OF = {"once": "share with a single visit", "starter": "share with a single visit for the most common amount"}
Measure = Literal["once", "starter", "visits", "quantity", "amount", "visit_size", "centres", "recruits"]
Bounds = tuple[float | None, float | None]


class Name(Strict):
    """A name, the rule that gives it, and what to do."""

    name: str
    rule: dict[Measure, Bounds]
    action: str


Names = Annotated[list[Name], Field(min_length=1)]


class Naming(Strict):
    """The names of the first clustering, and those inside a segment."""

    segments: Names
    inside: Names


def read_naming(path: Path = RULES) -> Naming:
    """Return the names of a file; CasebookError where it cannot be read or its last rules do not fit all clusters."""
    found = read_rules(path, Naming)
    for part, names in (("segments", found.segments), ("inside", found.inside)):
        if names[-1].rule:
            raise CasebookError(f"{path.name}, {part}: the last rule must be {{}}, so that every cluster has a name")
    return found


def _measures(view: pd.DataFrame, clusters: pd.Series) -> pd.DataFrame:
    """Return what the rules look at, clusters x measures: two shares, and MEANS over those of all (1 if 0)."""
    own = view.loc[clusters.index]
    once = own["frequency"] == 1
    starter = once & (own["total_amount"] == starter_amount(own))
    table = pd.DataFrame({"once": once, "starter": starter}).groupby(clusters).mean()
    for name, column in MEANS.items():
        mean = own[column].mean()
        table[name] = own[column].groupby(clusters).mean() / mean if mean else 1.0
    return table.rename_axis("cluster")


def starter_amount(view: pd.DataFrame) -> float:
    """Return the most common amount of those who bought a single item once; missing where nobody did."""
    single = view.loc[(view["frequency"] == 1) & (view["total_quantity"] == 1), "total_amount"]
    return float(single.mode().iloc[0]) if len(single) else float("nan")


def name_clusters(view: pd.DataFrame, clusters: pd.Series, names: list[Name]) -> pd.DataFrame:
    """Return the name and action of each cluster; of the names, the first that fits is taken.

    The view is the single one, customers x features, of which all or some have a cluster; the names are of
    `read_naming`. Those to which the same rule gives a name are told apart by their place in mean spending.
    """
    measures = _measures(view, clusters)
    fitting = [next(one for one in names if _fits(row, one.rule)) for _, row in measures.iterrows()]
    table = pd.DataFrame([(one.name, one.action) for one in fitting], measures.index, ["name", "action"])
    same = table.groupby("name")["name"].transform("size")
    place = measures["amount"].groupby(table["name"]).rank(ascending=False, method="first").astype(int)
    ranked = [f"{name} ({i} of {n} by spending)" for name, i, n in zip(table["name"], place, same, strict=True)]
    return table.assign(name=table["name"].where(same == 1, ranked))


def _fits(row: pd.Series, rule: Mapping[Measure, Bounds]) -> bool:
    return all(
        (low is None or row[measure] >= low) and (high is None or row[measure] <= high)
        for measure, (low, high) in rule.items()
    )


def named(clusters: pd.Series, names: pd.DataFrame) -> pd.Series:
    """Return each customer's segment by name, from what `name_clusters` says."""
    return clusters.map(names["name"]).rename("segment")


def naming_rules() -> pd.DataFrame:
    """Return the rules by which segments are named: name, rule (in words), action."""
    words = [(one, listing(_bounds(*item) for item in one.rule.items())) for one in read_naming().segments]
    rows = [(one.name, said or "all others", one.action) for one, said in words]
    return pd.DataFrame(rows, columns=["name", "rule", "action"])


def _bounds(measure: Measure, bounds: Bounds) -> str:
    """Return a rule in words: a share of a segment's customers, or their mean beside that of all customers."""
    shares, (low, high) = measure in SHARES_OF, bounds
    write = percent if shares else "{:g} times the mean of all".format
    parts = [f"at least {write(low)}"] if low else []
    parts += [f"at most {write(high)}"] if high is not None and not (shares and high == 1) else []
    return f"{SHARES_OF.get(measure, measure.replace('_', ' '))}: {' and '.join(parts) or 'any'}"
