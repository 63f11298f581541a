"""Databases that tests fill: SQLite and DuckDB always, PostgreSQL where CASEBOOK_TEST_POSTGRES names a server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pandas as pd
import pytest
from sqlalchemy import create_engine, make_url, types

from helpers.reporting.databases import transaction

POSTGRES, DATABASE = "CASEBOOK_TEST_POSTGRES", "CASEBOOK_TEST_DATABASE"
KINDS = ["sqlite", "duckdb", "postgresql"]


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """Give the URL of an empty database."""
    if kind != "postgresql":
        yield f"{kind}:///{folder}/casebook.{kind}"
        return
    if POSTGRES not in os.environ:
        pytest.skip(f"{POSTGRES} holds no URL of a PostgreSQL server")
    schema = f"test_{uuid4().hex}"
    with transaction(POSTGRES) as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    url = make_url(os.environ[POSTGRES]).update_query_dict({"options": f"-csearch_path={schema}"})
    yield url.render_as_string(hide_password=False)
    with transaction(POSTGRES) as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")


def fill(url: str, **tables: pd.DataFrame) -> None:
    """Put tables into a database, in the place of those that are there."""
    engine = create_engine(make_url(url.replace("postgresql:", "postgresql+psycopg:", 1)))
    with engine.begin() as connection:
        for name, frame in tables.items():
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
            frame.map(lambda value: str(value) if isinstance(value, Decimal) else value).to_sql(
                name, connection, index=False, dtype={"UnitPrice": types.Numeric(18, 4)}
            )
    engine.dispose()
