import shutil

import pytest

from helpers.datasets import spark
from helpers.errors import CasebookError


def test_what_spark_lacks_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "missing_for_spark", lambda: "Java is not installed (version 17 is needed)")
    with pytest.raises(CasebookError, match=r"engine='spark' cannot be used: Java .*; engine='duckdb' needs n"):
        spark.connect_spark()


def test_java_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert spark.missing_for_spark() == "Java is not installed (version 17 is needed)"
