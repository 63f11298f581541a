import pytest

from helpers.figures.pieces import log_ticks
from helpers.figures.style import canvas, to_svg
from helpers.wording import count
from tests.figures.test_style import texts


@pytest.mark.parametrize(
    ("high", "expected"), [(40, {"1", "2", "5", "10", "20"}), (20_000, {"1", "10", "100", "1,000", "10,000"})]
)
def test_a_logarithmic_axis_has_a_few_round_ticks(high: int, expected: set[str]) -> None:
    fig, (ax,) = canvas()
    ax.scatter([1, 2], [1, high])
    ax.set(yscale="log", xticks=[])
    log_ticks(ax.yaxis, count)
    assert texts(to_svg(fig, "one")) == expected
