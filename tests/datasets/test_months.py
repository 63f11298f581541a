import pandas as pd
import pytest

from helpers.datasets.dates import read_dates


@pytest.mark.parametrize(
    "text",
    ["4. Jänner 2022", "Di, 4. Jan. 2022", "4 janv. 2022", "4 de enero de 2022", "4 gennaio 2022", "4 ocak 2022",
     "4 января 2022", "2022年1月4日", "Tuesday, January 4, 2022", "4 styczeń 2022"],
)  # fmt: skip
def test_a_day_is_read_in_many_languages(text: str) -> None:
    assert read_dates(pd.Series([text]), "x.csv", "date").moments[0] == pd.Timestamp("2022-01-04")


def test_the_language_is_that_of_all_cells() -> None:
    texts = pd.Series(["5 listopadu 2022", "5 prosince 2022"])
    assert read_dates(texts, "x.csv", "date").moments.dt.month.tolist() == [11, 12]
