"""The ways that are measured against each other must give the same numbers."""

from pathlib import Path

import pandas as pd

from benchmarks.health_single_view import by_expressions, by_pandas, by_sql
from helpers.cases.health.cleaning import clean_health
from helpers.cases.health.features import features
from helpers.cases.health.reader import read_health
from tests.cases.health.tables import write_dirty_sample


def test_expressions_sql_and_pandas_agree_on_dirty_rows(tmp_path: Path) -> None:
    folder = write_dirty_sample(tmp_path, 400)
    rows = pd.read_parquet(folder / "transactions.parquet")
    half_a_letter = rows["product_json"].str.contains("ud800", na=False)  # pandas cannot hold it
    of_python = rows["product_json"].str.contains("{'", regex=False, na=False)  # a fault to others
    rows[~half_a_letter & ~of_python].to_parquet(folder / "transactions.parquet", index=False)
    products = sorted(clean_health(read_health(folder, {})).lines["product"].execute().unique())
    ranges = pd.DataFrame({"product": products, "price_range": [f"Q{1 + n % 4}" for n in range(len(products))]})
    (folder / "truth").mkdir()
    ranges.to_parquet(folder / "truth" / "products.parquet")
    ours, audit = by_expressions(folder)
    for way in (by_sql, by_pandas):
        view, rows = way(folder)
        pd.testing.assert_frame_equal(view[features()["feature"]].astype(float), ours.astype(float), check_exact=True)
        assert rows == audit
