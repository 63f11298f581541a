import json
import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from helpers.datasets import retail, retail_cleaning, retail_sample
from helpers.errors import CasebookError
from helpers.reporting.freshness import data_fingerprint
from helpers.reporting.requests import Wish, requests_of
from helpers.reporting.snapshots import Snapshot, take
from tests.databases import DATABASE, KINDS, empty_database, fill
from tests.house import House, case_script, make_report

pytestmark = pytest.mark.filterwarnings("ignore:duckdb-engine doesn't yet support reflection")
SECRET = "s3cr3t"
HEADINGS = {name: headings[0] for name, headings in retail.LINES.columns.items()}


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Let the environment variable hold the URL of a database with a table of lines and one of something else."""
    with empty_database(request.param, tmp_path) as there:
        monkeypatch.setenv(DATABASE, there)
        fill(there, lines=_lines(), shops=pd.DataFrame({"shop": ["A"], "percent %:a": [1.5]}))
        yield there


def _lines() -> pd.DataFrame:
    lines = retail_sample.generate_retail(30, 1).lines.order_by("row").drop("row").execute()
    return lines.rename(columns=HEADINGS)


def _taken(**more: str | None) -> Snapshot:
    return take(f"env:{DATABASE}", more.get("query"), [], lambda path: retail.check_retail(path, {}))


def _request(*params: str) -> tuple[Path, ...]:
    wish = Wish(("rfm", "loyalty"), params=(f"data=env:{DATABASE}", *params))
    first, second = requests_of(wish)
    assert first.files == second.files, "it is read once for both"
    assert first.parameters["data"] == f"env:{DATABASE}"
    return first.files


def test_a_database_gives_the_same_tables_as_the_file(url: str, tmp_path: Path) -> None:
    _lines().to_csv(tmp_path / "lines.csv", index=False)
    read = [retail.read_retail(place, {}) for place in (tmp_path / "lines.csv", _taken().folder)]
    audits = [retail_cleaning.clean(lines, r"\D*|C2|gift_.*").audit.to_csv() for lines in read]
    assert audits[0] == audits[1]
    of_file, of_database = (lines.order_by("row").execute().to_csv() for lines in read)
    assert of_file == of_database


@pytest.mark.slow
def test_a_report_of_a_database_has_the_same_tables_as_that_of_the_file(url: str, tmp_path: Path) -> None:
    _lines().to_csv(tmp_path / "lines.csv", index=False)
    quick = {"n_stability": 3, "n_references": 2, "n_bootstrap": 200}
    of_file, of_database = (
        make_report("rfm", tmp_path / name, quick | {"data": data}) / "tables"
        for name, data in [("file", f"{tmp_path}/lines.csv"), ("database", f"env:{DATABASE}")]
    )
    tables = sorted(path.name for path in of_file.glob("*.csv"))
    assert tables == sorted(path.name for path in of_database.glob("*.csv"))
    different = [name for name in tables if (of_file / name).read_bytes() != (of_database / name).read_bytes()]
    assert set(different) <= {"reading.csv"}, "only what is told of the reading names the file"


@pytest.mark.usefixtures("url")
def test_only_the_tables_that_are_needed_are_kept_and_by_their_owner_alone() -> None:
    snapshot = _taken()
    assert [file.name for file in snapshot.folder.iterdir()] == ["lines.parquet"]
    assert snapshot.source == f"env:{DATABASE} (lines)"
    assert snapshot.folder.stat().st_mode & 0o777 == 0o700
    assert snapshot.files[0].stat().st_mode & 0o777 == 0o600


def test_what_changes_in_the_database_makes_a_report_stale(url: str) -> None:
    before, again = data_fingerprint(_request()), data_fingerprint(_request())
    fill(url, shops=pd.DataFrame({"shop": ["B"]}))
    assert data_fingerprint(_request()) == again == before
    fill(url, lines=_lines().iloc[:-1])
    assert data_fingerprint(_request()) != before


@pytest.mark.usefixtures("url")
def test_a_query_is_taken_as_it_stands() -> None:
    snapshot = _taken(query="SELECT \"percent %:a\", 'a%:b' AS b FROM shops WHERE shop LIKE 'A%';")
    assert pq.read_table(snapshot.files[0]).to_pydict() == {"percent %:a": [1.5], "b": ["a%:b"]}
    (file,) = _request('query=SELECT * FROM lines WHERE "Country" IS NOT NULL')
    assert file.name == "query.parquet"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * FROM nowhere", "cannot be read"),
        ("DROP TABLE shops", "cannot be read"),
        ("CREATE TABLE more AS SELECT 1 AS one", "cannot be read"),
        ("SELECT 1 AS one, 2 AS one", "has two columns 'one': name one of them by AS"),
    ],
)
@pytest.mark.usefixtures("url")
def test_what_cannot_be_asked_is_said(query: str, message: str) -> None:
    with pytest.raises(CasebookError, match=message) as error:
        _taken(query=query)
    assert f"data=env:{DATABASE}" in str(error.value)
    assert pq.read_table(_taken(query="SELECT shop FROM shops").files[0]).to_pydict() == {"shop": ["A"]}


def test_a_table_that_is_not_there_is_asked_for_by_its_headings(url: str) -> None:
    fill(url, lines=_lines().rename(columns={"InvoiceDate": "Datum"}))
    with pytest.raises(CasebookError, match=rf"data=env:{DATABASE}: no table .* lacks date"):
        _taken()
    requests = requests_of(Wish(("rfm",), params=(f"data=env:{DATABASE}", "columns={date: Datum}")))
    assert [file.stem for file in requests[0].files] == ["lines"]


def test_columns_of_many_types_are_texts(url: str) -> None:
    fill(url, shops=pd.DataFrame({"id": [1, 2]}))
    query = "SELECT id, CASE WHEN id = 1 THEN NULL ELSE 2.5 END AS half, NULL AS none FROM shops ORDER BY id"
    kept = pq.read_table(_taken(query=query).files[0]).to_pandas()
    assert kept["id"].tolist() == [1, 2]
    assert (float(kept["half"][1]), kept["none"].isna().all()) == (2.5, True)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (f"postgresql://anna:{SECRET}@nowhere/shop", "a URL may hold a secret"),
        (f"https://nowhere/sales.parquet?X-Amz-Signature={SECRET}", "duckdb:///:memory:"),
        (f"s3://{SECRET}/sales.parquet", "read_parquet"),
        ("env:CASEBOOK_NOT_SET", "the environment variable CASEBOOK_NOT_SET is not set"),
        ("env:" + SECRET + "://", "it must be the name of an environment variable"),
        ("env:CASEBOOK_UNREACHABLE", "data=env:CASEBOOK_UNREACHABLE cannot be read"),
    ],
)
def test_what_is_no_database_is_said_without_secrets(
    monkeypatch: pytest.MonkeyPatch, value: str, message: str
) -> None:
    monkeypatch.setenv("CASEBOOK_UNREACHABLE", f"sqlite:////nowhere/{SECRET}.sqlite")
    with pytest.raises(CasebookError, match=message) as error:
        requests_of(Wish(("rfm",), params=(f"data={value}",)))
    assert SECRET not in str(error.value)


def test_duckdb_reads_parquet_wherever_it_can_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE, "duckdb:///:memory:")
    for year, part in _lines().groupby(lambda row: row % 2):
        part.to_parquet(tmp_path / f"part-{year}.parquet")
    parts = f"query=SELECT * FROM read_parquet('{tmp_path}/*.parquet')"
    (file,) = _request(parts)
    assert len(pd.read_parquet(file)) == len(_lines())


def test_a_query_without_a_database_is_refused() -> None:
    with pytest.raises(CasebookError, match="query is for a database, and data is sample: say data=env:NAME too"):
        requests_of(Wish(("rfm",), params=("query=SELECT 1",)))


def test_a_report_tells_of_the_database_and_of_no_secret(tmp_path: Path) -> None:
    house, url = House(tmp_path), f"sqlite:///{tmp_path}/{SECRET}.sqlite"
    fill(url, visits=pd.DataFrame({"visits": [1, 2, 4]}))
    script = "print(data)\ntotal = pd.read_parquet(data)['visits'].sum()\nmetric(total=total)"
    query = 'query: str | None = None\ndata: str = "sample"'
    house.add_case("shop", case_script(script).replace('data: str = "sample"', query))
    os.environ["CASEBOOK_SHOP"] = url
    done = house.run("shop", "-p", "data=env:CASEBOOK_SHOP", "-p", "query=SELECT * FROM visits", "--name", "run")
    del os.environ["CASEBOOK_SHOP"]
    assert done.returncode == 0, done.stderr
    run = json.loads(house.out("shop", "run", "run.json").read_text())
    assert run["metrics"]["total"] == 7
    assert run["data"]["source"] == "env:CASEBOOK_SHOP (query)"
    assert run["parameters"]["data"] == "env:CASEBOOK_SHOP"
    told = [file.read_text() for file in house.out("shop", "run").rglob("*") if file.is_file()]
    assert not [text for text in told if SECRET in text or "casebook-snapshot" in text]
