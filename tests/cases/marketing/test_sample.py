import pandas as pd
import pytest

from helpers.cases.marketing.cleaning import clean, clean_as_published
from helpers.cases.marketing.features import customer_features
from helpers.cases.marketing.reader import SPENT_ON
from helpers.cases.marketing.sample import KINDS, SPENDING, generate_marketing


def test_the_same_seed_gives_the_same_rows_and_another_gives_others() -> None:
    one, same, other = (generate_marketing(80, seed).table for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not one.equals(other)


def test_the_cleaning_leaves_the_planted_households() -> None:
    planted = generate_marketing(3000, 4)
    audit = clean(planted.table, 200_000).audit
    assert audit["customers_after"].iloc[1] == 3000
    assert audit["values_changed"].iloc[3] == 2


@pytest.mark.parametrize("sample_size", [60, 1500])
def test_every_kind_of_dirt_that_the_audit_counts_is_there(sample_size: int) -> None:
    table = generate_marketing(sample_size, 1).table
    audit = clean(table, 200_000).audit.iloc[1:]
    assert ((audit["customers_before"] > audit["customers_after"]) | (audit["values_changed"] > 0)).all()
    assert clean_as_published(table, 200_000).audit["values_changed"].iloc[1] > 0
    if sample_size > 1000:
        assert {"Alone", "YOLO", "Absurd"} <= set(table["marital_status"])
        repeats = table.duplicated([name for name in table if name not in {"customer", "response"}], keep=False)
        assert repeats.sum() > table.drop(columns="customer").duplicated(keep=False).sum() > 0


def test_shares_and_spending_are_planted() -> None:
    planted = generate_marketing(20_000, 5)
    table = clean(planted.table, 200_000).table.dropna(subset="income")
    kinds = planted.kinds[table["customer"]].value_counts(normalize=True)
    assert kinds[KINDS.index].tolist() == pytest.approx(KINDS["share"].tolist(), abs=0.01)
    features = customer_features(table)
    parts = {
        "income": features["income"] / 1000,
        "kids_home": features["kids_home"],
        "teens_home": features["teens_home"],
        "tenure": features["tenure"] / 100,
        "partner": features["partner"],
    }
    mean = SPENDING["base"] + sum(SPENDING[name] * part for name, part in parts.items())
    assert (features["spent"] - mean).mean() == pytest.approx(0, abs=2)
    assert table[SPENT_ON].min(axis=None) >= 0
