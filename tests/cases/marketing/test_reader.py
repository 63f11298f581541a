from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from helpers.cases.marketing.reader import (
    COLUMNS,
    check_marketing,
    data_dictionary,
    digest,
    is_published,
    read_marketing,
)
from helpers.cases.marketing.sample import generate_marketing
from helpers.datasets.notes import SET_ASIDE, set_aside, told
from helpers.errors import CasebookError

HEADINGS = COLUMNS["heading"].to_dict()


def as_file(n: int = 40) -> pd.DataFrame:
    """Return customers under the headings of the published file, with day-first dates."""
    table = generate_marketing(n, 1).table
    table = table.assign(joined=table["joined"].dt.strftime("%d-%m-%Y"), contact_cost=3, answer_revenue=11)
    return table.rename(columns=HEADINGS)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_separator_and_both_orders_of_dates_give_the_same_table(tmp_path: Path, separator: str) -> None:
    frame = as_file()
    frame.to_csv(tmp_path / "x.csv", sep=separator, index=False)
    iso = frame.assign(Dt_Customer=pd.to_datetime(frame["Dt_Customer"], format="%d-%m-%Y").dt.strftime("%Y-%m-%d"))
    iso.to_csv(tmp_path / "iso.csv", sep=separator, index=False)
    one, other = (read_marketing(tmp_path / name, {}) for name in ("x.csv", "iso.csv"))
    pd.testing.assert_frame_equal(one, other)
    assert digest(one) == digest(generate_marketing(40, 1).table)


def test_a_workbook_gives_the_same_table(tmp_path: Path) -> None:
    frame = as_file()
    frame.to_csv(tmp_path / "x.csv", index=False)
    dates = pd.to_datetime(frame["Dt_Customer"], format="%d-%m-%Y")
    frame.assign(Dt_Customer=dates, ID=frame["ID"].astype(int)).to_excel(tmp_path / "x.xlsx", index=False)
    assert digest(read_marketing(tmp_path / "x.xlsx", {})) == digest(read_marketing(tmp_path / "x.csv", {}))


def test_a_column_of_dates_that_can_be_read_both_ways_is_refused(tmp_path: Path) -> None:
    as_file().assign(Dt_Customer="04-09-2012").to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(CasebookError, match=r"no row tells whether day or month comes first, as in '04-09-2012'"):
        read_marketing(tmp_path / "x.csv", {})


@pytest.mark.parametrize(
    ("heading", "value", "message"),
    [
        (
            "Income",
            -1,
            "column 'income', row 4: -1 is not allowed, it must be a number from 0 to 1,000,000,000,000, or",
        ),
        ("Income", float("inf"), r"column 'income', row 4: inf is not allowed"),
        ("MntWines", 1e300, r"column 'wines', row 4: 1e\+300 is not allowed"),
        ("Response", 2, r"column 'response', row 4: 2 is not allowed, it must be 0 or 1"),
        ("Year_Birth", 70, r"column 'birth_year', row 4: 70 is not allowed, it must be a year"),
        ("MntWines", "much", r"column 'wines'.*'much' is not allowed"),
        ("Dt_Customer", None, r"column 'joined', row 4: an empty cell"),
        ("Dt_Customer", "31-12-9999", r"column 'joined', row 4: '31-12-9999' is not allowed.*from 1900 to 2100"),
        ("Dt_Customer", "soon", r"column 'joined', row 4: 'soon' is not allowed"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, heading: str, value: object, message: str) -> None:
    frame = as_file().astype({heading: object})
    frame.loc[2, heading] = value
    frame.to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(CasebookError, match=message):
        read_marketing(tmp_path / "x.csv", {})


def test_a_missing_column_is_named_and_the_two_constants_may_be_absent(tmp_path: Path) -> None:
    as_file().drop(columns=["Z_CostContact", "Z_Revenue"]).to_csv(tmp_path / "x.csv", index=False)
    assert check_marketing(tmp_path / "x.csv", {}) == [tmp_path / "x.csv"]
    as_file().drop(columns="MntFishProducts").to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(CasebookError, match="lacks fish"):
        check_marketing(tmp_path / "x.csv", {})


def test_the_dictionary_tells_meaning_missing_share_and_range() -> None:
    table = data_dictionary(generate_marketing(200, 1).table).set_index("column")
    assert len(table) == 27
    assert table.loc["income", "missing_share"] > 0
    assert table.loc["income", "highest"] == "666,666"
    assert table.loc["birth_year", "highest"].isdigit()
    assert table.loc["education", "highest"] == "Graduation"
    assert (table["meaning"] != "").all()


def test_the_published_data_are_known(real_data: Callable[[str], Path]) -> None:
    table = read_marketing(real_data("marketing_campaign.csv"), {})
    assert is_published(table)
    assert (len(table), table["income"].isna().sum(), table["joined"].max()) == (2240, 24, pd.Timestamp("2014-06-29"))
    assert not is_published(table.head(100))


def as_on_kaggle(frame: pd.DataFrame) -> pd.DataFrame:
    """Return customers as a spreadsheet's copy of the published file has them, shuffled, with one column more."""
    money = frame["Income"].map("${:,.2f} ".format, na_action="ignore")
    days = pd.to_datetime(frame["Dt_Customer"], format="%d-%m-%Y").dt.strftime("%-m/%-d/%y")
    copy = frame.assign(Income=money, Dt_Customer=days, Country="SP").drop(columns=["Z_CostContact", "Z_Revenue"])
    return copy.rename(columns={"Income": " Income "}).sample(frac=1, random_state=1)


def test_a_copy_with_dollars_and_american_dates_is_the_same_table(tmp_path: Path) -> None:
    as_file().to_csv(tmp_path / "x.csv", index=False)
    as_on_kaggle(as_file()).to_csv(tmp_path / "copy.csv", index=False)
    assert digest(read_marketing(tmp_path / "copy.csv", {})) == digest(read_marketing(tmp_path / "x.csv", {}))


def test_the_published_customers_are_known_in_the_copy(real_data: Callable[[str], Path], tmp_path: Path) -> None:
    frame = pd.read_csv(real_data("marketing_campaign.csv"), sep="\t")
    as_on_kaggle(frame).to_csv(tmp_path / "copy.csv", index=False)
    assert is_published(read_marketing(tmp_path / "copy.csv", {}))


def test_few_rows_that_cannot_be_read_may_be_set_aside(tmp_path: Path) -> None:
    frame = as_file().astype({"Kidhome": object})
    frame.loc[[2, 5], "Kidhome"] = "many"
    frame.to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(CasebookError, match="row 4: 'many' is not allowed"):
        read_marketing(tmp_path / "x.csv", {}, unreadable=1)
    assert len(read_marketing(tmp_path / "x.csv", {}, unreadable=2)) == len(frame) - 2
    assert told().set_index("what").loc[SET_ASIDE, "count"] == set_aside() == 2
