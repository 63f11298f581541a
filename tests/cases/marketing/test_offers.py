import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu

from helpers.cases.marketing import figures, offers
from helpers.cases.marketing.cleaning import clean
from helpers.cases.marketing.features import customer_features
from helpers.cases.marketing.sample import generate_marketing
from helpers.wording import money, plain

N = 600


def planted(seed: int, brings: float = 0.0) -> pd.DataFrame:
    """Return customers whose income decides on spending and promotions; a deal brings so much of a deviation."""
    rng = np.random.default_rng(seed)
    rich, deals = rng.normal(size=N), rng.poisson(2, N)
    frame = {"promotions": rng.binomial(5, 1 / (1 + np.exp(2 - rich))), "deals": deals, "income": rich}
    frame |= {"kids_home": rng.integers(0, 3, N), "teens_home": rng.integers(0, 3, N)}
    frame |= {"tenure": rng.integers(0, 700, N), "recency": rng.integers(0, 100, N)}
    return pd.DataFrame(frame).assign(spent=rich + brings * deals + rng.normal(size=N))


def test_customers_are_counted_by_how_often_they_used_what() -> None:
    customers = pd.DataFrame({"promotions": [0, 0, 1, 3], "deals": [0, 9, 7, 1], "spent": [1.0, 3, 5, 7]})
    table = offers.counts_of_use(customers)
    assert table[["offer", "times", "customers", "share", "spent"]].to_numpy().tolist() == [
        ["promotions", 0, 2, 0.5, 2.0],
        ["promotions", 1, 1, 0.25, 5.0],
        ["promotions", 3, 1, 0.25, 7.0],
        ["deals", 0, 1, 0.25, 1.0],
        ["deals", 1, 1, 0.25, 7.0],
        ["deals", offers.MOST, 2, 0.5, 4.0],
    ]
    titles = [ax.get_title() for ax in figures.use_of_offers(table, money("$")).axes]
    assert titles == ["Promotions", "Deals", "", ""]
    said = plain(offers.on_use(customers, 5)).replace("\u00a0", " ")
    assert said.startswith("Some customers accept promotions: 50 % accepted at least one of 5. Most")
    assert "cannot be compared" in said


def test_what_only_income_explains_is_told_apart_from_what_goes_with_spending_itself() -> None:
    rows = offers.what_goes_with_use(planted(1, brings=0.4)).set_index(["offer", "goes_with"])
    sure = rows["corrected"].lt(0.05)
    assert sure[sure].index.tolist() == [
        ("promotions", offers.SPENT),
        ("promotions", offers.SPENT_AT_ALL),
        *(("deals", name) for name in (offers.SPENT, offers.SPENT_AT_ALL, offers.SPENT_ALIKE)),
    ]
    assert rows["correlation"].between(rows["low"], rows["high"]).all()
    said = plain(offers.on_what_goes_with_use(rows.reset_index()))
    assert "accept promotions more often spend more" in said
    assert "among customers with the same income and children nothing is sure" in said
    assert "use deals more often spend more, also among customers with the same income and children." in said
    assert "Neither is surely used more by new customers" in said
    late = rows.assign(corrected=rows["corrected"].where(rows.index != ("deals", "tenure"), 0.01), correlation=-0.2)
    said = plain(offers.on_what_goes_with_use(late.reset_index()))
    assert "Those who use deals more often joined later." in said
    assert "Neither" not in said


def test_who_uses_none_is_told_apart_where_more_use_says_nothing() -> None:
    customers, rng = planted(1), np.random.default_rng(2)
    customers["deals"] = rng.permutation(customers["deals"].to_numpy())
    customers["spent"] += 1.5 * (customers["deals"] == 0) + 0.6 * customers["deals"].clip(upper=4)
    rows = offers.what_goes_with_use(customers).set_index(["offer", "goes_with"])
    users, others = (customers.loc[of, "spent"] for of in (customers["deals"] > 0, customers["deals"] == 0))
    p = mannwhitneyu(users, others).pvalue
    assert rows.loc[("deals", offers.SPENT_AT_ALL), "p_value"] == pytest.approx(p, rel=0.1)
    some = rows["corrected"].where(rows.index.get_level_values(0) != "deals", 0.9)
    some[("deals", offers.SPENT_AT_ALL)] = 0.01
    less = rows["correlation"].where(rows.index != ("deals", offers.SPENT_AT_ALL), -0.2)
    said = plain(offers.on_what_goes_with_use(rows.assign(corrected=some, correlation=less).reset_index()))
    assert "Customers who use deals at all spend less than the others; those who do so more often do not" in said


def test_use_that_knows_nothing_of_spending_is_seldom_said_to_go_with_it() -> None:
    """Measured: in 6 of 100 tables."""
    claims = 0
    for seed in range(12):
        table, rng = planted(seed), np.random.default_rng(seed)
        table[["promotions", "deals"]] = rng.permutation(table[["promotions", "deals"]].to_numpy())
        claims += (offers.what_goes_with_use(table)["corrected"] < 0.05).any()
    assert claims <= 2


def test_customers_who_use_nothing_are_no_fault() -> None:
    table = offers.what_goes_with_use(planted(1).assign(promotions=0, deals=1))
    assert table["p_value"].isna().all()
    assert "do not surely spend more or less" in offers.on_what_goes_with_use(table)


@pytest.mark.parametrize("sample_size", [25, 400])
def test_the_sample_is_enough(sample_size: int) -> None:
    customers = customer_features(clean(generate_marketing(sample_size, 1).table, 200_000).table)
    assert "nan" not in offers.on_what_goes_with_use(offers.what_goes_with_use(customers))
    assert offers.counts_of_use(customers).groupby("offer")["customers"].sum().eq(len(customers)).all()
