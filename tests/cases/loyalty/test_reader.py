from pathlib import Path

import pandas as pd
import pytest

from helpers.cases.loyalty.reader import read_loyalty
from helpers.cases.loyalty.sample import generate_loyalty
from helpers.datasets.retail import read_retail
from helpers.errors import CasebookError


def test_the_sample_is_the_planted_one() -> None:
    read = read_loyalty("sample", {}, 60, 1).order_by("row").execute()
    pd.testing.assert_frame_equal(read, generate_loyalty(60, 1).lines.order_by("row").execute())


def test_a_file_is_read_as_retail_whatever_the_size_and_seed(tmp_path: Path) -> None:
    path = tmp_path / "own.parquet"
    sample = read_loyalty("sample", {}, 60, 1)
    sample.drop("row").rename(bon="invoice").order_by("date", "bon", "product").to_parquet(path)
    columns = {"invoice": "bon"}
    lines = read_loyalty(str(path), columns, 5, 7)
    assert lines.schema() == sample.schema()
    pd.testing.assert_frame_equal(
        lines.order_by("row").execute(), read_retail(path, columns).order_by("row").execute()
    )
    with pytest.raises(CasebookError, match="lacks invoice"):
        read_loyalty(str(path), {}, 60, 1)
