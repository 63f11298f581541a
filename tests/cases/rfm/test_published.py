from collections.abc import Callable
from pathlib import Path

import pandas as pd

from helpers.cases.rfm.published import clean_as_published, reproduction
from helpers.cases.rfm.sentences import on_published
from helpers.datasets.retail import read_retail
from helpers.datasets.retail_sample import generate_retail

SIZES = pd.DataFrame(
    {"segment": ["VIPs", "Hibernating"], "customers": [1064, 1226], "revenue": [6066424.79, 458918.9]}
)
GRID = pd.DataFrame(
    {"r1": [559, 151], "r2": [438, 272], "r3": [230, 150], "r4": [142, 137], "r5": [67, 122]},
    index=pd.Index([1, 2], name="frequency_score"),
)


def test_the_join_multiplies_lines_as_the_study_had_it(real_data: Callable[[str], Path]) -> None:
    audit = clean_as_published(read_retail(real_data("online_retail.parquet"), {})).audit
    rows = audit.set_index("step")["rows_after"]
    assert rows["cancellations split off"] == 527_390
    assert rows["cancellations joined many to many"] == 531_702
    assert audit["customers_after"].iloc[-1] == 4_322


def test_only_the_study_s_cleaning_of_its_data_is_compared(real_data: Callable[[str], Path]) -> None:
    sample = generate_retail(30, 1).lines
    assert reproduction(sample, "published", SIZES, GRID) == {}
    assert reproduction(read_retail(real_data("online_retail.parquet"), {}), "netted", SIZES, GRID) == {}


def test_the_study_s_figures_stand_beside_ours(real_data: Callable[[str], Path]) -> None:
    found = reproduction(read_retail(real_data("online_retail.parquet"), {}), "published", SIZES, GRID)
    segments = found["segments"].set_index(["figure", "segment"])
    assert segments.loc["customers", "published"].sum() == 4_248
    assert segments.loc["customers", "agrees"].loc[["VIPs", "Hibernating"]].tolist() == [True, False]
    assert found["grid"].groupby("frequency_score")["agrees"].all().tolist() == [True, True, False, False, False]
    said = on_published(found)
    assert "3 of 12 figures of the published segments are found again. So are 10 of 25 cells" in said
