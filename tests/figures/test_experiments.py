import numpy as np
import pandas as pd

from helpers.figures.experiments import gain_curve, sizes_of_test
from helpers.figures.style import to_svg
from helpers.models.experiments.impact import simulate_impact
from helpers.models.experiments.power import CONVERSION, REVENUE


def test_the_gain_is_drawn_with_its_band_and_the_target() -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"orders": 1, "amount": rng.gamma(3, 50, 50), "hit": rng.random(50) < 0.5})
    found = simulate_impact(table.assign(price=table["hit"].map({True: 40.0, False: np.nan})), 3, 0.2, 0.1, 50, 1)
    fig = gain_curve(found)
    (ax,) = fig.axes
    line, target, assumed = ax.get_lines()
    assert list(line.get_ydata()) == found.by_acceptance["gain"].tolist()
    assert list(target.get_ydata()) == [0.1, 0.1]
    assert list(assumed.get_xdata()) == [0.2, 0.2]
    band = ax.collections[0].get_paths()[0].vertices
    assert found.by_acceptance["high"].max() == band[:, 1].max()
    assert "target, 10\xa0%" in to_svg(fig, "x")


def test_sizes_without_one_that_cannot_be_told() -> None:
    rows = [(CONVERSION, 0.1, 900.0), (CONVERSION, 0.2, 250.0), (REVENUE, 0.1, np.nan), (REVENUE, 0.2, 700.0)]
    table = pd.DataFrame(rows, columns=["outcome", "effect", "customers"])
    ax = sizes_of_test(table, 300).axes[0]
    lines = {line.get_label(): list(line.get_ydata()) for line in ax.get_lines()}
    assert lines[CONVERSION] == [900, 250]
    assert lines[REVENUE] == [700]
    assert lines["audience today, 300"] == [300, 300]
    assert "No size of a test" in to_svg(sizes_of_test(table.assign(customers=np.nan), 300), "y")
