import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from helpers.cases.wine import mailing, offers
from helpers.cases.wine.methods import competing
from helpers.cases.wine.reader import WineOrders, read_wine
from helpers.cases.wine.sample import generate_wine
from helpers.models import rules
from helpers.models.recommenders.holdout import leave_one_out
from helpers.wording import percent

LIMITS = {"min_support": 0.05, "min_confidence": 0.5, "max_items": 2, "most": 1000}
METHODS = {method.name: method for method in competing(LIMITS, 3, seed=1)}


def found_rules(bought: pd.DataFrame) -> pd.DataFrame:
    itemsets = rules.frequent_itemsets(bought, 0.05, 2)
    tests = rules.fisher_tests(bought, itemsets, 2)
    table = rules.with_tests(rules.association_rules(itemsets, len(bought), 0.5), tests)
    table = rules.with_new_confidence(table, tests, len(bought))
    return table[table["q_value"] < 0.05]


def check(orders: WineOrders, name: str) -> pd.DataFrame:
    """Return the list by a method, with all that must be true of any list asked of it."""
    bought, method = offers.baskets(orders), METHODS[name]
    sure = found_rules(bought)
    chance = mailing.learn_chance(bought, method, 3, 2, seed=1)
    table = mailing.mailing_list(bought, method, 3, chance, sure, orders)
    assert not any(bought.loc[row.customer, row.product] for row in table.itertuples())
    assert not table.duplicated(["customer", "product"]).any()
    assert table.groupby("customer").size().max() <= 3
    assert table["chance"].is_monotonic_decreasing
    assert (table["chance"] > 1 / bought.shape[1]).all()
    assert (table["because"].str.len() > 0).all()
    for row in table[table["rule"].notna()].itertuples():
        assert sure.loc[row.rule, "antecedents"] <= set(bought.columns[bought.loc[row.customer]])
        assert {row.product} == set(sure.loc[row.rule, "consequents"])
        assert row.because.startswith(f"rule {row.rule}: ")
    alike = table[table["because"].str.contains("buyers? of .* bought it too, ") & table["rule"].isna()]
    for row in alike.itertuples():
        nearest = re.findall(r"buyers? of (.*) bought it too", row.because)[0]
        both, alone = (bought[nearest] & bought[row.product]).sum(), bought[nearest].sum()
        assert row.because.startswith(f"{percent(both / alone)} of the {alone} buyer")
        assert row.because.endswith(f"too, {percent(bought[row.product].mean())} of all")
        others = [[both, alone - both], [bought[row.product].sum() - both, 0]]
        others[1][1] = len(bought) - alone - others[1][0]
        assert fisher_exact(others, "greater").pvalue < 0.05
        assert bought.loc[row.customer, nearest]
    return table


@pytest.mark.parametrize("name", ["item similarity", "rules", "favourites of all"])
def test_each_line_is_new_to_the_customer_and_has_a_reason(name: str) -> None:
    table = check(generate_wine(150, 1).orders, name)
    if name == "rules":
        assert table["rule"].notna().any()
        without = table.loc[table["rule"].isna(), "because"]
        assert without.str.endswith("of all bought it").all(), "the rest of its list are the favourites"


def test_each_line_of_the_published_data(real_data: Callable[[str], Path]) -> None:
    table = check(read_wine(real_data("WineKMC.xlsx"), {}), "item similarity")
    assert table["customer"].nunique() > 90
    assert table.set_index("customer").loc["Garcia", "product"].tolist()[0] == "Champagne France"


@pytest.mark.parametrize("name", ["item similarity", "favourites of all"])
def test_so_many_lines_hit_as_were_expected_in_other_hidings(name: str) -> None:
    bought, method = offers.baskets(generate_wine(300, 2).orders), METHODS[name]
    chance = mailing.learn_chance(bought, method, 3, 3, seed=1)
    expected, hits = [], []
    for held in leave_one_out(bought, 3, seed=99):
        rows, columns, scores = mailing._first(held.known, held.asked, method, 3)
        expected.append(chance(scores))
        hits.append(np.asarray(held.relevant[rows, columns]).ravel())
    expected, hits = np.concatenate(expected), np.concatenate(hits)
    assert hits.mean() == pytest.approx(expected.mean(), rel=0.15)
    likely = expected > np.median(expected)
    assert hits[likely].mean() == pytest.approx(expected[likely].mean(), rel=0.2)
    assert hits[likely].mean() > 1.3 * hits[~likely].mean()


def test_the_method_is_the_one_with_most_hits_over_these_items() -> None:
    table = pd.DataFrame({"items": ["a", "a", "b"], "method": ["x", "y", "x"], "value": [0.2, 0.3, 0.9]})
    unsure = table.assign(gain=[0.05, 0.15, 0.1], q_value=[0.2, 0.1, 0.01])
    assert mailing.best_method(unsure, "a")["method"] == "y"
    assert mailing.best_method(unsure.assign(q_value=[0.01, 0.1, 0.01]), "a")["method"] == "x", "y may be luck"
    assert mailing.best_method(unsure.assign(q_value=0.01), "a")["method"] == "y"


def test_months_and_quarters_by_hand() -> None:
    orders = generate_wine(30, 1).orders
    few = orders.offers.head(3).assign(product=["m", "m", "n"], month=["May", "March", "June"], offer=[1, 2, 3])
    taken = pd.DataFrame({"customer": ["a", "a", "b", "c"], "offer": [1, 2, 1, 3]})
    small = WineOrders(few, taken, orders.audit)
    assert mailing.first_months(small).to_dict() == {"m": "March", "n": "June"}
    mails = pd.DataFrame({"customer": [1, 1, 2, 3], "next_campaign": ["June", "July", "December", "January"]})
    assert mailing.best_start(mails, 3) == ("November", 2)
    assert mailing.best_start(mails, 1) == ("January", 1)
