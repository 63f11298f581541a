import re

import pandas as pd
import pytest

from helpers.figures.migration.revenue_tree import planned_lever_bars
from helpers.figures.style import to_svg
from helpers.models.migration.revenue_tree import FREQUENCY, lever_table, planned_levers
from helpers.wording import money
from tests.models.migration.test_revenue_tree import NAMES, customers

pytestmark = pytest.mark.filterwarnings("error")
TABLE = lever_table(*customers(), NAMES, 365, 90, 20, 1)


def texts(svg: str) -> set[str]:
    return set(re.findall(r"<text[^>]*>([^<]*)</text>", svg))


def test_bars_are_the_prizes_and_pale_where_out_of_reach() -> None:
    plan = pd.DataFrame({"segment": ["Small", "Large"], "lever": FREQUENCY, "action": ""})
    planned = planned_levers(TABLE, plan).assign(within_reach=[True, False])
    fig = planned_lever_bars(planned, money("£"))
    bars = fig.axes[0].patches
    assert [bar.get_width() for bar in bars] == pytest.approx(planned["prize"].tolist())
    assert bars[0].get_alpha() > bars[1].get_alpha()
    assert "Small: purchase frequency" in texts(to_svg(fig, "x"))
    assert "There is no lever that a customer could move." in texts(
        to_svg(planned_lever_bars(planned[:0], money("£")), "x")
    )
