import pandas as pd
import pytest

from helpers.cases.marketing import statements
from helpers.cases.marketing.features import customer_features
from helpers.cases.marketing.profiling import cluster_profiles, cluster_table
from helpers.cases.marketing.sample import generate_marketing
from helpers.features.reproduction import read_published


@pytest.fixture(scope="module")
def parts() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series, pd.DataFrame]:
    raw = generate_marketing(300, 1).table
    customers = customer_features(raw)
    clusters = pd.Series([0, 1, 2, 3] * len(customers), name="cluster")[: len(customers)].set_axis(customers.index)
    return raw, customers, clusters, cluster_table(customers, clusters, cluster_profiles(customers, clusters, str))


def test_every_measure_of_a_statement_is_known(parts: tuple) -> None:
    table = statements.statements(*parts)
    assert table["ours"].notna().equals(table["measure"] != "")
    assert table["agrees"].isna().equals(table["measure"] == "")
    assert table.loc[table["measure"] == "", "note"].ne("").all()
    ranges = table.loc[table["measure"] != "", ["true_from", "true_to"]]
    assert ranges.notna().any(axis="columns").all()
    assert not (ranges["true_from"] > ranges["true_to"]).any()


def test_the_measures_are_those_of_the_clusters(parts: tuple) -> None:
    raw, customers, clusters, summary = parts
    measured = statements.of_clusters(customers, clusters, summary)
    own = customers[clusters == 2]
    assert measured["2", "deals against the mean"] == pytest.approx(own["deals"].mean() / customers["deals"].mean())
    assert measured["2", "share with two or more"] == (own["children"] >= 2).mean()
    assert measured["2", "upper quartile of age"] == own["age"].quantile(0.75) + 7
    means = customers["spent"].groupby(clusters).mean()
    assert measured[str(means.idxmax()), "rank by spent"] == 1
    everybody = statements.of_everybody(raw, customers)
    assert everybody["all", "columns read"] == raw.shape[1]
    assert everybody["all", "share using deals"] == (customers["deals"] > 0).mean()


def test_a_statement_holds_within_its_range_only(parts: tuple) -> None:
    table = statements.statements(*parts).dropna(subset="ours")
    low, high = table["true_from"].fillna(-1e9), table["true_to"].fillna(1e9)
    assert table["agrees"].astype(bool).equals(table["ours"].between(low, high))
    assert len(read_published(statements.__file__, "statements")) > len(table)
