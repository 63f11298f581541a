import numpy as np
import pandas as pd
import pytest

from helpers.models.clusters import agreement, kmeans
from helpers.models.scaling_comparison import compare_scalings
from helpers.models.subsample_sentences import on_scalings

RNG = np.random.default_rng(2)
GROUPS = np.repeat([1, 2], [1500, 500])
VIEW = pd.DataFrame(
    {
        "amount": RNG.lognormal(np.where(GROUPS == 1, 3, 5), 0.4),
        "visits": RNG.lognormal(np.where(GROUPS == 1, 1, 3), 0.4),
    }
)
WITH_OUTLIERS = VIEW.copy()
WITH_OUTLIERS.loc[:1, "amount"] = 1e6


def test_outliers_make_a_cluster_on_the_raw_scale_alone() -> None:
    table = compare_scalings(WITH_OUTLIERS, 2, 1).set_index("scale")
    assert table.loc["raw scale", "sizes"] == "1,998, 2"
    assert table.loc["raw scale", "extreme_share"] == 1
    assert table.loc["raw scale", "smallest_share"] == pytest.approx(2 / 2000)
    clipped = table.loc["clipped scale"]
    assert clipped["smallest"] == pytest.approx(500, abs=25)
    assert clipped["without_extremes"] > 0.95
    assert table.loc["raw scale", "without_extremes"] < 0.5
    assert "Raw scale" in on_scalings(table.reset_index())
    assert on_scalings(table.reset_index()).count("outliers make a cluster") >= 1


def test_agreement_is_with_the_first_scale() -> None:
    table = compare_scalings(VIEW, 2, 1, ways=("raw", "log"))
    standard = (VIEW - VIEW.mean()) / VIEW.std(ddof=0)
    logs = np.log1p(VIEW)
    logs = (logs - logs.mean()) / logs.std(ddof=0)
    expected = agreement(kmeans(logs, 2, 1), kmeans(standard, 2, 1))
    assert table["agreement"].tolist() == pytest.approx([1.0, expected])
