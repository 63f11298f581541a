"""The same expressions on DuckDB and on a local Spark give the same values."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers.cases.health.cleaning import CleanHealth, clean_health
from helpers.cases.health.features import single_view
from helpers.cases.health.membership import near_duplicates
from helpers.cases.health.options import Engine
from helpers.cases.health.pricing import price_ranges, product_prices
from helpers.cases.health.reader import read_health
from helpers.datasets.spark import missing_for_spark
from tests.cases.health.tables import write_dirty_sample

LACKING = missing_for_spark()
pytestmark = pytest.mark.skipif(LACKING is not None, reason=LACKING or "")


QUICK = {  # what a few rows need: less to prepare before each query
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}


@pytest.fixture(scope="module", autouse=True)
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have Spark's settings in a file of its own, which it reads when it starts."""
    folder = tmp_path_factory.mktemp("spark")
    (folder / "spark-defaults.conf").write_text("".join(f"{name} {value}\n" for name, value in QUICK.items()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(folder))
        yield


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[CleanHealth]:
    folder: Path = write_dirty_sample(tmp_path_factory.mktemp("dirty"))
    engines: list[Engine] = ["duckdb", "spark"]
    return [clean_health(read_health(folder, {}, engine)) for engine in engines]


def test_the_engines_are_two(both: list[CleanHealth]) -> None:
    assert [clean.transactions.get_backend().name for clean in both] == ["duckdb", "pyspark"]


@pytest.mark.parametrize("name", ["audit", "json_faults", "dates", "months", "set_to_zero", "payers"])
def test_the_cleaning_counts_the_same(both: list[CleanHealth], name: str) -> None:
    pd.testing.assert_frame_equal(getattr(both[1], name), getattr(both[0], name), check_dtype=False, check_exact=True)


def test_the_lines_are_the_same(both: list[CleanHealth]) -> None:
    duckdb, spark = (clean.lines.order_by("transaction", "product").execute() for clean in both)
    for lines in (duckdb, spark):
        lines["date"] = pd.to_datetime(lines["date"]).dt.date
    pd.testing.assert_frame_equal(spark, duckdb, check_dtype=False)


def test_the_prices_are_the_same(both: list[CleanHealth]) -> None:
    duckdb, spark = (product_prices(clean.lines) for clean in both)
    pd.testing.assert_frame_equal(spark, duckdb, check_dtype=False)


def test_the_single_view_is_the_same_value_for_value(both: list[CleanHealth]) -> None:
    ranges = price_ranges(product_prices(both[0].lines))
    start, end = date(2022, 1, 1), date(2023, 4, 1)
    duckdb, spark = (single_view(clean.transactions, clean.members, ranges, start, end) for clean in both)
    assert len(duckdb) > 50
    pd.testing.assert_frame_equal(spark, duckdb, check_dtype=False, check_exact=True)


def test_near_duplicates_are_the_same(both: list[CleanHealth]) -> None:
    duckdb, spark = (near_duplicates(clean.members, clean.transactions) for clean in both)
    assert spark["member"].tolist() == duckdb["member"].tolist()
