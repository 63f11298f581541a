from collections.abc import Callable
from pathlib import Path

from helpers.cases.rfm.published import clean_as_published, published
from helpers.datasets.retail import read_retail


def test_the_join_multiplies_lines_as_the_study_had_it(real_data: Callable[[str], Path]) -> None:
    audit = clean_as_published(read_retail(real_data("online_retail.parquet"), {})).audit
    rows = audit.set_index("step")["rows_after"]
    assert rows["cancellations split off"] == 527_390
    assert rows["cancellations joined many to many"] == 531_702
    assert audit["customers_after"].iloc[-1] == 4_322


def test_what_the_study_printed_is_read() -> None:
    assert published("segments")["customers"].sum() == 4_248
    assert published("grid").shape == (5, 6)
