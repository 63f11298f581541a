"""How do the same expressions run on a cluster, when one machine is too small for the transactions?

Spark is an extra of this project and needs Java: `uv pip install --require-hashes -r requirements-spark.lock`.
"""

import os
import shutil
import sys
from typing import Any

import ibis

from helpers.errors import CasebookError

MASTER = "CASEBOOK_SPARK_MASTER"
LOCAL = "local[2]"
QUIET = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.log.level": "ERROR",
}
SMALL = {
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}


def missing_for_spark() -> str | None:
    """Return what Spark lacks on this machine, in words; None if nothing."""
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return "pyspark is not installed (requirements-spark.lock has it)"
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return "Java is not installed (version 17 is needed)"
    return None


def connect_spark() -> Any:
    """Return Ibis's connection to the Spark master that CASEBOOK_SPARK_MASTER names, by default on this machine.

    Raises
    ------
    CasebookError
        pyspark or Java is missing, or the master cannot be reached.
    """
    lacking = missing_for_spark()
    if lacking:
        raise CasebookError(f"engine='spark' cannot be used: {lacking}; engine='duckdb' needs neither")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return ibis.pyspark.connect(_session(os.environ.get(MASTER) or LOCAL))


def _session(master: str) -> Any:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("Customer Casebook")
    for name, value in (QUIET | (SMALL if master.startswith("local") else {})).items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:
        reason = str(error).splitlines()[0].rstrip(".")
        named = f"which {MASTER} names" if os.environ.get(MASTER) else "the default"
        raise CasebookError(f"there is no Spark at {master!r}, {named} ({reason})") from None
