from collections.abc import Callable
from pathlib import Path

import pandas as pd

from helpers.cases.marketing.cleaning import clean, clean_as_published
from helpers.cases.marketing.reader import read_marketing
from helpers.cases.marketing.sample import generate_marketing

TABLE = generate_marketing(6, 2).table.drop_duplicates("birth_year").reset_index(drop=True)


def dirty() -> pd.DataFrame:
    """Return customers of whom one is repeated, one too old, one too rich and one of unknown income."""
    table = TABLE.head(4).assign(income=[50_000.0, 666_666, None, 40_000], birth_year=[1980, 1970, 1990, 1899])
    return pd.concat(
        [table, table.head(1).assign(customer="again", response=1 - table["response"].iloc[0])], ignore_index=True
    )


def test_every_step_is_named_and_counted() -> None:
    cleaned = clean(dirty(), 200_000)
    assert cleaned.audit["customers_after"].tolist() == [5, 4, 3, 3, 3]
    assert cleaned.audit["values_changed"].tolist() == [0, 0, 0, 1, 2]
    assert cleaned.table["income"].isna().tolist() == [False, True, True]
    assert cleaned.table["customer"].tolist() == TABLE["customer"].head(3).tolist()


def test_the_published_way_fills_in_the_mean_of_all_and_drops_the_highest() -> None:
    table = clean_as_published(dirty(), 200_000).table
    assert len(table) == 3
    assert 201_000 < (666_666 + 40_000 + 2 * 50_000) / 4 < 202_000
    assert table["income"].tolist() == [50_000, 40_000, 50_000]


def test_the_real_data(real_data: Callable[[str], Path]) -> None:
    raw = read_marketing(real_data("marketing_campaign.csv"), {})
    assert clean(raw, 200_000).audit["customers_after"].tolist() == [2240, 2039, 2036, 2036, 2036]
    published = clean_as_published(raw, 200_000)
    assert (len(published.table), published.audit["spent_after"].iloc[-1]) == (2239, 1_356_926)
