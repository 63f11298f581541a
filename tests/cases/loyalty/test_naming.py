from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from helpers.cases.loyalty.naming import (
    MEDIANS,
    NOISE,
    PLACED,
    RULES,
    name_segments,
    named_segments,
    names_beside_published,
    places,
    read_naming,
    rules_in_words,
)
from helpers.errors import CasebookError
from helpers.models.clustering.methods import kmeans
from helpers.models.migration.revenue_tree import LEVERS

NAMING = read_naming()
NAMES = {segment.name for segment in NAMING.segments}


def customers(n: int, seed: int) -> pd.DataFrame:
    """Return customers whose revenue follows from orders and ticket."""
    rng = np.random.default_rng(seed)
    purchases = rng.geometric(0.3, n)
    ticket = rng.lognormal(5.5, 0.8, n)
    recency = np.minimum(1 + rng.exponential(200 / purchases), 374).round()
    columns = {"revenue": purchases * ticket, "purchases": purchases, "ticket": ticket, "recency": recency}
    return pd.DataFrame(columns | {"quantity": purchases * ticket / 2})


def hundred(**at: list[float]) -> tuple[pd.DataFrame, pd.Series]:
    """Return segments of one customer each at given places among a hundred others, who are in no segment."""
    base = {name: np.arange(100.0) for name in PLACED}
    frame = pd.DataFrame({name: np.r_[base[name], 100 * np.array(at[name])] for name in PLACED})
    labels = pd.Series([NOISE] * 100 + list(range(1, len(at["revenue"]) + 1)))
    return frame, labels


def test_the_place_of_a_median_is_the_share_below_it_and_half_of_its_equals() -> None:
    features = pd.DataFrame({name: [1.0, 2.0, 2.0, 2.0, 9.0] for name in PLACED})
    found = places(features, pd.Series([0, 1, 1, 1, NOISE]))
    assert found.index.tolist() == [0, 1]
    assert found["revenue"].tolist() == pytest.approx([0.1, 0.5])


@pytest.mark.parametrize(
    ("revenue", "purchases", "ticket", "recency", "name"),
    [
        (0.99, 0.98, 0.92, 0.12, "Insiders"),
        (0.80, 0.82, 0.60, 0.30, "Loyal customers"),
        (0.67, 0.77, 0.30, 0.34, "Promising"),
        (0.57, 0.44, 0.63, 0.52, "Need attention"),
        (0.32, 0.17, 0.67, 0.68, "Hibernating"),
        (0.23, 0.44, 0.12, 0.57, "Small orders"),
        (0.63, 0.43, 0.50, 0.40, "Regulars"),  # who bought lately need no attention
        (0.17, 0.17, 0.36, 0.78, "Churn"),
        (0.20, 0.17, 0.40, 0.57, "Promising"),  # a newcomer
        (0.95, 0.90, 0.80, 0.90, "Need attention"),  # rich, and long away
    ],
)
def test_a_profile_has_its_name(revenue: float, purchases: float, ticket: float, recency: float, name: str) -> None:
    frame, labels = hundred(revenue=[revenue], purchases=[purchases], ticket=[ticket], recency=[recency])
    assert name_segments(frame, labels, NAMING)[1] == name


def test_only_the_richest_is_insiders_and_the_next_are_potential_loyalists() -> None:
    frame, labels = hundred(revenue=[0.93, 0.99], purchases=[0.9, 0.95], ticket=[0.8, 0.9], recency=[0.2, 0.1])
    names = name_segments(frame, labels, NAMING)
    assert (names[1], names[2]) == ("Potential loyalists", "Insiders")


def test_names_do_not_depend_on_labels() -> None:
    features = customers(600, 2)
    clusters = kmeans(np.log(features), 7, 1)
    moved = {label: number for number, label in enumerate(np.random.default_rng(0).permutation(clusters.unique()))}
    names, others = name_segments(features, clusters, NAMING), name_segments(features, clusters.map(moved), NAMING)
    assert {moved[label]: name for label, name in names.items()} == others


@pytest.mark.parametrize("k", range(1, 15))
def test_any_number_of_segments_is_named(k: int) -> None:
    features = customers(300, k)
    clusters = kmeans(np.log(features), k, k) if k > 1 else pd.Series(1, index=features.index)
    names = name_segments(features, clusters, NAMING)
    assert len(set(names.values())) == len(names)
    assert list(names) == sorted(clusters.unique())
    assert {name.rstrip("0123456789 ") for name in names.values()} <= NAMES
    insiders = [label for label, name in names.items() if name.startswith("Insiders")]
    assert insiders in ([], [named_segments(features, clusters, NAMING)["cluster"].iloc[0]])


def test_every_place_on_a_grid_has_a_name() -> None:
    grid = np.array(list(product(np.linspace(0, 1, 6), repeat=4)))
    for row in grid[:: len(grid) // 60]:
        frame, labels = hundred(**{name: [place] for name, place in zip(PLACED, row, strict=True)})
        assert name_segments(frame, labels, NAMING)[1] in NAMES | {f"{name} {n}" for name in NAMES for n in (1, 2)}


def test_those_who_share_a_name_are_numbered_by_revenue() -> None:
    at = [0.30, 0.10, 0.20]
    frame, labels = hundred(revenue=at, purchases=[0.1] * 3, ticket=[0.5] * 3, recency=[0.99] * 3)
    names = name_segments(frame, labels, NAMING)
    assert [names[label] for label in (1, 2, 3)] == ["Churn 1", "Churn 3", "Churn 2"]


def test_equal_segments_are_numbered_too() -> None:
    frame, labels = hundred(revenue=[0.999] * 2, purchases=[0.99] * 2, ticket=[0.9] * 2, recency=[0.1] * 2)
    names = name_segments(frame, labels, NAMING)
    assert (names[1], names[2]) == ("Insiders 1", "Insiders 2")


def test_who_is_in_no_segment_is_noise() -> None:
    features = customers(30, 1)
    everyone = pd.Series(NOISE, index=features.index)
    assert name_segments(features, everyone, NAMING) == {NOISE: "Noise"}
    assert named_segments(features, everyone, NAMING)["name"].tolist() == ["Noise"]


def test_customers_who_are_all_alike_have_a_name() -> None:
    alike = pd.DataFrame({name: [1.0] * 4 for name in MEDIANS})
    assert len(set(name_segments(alike, pd.Series([0, 0, 1, 1]), NAMING).values())) == 2


def test_the_table_of_segments() -> None:
    features = customers(400, 5)
    clusters = kmeans(np.log(features), 5, 1)
    clusters.iloc[:10] = NOISE
    table = named_segments(features, clusters, NAMING)
    assert table["customers"].sum() == 400
    assert table["customers_share"].sum() == pytest.approx(1)
    assert table["revenue_share"].sum() == pytest.approx(1)
    assert table["cluster"].iloc[-1] == NOISE
    assert table["revenue"].iloc[:-1].is_monotonic_decreasing
    first = table.iloc[0]
    own = features[clusters == first["cluster"]]
    assert first[MEDIANS].astype(float).to_dict() == pytest.approx(own[MEDIANS].median().to_dict())


def test_rules_are_said_in_words() -> None:
    table = rules_in_words(NAMING)
    assert len(table) == len(NAMING.rules)
    assert table.loc[0, ["name", "revenue", "recency", "ticket", "richest"]].tolist() == [
        "Insiders",
        "at least 0.85",
        "at most 0.60",
        "any",
        "only the richest",
    ]
    assert set(table.iloc[-1]) == {"Churn", "any"}


def test_names_stand_beside_published_ones_without_their_numbers() -> None:
    matched = pd.DataFrame({"name": ["Churn 2", "Loyal customers"], "cluster": [4, 1]})
    beside = names_beside_published(matched, {1: "Promising 1", 4: "Churn"})
    assert beside["name"].tolist() == ["Churn", "Promising 1"]
    assert beside["same"].tolist() == [True, False]


def written(tmp_path: Path, change: Callable[[dict], None]) -> Path:
    parts = yaml.safe_load(RULES.read_text())
    change(parts)
    path = tmp_path / "names.yaml"
    path.write_text(yaml.safe_dump(parts))
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda parts: parts["rules"].pop(), "the last rule must fit all segments"),
        (lambda parts: parts["rules"][0].update(name="Insider"), "unknown segment name 'Insider' in names.yaml: did"),
        (lambda parts: parts["rules"][0].update(revenue=[0.9, 0.1]), r"rules.0.revenue: \[0.9, 0.1\] must rise"),
        (lambda parts: parts["rules"][0].update(revenue=[0.9, 2]), "rules.0.revenue.1: Input should be less than"),
        (lambda parts: parts["rules"][0].update(money=[0, 1]), "rules.0.money: Extra inputs are not permitted"),
        (lambda parts: parts.update(noise="Nobody"), "unknown segment name 'Nobody'"),
    ],
)
def test_wrong_rules_are_named(tmp_path: Path, change: Callable[[dict], None], message: str) -> None:
    with pytest.raises(CasebookError, match=message):
        read_naming(written(tmp_path, change))


def test_every_lever_of_the_plan_can_be_priced() -> None:
    assert set(read_naming().levers) <= {*LEVERS, "none"}
