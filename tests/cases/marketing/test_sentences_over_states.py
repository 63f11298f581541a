"""Are the sentences about clusters true, whatever the number of clusters and the data?"""

import re

import pytest

from helpers.cases.marketing import cleaning, features, profiling, recipes, sentences
from helpers.cases.marketing.sample import generate_marketing
from helpers.certainty import FALSE_DISCOVERIES
from helpers.models import clustering
from helpers.wording import money, plain

DOLLARS = money("$")
RAW = generate_marketing(240, 3).table
STATES = {
    "sample": RAW,
    "noise": RAW.assign(
        **{
            name: RAW[name].sample(frac=1, random_state=place).to_numpy()
            for place, name in enumerate(RAW.columns.drop("customer"))
        }
    ),
    "tiny": RAW.head(40),
}


@pytest.mark.parametrize("n_clusters", [2, 4, 6, 8])
@pytest.mark.parametrize("state", STATES)
def test_what_is_said_of_clusters_is_in_their_tables(state: str, n_clusters: int) -> None:
    customers = features.customer_features(cleaning.clean(STATES[state], 200_000).table)
    points = features.clustering_inputs(customers, with_spending=False)
    clusters = clustering.kmeans(points, n_clusters, 1)
    made_from = recipes.made_from(points, customers, "casebook")
    profiles = profiling.cluster_profiles(customers, clusters, DOLLARS)
    table = profiling.cluster_table(customers, clusters, profiles).set_index("cluster")

    said = plain(sentences.on_clusters(table.reset_index(), DOLLARS))
    assert said.startswith(f"Cluster {table['revenue'].idxmax()} ")
    spends = table["spent"] / customers["spent"].mean()
    assert (spends[table["priority"] == profiling.HIGH] >= profiling.ABOVE_MEAN).all()
    assert (spends[table["priority"] == profiling.LOW] <= profiling.BELOW_MEAN).all()
    assert not table["label"].str.contains("high spending")[spends < 1].any()
    named = set(map(int, re.findall(r"cluster (\d+) \(", said.partition("High priority")[2])))
    assert named == set(table.index[table["priority"] == profiling.HIGH])

    shares = customers["response"].groupby(clusters).mean()
    assert (shares[table["action"].str.contains("more often than others")] > customers["response"].mean()).all()
    rates = clustering.rates_by_cluster(customers[["response"]], clusters, made_from)
    said = plain(sentences.on_campaigns(rates))
    best, worst = map(int, re.findall(r"cluster (\d+) \(", said))
    assert (shares[best], shares[worst]) == (shares.max(), shares.min())
    assert ("does not surely differ" in said) == (not rates["q_value"].iloc[0] < FALSE_DISCOVERIES)

    effects = clustering.effect_sizes(customers, clusters, made_from, 5, 1)
    free = effects[~effects["circular"]]
    said = sentences.on_effects(effects)
    assert ("none surely differs" in said) == (not (free["q_value"] < FALSE_DISCOVERIES).any())
    assert effects.loc[effects["circular"], "p_value"].isna().all()


def test_noise_gives_no_cluster_a_letter_or_a_priority() -> None:
    customers = features.customer_features(cleaning.clean(STATES["noise"], 200_000).table)
    points = features.clustering_inputs(customers, with_spending=False)
    profiles = profiling.cluster_profiles(customers, clustering.kmeans(points, 4, 1), DOLLARS)
    assert profiles["priority"].eq(profiling.MEDIUM).all()
    assert not profiles["action"].str.contains("first|more often than others").any()
