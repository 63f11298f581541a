import numpy as np
import pandas as pd
import pytest

from helpers.figures.rules import (
    _graph,
    _layout,
    favourite_products,
    grouped_matrix,
    grouped_matrix_interactive,
    rule_bars,
    rule_graph,
    rule_scatter,
    rules_by_chance_histogram,
)
from helpers.figures.style import WIDTH, to_svg
from helpers.models.rules.grouping import group_rules, summarise_groups
from tests.figures.test_style import texts
from tests.models.rules.mined import mined

pytestmark = pytest.mark.filterwarnings("error")


TITLES = pd.Series({"P00": "TEAPOT", "P01": "A MUG WITH A NAME THAT IS MUCH TOO LONG FOR A LABEL"})


def test_favourites_are_drawn_beside_what_was_expected() -> None:
    rows = [(name, f"P0{i}", 0.4 - i / 10, 0.3 - i / 10, 0.5, 0.2, 0.01) for name in ("A", "B") for i in range(2)]
    columns = ["segment", "product", "share", "low", "high", "expected", "q_value"]
    table = pd.DataFrame(rows, columns=columns)
    fig = favourite_products(table, TITLES, 1)
    shares = np.vstack([mark.get_offsets() for mark in fig.axes[0].collections[1:]])
    assert sorted(shares[:, 0]) == pytest.approx([0.2, 0.2, 0.4, 0.4])
    assert {"A", "B", "TEAPOT"} <= texts(to_svg(fig, "x"))
    assert "A MUG WITH A NAME THAT IS MUCH TO…" in texts(to_svg(favourite_products(table, TITLES, 2), "x"))
    nothing = favourite_products(table.assign(q_value=0.5), TITLES, 1)
    assert "No segment bought a product more than expected beyond chance." in texts(to_svg(nothing, "x"))


@pytest.fixture
def rules(baskets: pd.DataFrame) -> pd.DataFrame:
    return mined(baskets, 0.15, 0.4)


def test_the_scatter_labels_every_rule_once(rules: pd.DataFrame) -> None:
    labels = [label for text in texts(to_svg(rule_scatter(rules, 0.15, 0.4), "x")) for label in text.split(", ")]
    assert {str(number) for number in rules.index} <= set(labels)


def test_the_scatter_marks_what_to_expect_of_new_customers(rules: pd.DataFrame) -> None:
    _, expected, here = rule_scatter(rules, 0.15, 0.4).axes[0].collections
    for marks, name in ((expected, "confidence_new"), (here, "confidence")):
        assert np.asarray(marks.get_offsets())[:, 1] == pytest.approx(rules[name].to_numpy())


def test_the_graph_holds_every_rule_from_antecedents_to_consequent(rules: pd.DataFrame) -> None:
    graph = _graph(rules)
    for rule in rules.itertuples():
        assert set(graph.predecessors(rule.Index)) == rule.antecedents
        assert set(graph.successors(rule.Index)) == rule.consequents
    assert {str(number) for number in rules.index[:20]} <= set(texts(to_svg(rule_graph(rules), "x")))


def test_nothing_in_the_graph_lies_on_top_of_each_other_or_outside(rules: pd.DataFrame) -> None:
    places = _layout(_graph(rules))
    spots = np.array(list(places.values()))
    gaps = np.hypot(*(spots[:, None] - spots[None]).T) + 9 * np.eye(len(spots))
    assert gaps.min() > 0.2
    assert spots[:, 0].min() > 0
    assert spots[:, 0].max() < WIDTH


def test_the_grouped_matrix_has_a_balloon_for_each_cell(rules: pd.DataFrame, baskets: pd.DataFrame) -> None:
    cells = summarise_groups(group_rules(rules, baskets, 2, seed=1))
    live = grouped_matrix_interactive(cells)
    assert live is not None
    assert len(live.data[0].x) == len(cells)
    assert all(item in hover for item, hover in zip(cells["consequents"], live.data[0].text, strict=True))
    assert set(cells["consequents"]) <= set(texts(to_svg(grouped_matrix(cells), "x")))


def test_no_rules_give_pictures_that_say_so(rules: pd.DataFrame, baskets: pd.DataFrame) -> None:
    none = rules.head(0)
    cells = summarise_groups(group_rules(none, baskets, 2, seed=1))
    for fig in (rule_scatter(none, 0.1, 0.5), rule_graph(none), grouped_matrix(cells)):
        assert "No rule meets these limits, so there is nothing to draw." in texts(to_svg(fig, "x"))
    assert grouped_matrix_interactive(cells) is None


def test_the_histogram_marks_the_data() -> None:
    svg = to_svg(rules_by_chance_histogram(pd.Series([0, 1, 1, 3]), 15), "x")
    assert "the data: 15" in texts(svg)


def test_bars_show_each_pair_once_beside_the_share_of_all(rules: pd.DataFrame) -> None:
    pairs = {row.antecedents | row.consequents for row in rules.itertuples()}
    ax = rule_bars(rules, most=len(rules)).axes[0]
    assert len(ax.patches) == len(pairs)
    first = rules.iloc[0]
    assert ax.patches[0].get_width() == pytest.approx(first["confidence"])
    (all_customers,) = ax.lines
    assert all_customers.get_xdata()[0] == pytest.approx(first["confidence"] / first["lift"])
    assert len(rule_bars(rules, most=1).axes[0].patches) == 1
