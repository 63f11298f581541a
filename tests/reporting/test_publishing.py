"""What is published: to SQLite and DuckDB always, to PostgreSQL where CASEBOOK_TEST_POSTGRES holds a server's URL."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pandas as pd
import pytest
from sqlalchemy import column, inspect, make_url, select, text

from helpers.errors import CasebookError
from helpers.reporting.databases import _masked, check_database, transaction
from helpers.reporting.kinds import csv_of, kinds_of
from helpers.reporting.publishing import publish
from tests.databases import DATABASE, KINDS, empty_database
from tests.house import Finished, House, case_script

CUSTOMERS = pd.DataFrame(
    {
        "customer": ["00123", "=1+1", "'@home"],
        "visits": [2**60 + 1, 3, 0],
        "spent at 5 %:a": [9.5, None, 0.25],
        "-who": ["NA", None, "\t"],
        "member": [True, False, None],
        "since": pd.to_datetime(["2011-12-09", None, "2011-01-04"]),
    }
)

pytestmark = pytest.mark.filterwarnings("ignore:duckdb-engine doesn't yet support reflection")


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the environment variable hold the URL of an empty database."""
    with empty_database(request.param, tmp_path) as url:
        monkeypatch.setenv(DATABASE, url)
        yield


def run_sql(statement: str, variable: str = DATABASE) -> None:
    with transaction(variable) as connection:
        connection.exec_driver_sql(statement)


def held(table: str) -> pd.DataFrame:
    with transaction(DATABASE) as connection:
        columns = [column(there["name"], there["type"]) for there in inspect(connection).get_columns(table)]
        return pd.read_sql_query(select(*columns).select_from(text(f'"{table}"')), connection)


def names() -> set[str]:
    with transaction(DATABASE) as connection:
        return set(inspect(connection).get_table_names())


def made_run(root: Path, day: int = 1, **tables: pd.DataFrame) -> Path:
    """Leave what publishing reads of a run of the case `shop` that was made on a day of March."""
    folder = root / "shop" / "default"
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        (folder / "tables" / f"{name}.csv").write_text(csv_of(frame), newline="")
    publishes = {name: kinds_of(frame) for name, frame in tables.items()}
    run = {
        "case": "shop",
        "run": "default",
        "made": f"2026-03-{day:02}T09:30:00+02:00",
        "inputs": {"parameters": "abc"},
    }
    (folder / "run.json").write_text(json.dumps(run | {"publishes": publishes}))
    return folder


@pytest.mark.usefixtures("database")
def test_values_come_back_as_they_were(tmp_path: Path) -> None:
    row, _ = publish(made_run(tmp_path, customers=CUSTOMERS), DATABASE)
    there = held("shop_customers")
    assert set(there.pop("publication")) == {row["publication"]}
    there = there.astype(object).where(there.notna(), None)
    assert there.to_dict("list") == CUSTOMERS.astype(object).where(CUSTOMERS.notna(), None).to_dict("list")


@pytest.mark.usefixtures("database")
def test_publishing_a_run_made_anew_keeps_both(tmp_path: Path) -> None:
    tables = {"customers": CUSTOMERS, "segments": CUSTOMERS[["customer"]].head(2)}
    (first, _), (second, _) = (publish(made_run(tmp_path, day, **tables), DATABASE) for day in (1, 2))
    assert UUID(first["publication"]) != UUID(second["publication"])
    publications = held("publications").set_index("publication")
    assert set(publications.index) == {first["publication"], second["publication"]}
    row = publications.loc[first["publication"]].to_dict()
    assert row.pop("published_at") <= publications.loc[second["publication"], "published_at"]
    assert row == {
        "case_study": "shop",
        "run": "default",
        "made": pd.Timestamp("2026-03-01 07:30"),
        "parameters": "abc",
        "row_count": 5,
    }
    assert held("shop_segments")["publication"].value_counts().to_dict() == dict.fromkeys(publications.index, 2)
    assert names() == {"publications", "shop_customers", "shop_segments"}


@pytest.mark.usefixtures("database")
def test_the_same_run_is_not_published_twice(tmp_path: Path) -> None:
    folder = made_run(tmp_path, customers=CUSTOMERS)
    (first, is_new), (again, is_new_again) = publish(folder, DATABASE), publish(folder, DATABASE)
    assert (is_new, is_new_again) == (True, False)
    assert (again["publication"], again["row_count"]) == (first["publication"], 3)
    assert len(held("publications")) == 1
    assert len(held("shop_customers")) == 3


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "is empty"),
        ("x" * 64, "is longer than 63 bytes"),
        ("Publication", "is like another one"),
        ("CUSTOMER", "is like another one"),
        ("a\x1bb", "holds a letter that cannot be shown"),
    ],
)
def test_a_strange_name_of_a_column_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, fault: str
) -> None:
    monkeypatch.setenv(DATABASE, f"sqlite:///{tmp_path}/casebook.sqlite")
    folder = made_run(tmp_path, customers=CUSTOMERS.assign(**{name: 1}))
    with pytest.raises(CasebookError, match=f"in shop_customers cannot be published: it {fault}"):
        publish(folder, DATABASE)
    assert names() == set()


@pytest.mark.parametrize("url", ["sqlite://", "duckdb:///:memory:", "duckdb:///{folder}/x.csv"])
def test_a_database_that_keeps_nothing_does_not_count_as_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n")
    monkeypatch.setenv(DATABASE, url.format(folder=tmp_path))
    with pytest.raises(CasebookError):
        publish(made_run(tmp_path, customers=CUSTOMERS), DATABASE)
    assert (tmp_path / "x.csv").read_text() == "a\n1\n"


@pytest.mark.usefixtures("database")
def test_a_new_column_is_added_and_one_that_is_gone_stays(tmp_path: Path) -> None:
    publish(made_run(tmp_path, customers=CUSTOMERS[["customer", "visits"]]), DATABASE)
    later, _ = publish(made_run(tmp_path, 2, customers=CUSTOMERS.drop(columns="visits")), DATABASE)
    there = held("shop_customers")
    new = there["publication"] == later["publication"]
    assert there.loc[new, "visits"].isna().all()
    assert sorted(there.loc[~new, "visits"]) == [0, 3, 2**60]
    assert there.loc[~new, "spent at 5 %:a"].isna().all()
    assert there.loc[new, "spent at 5 %:a"].sum() == 9.75


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("values", "error"),
    [
        ([3.0, None], None),
        ([None, None], None),
        ([1.5, None], "numbers"),
        (["00123", None], "text"),
        ([True, False], "true or false"),
    ],
)
def test_a_column_keeps_its_type(tmp_path: Path, values: list[object], error: str | None) -> None:
    publish(made_run(tmp_path, a=pd.DataFrame({"n": [1, 2]})), DATABASE)
    folder = made_run(tmp_path, 2, a=pd.DataFrame({"n": values}))
    if error is None:
        publish(folder, DATABASE)
        assert held("shop_a")["n"].count() == 2 + pd.Series(values).count()
        return
    with pytest.raises(CasebookError, match=f"'n' of shop_a is BIGINT in the .* not take the {error} of this run"):
        publish(folder, DATABASE)
    assert len(held("publications")) == 1


OBSTACLES = {
    "CREATE VIEW shop_b AS SELECT 1 AS n": "shop_b in the database is not ours: it has no column 'publication'",
    "CREATE TABLE shop_b (publication TEXT, n BIGINT, owner TEXT NOT NULL)": "(?i)not.null constraint",
}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_what_fails_half_way_leaves_nothing(tmp_path: Path, obstacle: str) -> None:
    """The tables `publications` and `shop_a` were already made and filled when `shop_b` fails."""
    run_sql(obstacle)
    before = names()
    frame = pd.DataFrame({"n": [1, 2], "new": [3, 4]})
    with pytest.raises(CasebookError, match=OBSTACLES[obstacle]):
        publish(made_run(tmp_path, a=frame, b=frame), DATABASE)
    assert names() == before
    run_sql("DROP VIEW shop_b" if "VIEW" in obstacle else "DROP TABLE shop_b")
    publish(made_run(tmp_path, a=frame, b=frame), DATABASE)
    assert len(held("shop_a")) == len(held("shop_b")) == 2


@pytest.mark.usefixtures("database")
def test_a_run_without_tables_to_publish_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CasebookError, match="the notebook names no table to publish"):
        publish(made_run(tmp_path), DATABASE)
    assert names() == set()


@pytest.mark.parametrize(
    ("url", "error"),
    [
        (
            None,
            "the environment variable CASEBOOK_TEST_DATABASE is not set. It must hold a URL like postgresql://user",
        ),
        ("hunter2", "CASEBOOK_TEST_DATABASE holds no URL that SQLAlchemy can read."),
        ("postgresql://me:hunter2@host:port/x", "CASEBOOK_TEST_DATABASE holds no URL that SQLAlchemy can read."),
        ("oracle9://me:hunter2@host/x", "names an unknown kind of database, 'oracle9'."),
        ("mysql+pymysql://me:hunter2@host/x", "asks for a driver that is not installed (No module named 'pymysql')."),
    ],
)
def test_a_url_that_cannot_serve_is_refused(monkeypatch: pytest.MonkeyPatch, url: str | None, error: str) -> None:
    if url:
        monkeypatch.setenv(DATABASE, url)
    with pytest.raises(CasebookError) as raised:
        check_database(DATABASE)
    assert error in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_a_url_in_the_place_of_a_name_is_not_repeated() -> None:
    with pytest.raises(CasebookError, match="it must be the name of an environment variable") as raised:
        check_database("postgresql://me:hunter2@host/x")
    assert "hunter2" not in str(raised.value)


def test_secrets_are_masked_however_they_are_written() -> None:
    typed = "postgresql://me:a%21b%2Fc@host/x?sslpassword=d+e"
    url = make_url(typed).set(drivername="postgresql+psycopg")
    text = f"no {typed}, {url.render_as_string(hide_password=False)}, a!b/c, a%21b%2Fc, d e, d+e"
    assert _masked(text, typed, url) == "no ***, ***, ***, ***, ***, ***"


def test_a_server_that_does_not_answer_is_told_without_the_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE, "postgresql://me:hunter2@127.0.0.1:1/x")
    with pytest.raises(CasebookError, match="Connection refused") as raised:
        publish(made_run(tmp_path, customers=CUSTOMERS), DATABASE)
    assert "hunter2" not in str(raised.value)


SHOP = (
    case_script("'the end'")
    .replace("k: int | None", "publish: str | None = None  # the database\nk: int | None")
    .replace('"Visits of the customers"', '"Visits of the customers", publish=True')
)
SECRET = "hunter2"


@pytest.fixture(scope="module")
def shop(module_house: House) -> Iterator[House]:
    """Give a house with a case that publishes to a SQLite file whose name is the secret."""
    module_house.add_case("shop", SHOP, nightly=f"publish: {DATABASE}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATABASE, f"sqlite:///{module_house.root}/{SECRET}.sqlite")
        yield module_house


@pytest.fixture(scope="module")
def nights(shop: House) -> list[Finished]:
    """Publish a run when it is made, not again when it is up to date, and again when it is made anew."""
    return [shop.run("-s", "nightly", *more) for more in ([], [], ["--force"])]


def test_a_run_is_published_whenever_it_is_made(nights: list[Finished]) -> None:
    assert [done.returncode for done in nights] == [0, 0, 0], nights[0].stderr
    first, second = held("publications").sort_values("published_at")["publication"]
    said = [
        f"published 3 rows as {first}",
        f"is published already, 3 rows as {first}",
        f"published 3 rows as {second}",
    ]
    for done, state, published in zip(nights, ["made in", "is up to date", "made in"], said, strict=True):
        assert f"shop/nightly: {state}" in done.stderr
        assert f"shop/nightly: {published}" in done.stderr
    visits = held("shop_visits")
    assert visits.groupby("publication").size().to_list() == [3, 3]
    assert visits["visits"].to_list() == [0.5] * 6


def test_the_secret_is_in_no_output(nights: list[Finished], shop: House) -> None:
    files = [path for path in shop.out().rglob("*") if path.is_file()]
    assert len(files) > 4
    assert not [path for path in files if SECRET in path.read_text()]
    assert not [done for done in nights if SECRET in done.stdout + done.stderr]


def test_a_publication_that_fails_is_told_and_the_report_stays_good(
    nights: list[Finished], shop: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE, f"sqlite:///{shop.root}/other.sqlite")
    run_sql("CREATE TABLE shop_visits (publication TEXT, owner TEXT NOT NULL)")
    done = shop.run("-s", "nightly")
    assert done.returncode == 1
    assert "shop/nightly: not published: IntegrityError: NOT NULL constraint failed: shop_visits.owner" in done.stderr
    assert "Traceback" not in done.stderr
    assert names() == {"shop_visits"}
    kept = {path.name for path in shop.out("shop", "nightly").iterdir()}
    assert kept == {"report.html", "notebook.ipynb", "tables", "run.json"}


def test_a_wish_to_publish_to_nowhere_is_refused_before_a_kernel_starts(
    shop: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DATABASE)
    done = shop.run("-s", "nightly", "-o", "nowhere")
    assert done.returncode == 2
    assert f"the environment variable {DATABASE} is not set" in done.stderr
    assert not (shop.root / "nowhere").exists()
