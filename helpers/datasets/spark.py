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
QUIET = {"spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC", "spark.log.level": "ERROR"}
SMALL = {"spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2"}
ALONE = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}


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

    CasebookError says that pyspark or Java is missing, or that the master cannot be reached.
    """
    lacking = missing_for_spark()
    if lacking:
        raise CasebookError(f"engine='spark' cannot be used: {lacking}; engine='duckdb' needs neither")
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    named = os.environ.get(MASTER)
    master = named or "local[2]"
    builder = SparkSession.builder.master(master).appName("Customer Casebook")
    for name, value in (QUIET | (SMALL | ALONE if master.startswith("local") else {})).items():
        builder = builder.config(name, value)
    try:
        return ibis.pyspark.connect(builder.getOrCreate())
    except Exception as error:
        reason = str(error).splitlines()[0].rstrip(".")
        how = f"which {MASTER} names" if named else "the default"
        raise CasebookError(f"there is no Spark at {master!r}, {how} ({reason})") from None
