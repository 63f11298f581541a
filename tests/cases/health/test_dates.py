import ibis
import pandas as pd
import pytest

from helpers.cases.health.dates import AS_WRITTEN, DATINGS, OTHER_MONTH, SWAPPED, TEXT, UNREADABLE, with_date
from tests.cases.health.tables import DATES


def read(rows: list[tuple[str | None, str | None]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["payment_date", "export"]).astype("str").rename_axis("place").reset_index()
    connection = ibis.duckdb.connect()
    table = with_date(connection.create_table("rows", frame)).order_by("place").execute()
    return table.assign(dating=[DATINGS[place] for place in table["dating"]])


def test_dates_mean_what_their_export_says() -> None:
    table = read([(said, export) for said, export, _meant in DATES])
    meant = pd.to_datetime(pd.Series([meant for _said, _export, meant in DATES]))
    read_as = pd.to_datetime(table["date"])
    assert ((read_as == meant) | (read_as.isna() & meant.isna())).all()


@pytest.mark.parametrize(
    ("said", "export", "dating"),
    [
        ("2022-03-04", "2022-03", AS_WRITTEN),
        ("2022-03-03", "2022-03", AS_WRITTEN),
        ("2022-03-04", None, AS_WRITTEN),
        ("2022-03-04", "2022-04", SWAPPED),
        ("14/3/2022", None, SWAPPED),
        ("3/14/2022", "2022-03", TEXT),
        ("3/4/2022", None, TEXT),
        ("2022-03-31", "2022-04", OTHER_MONTH),
        ("2022-03-04", "2023-04", OTHER_MONTH),
        ("2022-02-30", "2022-02", UNREADABLE),
        ("3/4/22", "2022-03", UNREADABLE),
        ("9999-12-31", None, UNREADABLE),
        ("2022", None, UNREADABLE),
    ],
)
def test_how_a_date_was_read_is_told(said: str, export: str | None, dating: str) -> None:
    assert read([(said, export)])["dating"].tolist() == [dating]


def test_every_day_of_a_year_comes_back_however_a_spreadsheet_wrote_it() -> None:
    days = pd.Series(pd.date_range("2022-01-01", "2022-12-31"))
    swapped = days.dt.strftime("%Y-%d-%m").where(days.dt.day <= 12, days.dt.strftime("%m/%d/%Y"))
    table = read(list(zip(swapped, days.dt.strftime("%Y-%m"), strict=True)))
    assert (pd.to_datetime(table["date"]) == days).all()
    assert (table["dating"] == SWAPPED).sum() == 12 * 12 - 12
