"""Which database does an environment variable mean, and how does what it says stay secret?"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from helpers.errors import CasebookError, nearest

LIKE = "postgresql://user:password@host/database, sqlite:////folder/file.sqlite or duckdb:////folder/file.duckdb"


def check_database(variable: str) -> None:
    """Raise CasebookError where the environment variable holds no URL that could be connected to."""
    _engine(variable, f"publish={variable}", reads=False).dispose()


@contextmanager
def transaction(variable: str) -> Iterator[Connection]:
    """Give a connection whose work is kept as a whole or not at all, by the environment variable that holds the URL.

    Whatever goes wrong raises CasebookError, in a sentence without the secrets of the URL.
    """
    engine = _engine(variable, f"publish={variable}", reads=False)
    with _secretly(variable, "", engine), engine.begin() as connection:
        yield connection


@contextmanager
def reading(variable: str) -> Iterator[Connection]:
    """Give a connection that sees one state of a database and cannot change it, as `transaction` does."""
    engine = _engine(variable, f"data=env:{variable}", reads=True)
    options: dict[str, Any] = {"stream_results": True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with _secretly(variable, f"data=env:{variable} cannot be read: ", engine), engine.connect() as connection:
        yield connection.execution_options(**options)


@contextmanager
def _secretly(variable: str, doing: str, engine: Engine) -> Iterator[None]:
    try:
        yield
    except CasebookError:
        raise
    except Exception as error:
        typed = os.environ[variable]
        raise CasebookError(doing + _masked(_reason(error), typed, make_url(typed))) from None
    finally:
        engine.dispose()


def _engine(variable: str, said: str, reads: bool) -> Engine:
    typed = _typed(variable, said)
    try:
        url = make_url(typed)
        driver = "postgresql+psycopg" if url.drivername == "postgresql" else url.drivername
        engine = create_engine(**_target(url.set(drivername=driver), reads), hide_parameters=True)
    except NoSuchModuleError:
        raise _refusal(variable, said, f"names an unknown kind of database, {driver!r}") from None
    except ImportError as error:
        raise _refusal(variable, said, f"asks for a driver that is not installed ({error})") from None
    except (ArgumentError, TypeError, ValueError):
        raise _refusal(variable, said, "holds no URL that SQLAlchemy can read") from None
    if engine.dialect.name == "sqlite" and not reads:
        _let_sqlite_undo_tables(engine)
    return engine


def _target(url: URL, reads: bool) -> dict[str, Any]:
    """Return what an engine is made of; a file that is read must be there, and stays as it is."""
    if reads and url.get_backend_name() == "sqlite" and url.database:
        file = f"file:{quote(str(Path(url.database).absolute()))}"
        return {"url": url.set(database=file).update_query_dict({"mode": "ro", "uri": "true"})}
    if reads and url.get_backend_name() == "duckdb" and url.database not in (None, "", ":memory:"):
        return {"url": url, "connect_args": {"read_only": True}}
    return {"url": url}


def _typed(variable: str, said: str) -> str:
    if not re.fullmatch(r"[A-Za-z_]\w*", variable):
        name = said.partition("=")[0]
        raise CasebookError(
            f"{name} is not allowed: it must be the name of an environment variable that holds a URL, not the URL"
        )
    if not os.environ.get(variable):
        guess = nearest(variable, os.environ)
        raise _refusal(variable, said, "is not set", f" Did you mean {guess}?" if guess else "")
    return os.environ[variable]


def _refusal(variable: str, said: str, why: str, hint: str = "") -> CasebookError:
    return CasebookError(
        f"{said} is not allowed: the environment variable {variable} {why}. It must hold a URL like {LIKE}.{hint}"
    )


def _let_sqlite_undo_tables(engine: Engine) -> None:
    """Begin transactions ourselves: Python's sqlite3 begins none before it makes or changes a table."""

    @event.listens_for(engine, "connect")
    def _(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _reason(error: BaseException) -> str:
    while error.__cause__:
        error = error.__cause__
    said = str(error).strip().splitlines() or ["no reason was given"]
    return f"{type(error).__name__}: {said[0]}"


def _masked(text: str, typed: str, url: URL) -> str:
    """Return the text without the URL, its password and the values of its options."""
    values = [value for option in url.normalized_query.values() for value in option]
    plain = [typed, url.render_as_string(hide_password=False), str(url.password or ""), *values]
    secrets = {form for secret in plain for form in (secret, quote(secret, safe=""), quote_plus(secret)) if form}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
