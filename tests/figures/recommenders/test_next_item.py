import pandas as pd

from helpers.figures.recommenders.next_item import hit_rates
from helpers.figures.style import to_svg
from helpers.models.recommenders.next_item import MEASURES
from helpers.models.recommenders.next_item_methods import POPULAR, SVD


def test_a_panel_for_each_length_of_the_list_in_one_order() -> None:
    rows = [
        (method, measure, value, value - 0.1, value + 0.1)
        for measure, values in zip(MEASURES, [(0.2, 0.3), (0.5, 0.4), (0.6, 0.5), (0.4, 0.3)], strict=True)
        for method, value in zip([SVD, POPULAR], values, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["method", "measure", "value", "value_low", "value_high"])
    fig = hit_rates(table)
    first, second, third = fig.axes
    assert [label.get_text() for label in first.get_yticklabels()] == [SVD, POPULAR]
    assert [ax.get_title() for ax in fig.axes] == ["hit rate at 1", "hit rate at 3", "hit rate at 5"]
    dots = [tuple(point) for each in second.collections[1::2] for point in each.get_offsets().tolist()]
    assert sorted(dots) == [(0.4, 1.0), (0.5, 0.0)]
    assert third.yaxis_inverted()
    assert "Nobody in the audience" in to_svg(hit_rates(table.iloc[:0]), "x")
