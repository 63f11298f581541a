import pandas as pd
import pytest

from helpers.cases.marketing.features import (
    FEATURES,
    clustering_inputs,
    customer_features,
    feature_table,
    names_of,
    once_each,
    predictor_sets,
    response_predictors,
)
from helpers.cases.marketing.sample import generate_marketing

TABLE = generate_marketing(50, 3).table


def test_every_feature_is_defined_and_computed() -> None:
    features = customer_features(TABLE)
    assert list(features) == list(FEATURES) == feature_table()["feature"].tolist()
    row, own = TABLE.iloc[7], features.iloc[7]
    assert own["age"] == TABLE["joined"].max().year - row["birth_year"]
    assert own["partner"] == int(row["marital_status"] in {"Married", "Together"})
    assert own["tenure"] == (TABLE["joined"].max() - row["joined"]).days
    assert own["promotions"] == sum(row[f"accepted_{number}"] for number in range(1, 6))
    assert own["spent"] == row[["wines", "fruits", "meat", "fish", "sweets", "gold"]].sum()
    assert own["children"] == row["kids_home"] + row["teens_home"]


def test_parts_keep_purchases_out_of_the_demographics() -> None:
    assert "spent" not in names_of("demographics", "behaviour", "purchases")
    assert names_of("purchases") == ["deals", "web_purchases", "catalog_purchases", "store_purchases"]
    assert "tenure" not in names_of("demographics")


def test_customers_alike_but_for_the_answer_count_once() -> None:
    features = customer_features(TABLE)
    double = features.iloc[[3]].assign(response=1 - features["response"].iloc[3]).rename(index=lambda _: "double")
    other = features.iloc[[3]].assign(spent=-1).rename(index=lambda _: "other")
    kept = once_each(pd.concat([once_each(features), double, other]))
    assert "double" not in kept.index
    assert "other" in kept.index


@pytest.mark.parametrize("with_spending", [True, False])
def test_inputs_are_comparable_and_without_gaps(with_spending: bool) -> None:
    features = customer_features(TABLE)
    features.iloc[0, features.columns.get_loc("income")] = None
    inputs = clustering_inputs(features, with_spending)
    assert inputs.notna().all(axis=None)
    assert ("spent" in inputs) == with_spending
    assert inputs.mean().abs().max() < 1e-9
    spread = inputs.std(ddof=0)
    assert spread[spread > 0].to_numpy() == pytest.approx(1)
    pd.testing.assert_index_equal(inputs.index, features.index)


def test_each_set_of_predictors_holds_the_one_before_and_never_the_spending() -> None:
    customers = once_each(customer_features(TABLE))
    sets = predictor_sets(customers)
    assert list(sets) == ["demographics", "behaviour", "purchases"]
    columns = [set(each) for each in sets.values()]
    assert columns[0] < columns[1] < columns[2]
    assert not any("spent" in each or "response" in each for each in columns)
    asked = response_predictors(customers)
    assert "spent" in asked
    assert "response" not in asked
