import numpy as np
import pandas as pd

from helpers.figures.lifetime_value.baselines import decile_plot, forecasts
from helpers.models.lifetime_value.baselines import PREDICTORS, SAME, SCALED
from helpers.wording import money


def test_every_forecast_has_its_line_but_the_scaled_one() -> None:
    table = pd.DataFrame({"predictor": PREDICTORS})
    for name in ("rank_correlation", "top_share"):
        table[name] = np.linspace(0.5, -0.1, len(table))
        table[[f"{name}_low", f"{name}_high"]] = table[[name, name]].to_numpy() + np.array([-0.1, 0.1])
    table.loc[table["predictor"] == SAME, [name for name in table if name.startswith("rank")]] = np.nan
    ranks, shares = forecasts(table).axes
    assert [label.get_text() for label in ranks.get_yticklabels()] == [p for p in PREDICTORS if p != SCALED]
    assert ranks.get_title() == "Rank correlation"
    assert shares.get_title() == "Spend of the first 10\xa0%"


def test_the_deciles() -> None:
    table = pd.DataFrame(
        {"decile": range(1, 4), "predicted": [9.0, 5, 1], "actual": [7.0, 6, 2], "low": 1.0, "high": 9.0}
    )
    ax = decile_plot(table, money("£")).axes[0]
    assert list(ax.get_lines()[0].get_ydata()) == [9, 5, 1]
