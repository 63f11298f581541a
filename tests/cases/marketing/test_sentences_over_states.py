"""Are the sentences about clusters true, whatever the number of clusters and the data?"""

import re

import pytest

from helpers.cases.marketing import actions, cleaning, features, profiling, recipes, sentences
from helpers.cases.marketing.sample import generate_marketing
from helpers.certainty import FALSE_DISCOVERIES
from helpers.models import clustering, prediction
from helpers.sentences import prediction as say_prediction
from helpers.sentences.experiments import FEW
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
    assert (spends[table["priority"] == profiling.HIGH] > 1 + profiling.MARGIN).all()
    assert (spends[table["priority"] == profiling.LOW] < 1 - profiling.MARGIN).all()
    assert not table["label"].str.contains("high spending")[table["priority"] != profiling.HIGH].any()
    for name, means in table[["deals", "promotions"]].items():
        beside = means / customers[name].mean()
        what = profiling.STANDING_OUT[str(name)]
        assert not table["label"].str.contains(f"high {what}")[beside < profiling.ABOVE_MEAN].any()
        assert not table["label"].str.contains(f"low {what}")[beside > profiling.BELOW_MEAN].any()
    named = set(map(int, re.findall(r"cluster (\d+) \(", said.partition("High priority")[2])))
    assert named == set(table.index[table["priority"] == profiling.HIGH])

    shares = customers["response"].groupby(clusters).mean()
    rates = clustering.rates_by_cluster(customers[["response"]], clusters, made_from)
    said = plain(sentences.on_campaigns(rates))
    best, worst = map(int, re.findall(r"cluster (\d+) \(", said))
    assert (shares[best], shares[worst]) == (shares.max(), shares.min())
    assert ("does not surely differ" in said) == (not rates["q_value"].iloc[0] < FALSE_DISCOVERIES)

    effects = clustering.effect_sizes(customers, clusters, made_from, 5, 1)
    free = effects[~effects["circular"]]
    said = sentences.on_effects(effects, features.yes_or_no(customers).groupby(clusters).mean())
    assert ("none surely differs" in said) == (not (free["q_value"] < FALSE_DISCOVERIES).any())
    assert effects.loc[effects["circular"], "p_value"].isna().all()


def test_noise_gives_no_cluster_a_priority() -> None:
    customers = features.customer_features(cleaning.clean(STATES["noise"], 200_000).table)
    points = features.clustering_inputs(customers, with_spending=False)
    profiles = profiling.cluster_profiles(customers, clustering.kmeans(points, 4, 1), DOLLARS)
    assert profiles["priority"].eq(profiling.MEDIUM).all()


@pytest.mark.parametrize(("cost", "margin"), [(3, 11), (1, 100), (11, 11), (9, 10)])
@pytest.mark.parametrize("state", STATES)
def test_advice_for_clusters_and_customers_agrees_whatever_a_letter_costs(
    state: str, cost: float, margin: float
) -> None:
    customers = features.customer_features(cleaning.clean(STATES[state], 200_000).table)
    points, answered = features.clustering_inputs(customers, with_spending=False), customers["response"]
    clusters = clustering.kmeans(points, 3, 1)
    summary = profiling.cluster_table(customers, clusters, profiling.cluster_profiles(customers, clusters, DOLLARS))
    found = prediction.held_out_probabilities(features.response_predictors(customers), answered, 3, 1, 1)
    probability = found["logistic regression"]
    plans = prediction.plans(answered, probability, clusters, cost, margin, 50, 1)
    mail = actions.letters(probability, customers, plans, cost, margin)
    firm = summary[["cluster"]].assign(verdict="stable")
    table = actions.cluster_actions(summary, clusters, answered, mail, firm, DOLLARS)
    paid = mail.table["write"].ne(actions.NO)
    said = (
        plain(say_prediction.on_rule(plans, cost, margin, DOLLARS)),
        plain(actions.on_letters(mail, table)),
    )
    assert table["letters"].tolist() == paid.groupby(clusters).sum().tolist()
    assert table["action"].str.startswith("No letters").equals(table["letters"] < FEW)
    assert ("Write to nobody" in said[0]) == (paid.sum() == mail.few == 0)
    assert said[1].startswith("Write to nobody:") == (paid.sum() == 0)
    assert ("Write to everybody" in said[0]) == paid.all()
    assert said[1].startswith(f"Write to {paid.sum():,} of") == bool(mail.pays and paid.any())
    assert said[1].startswith(f"Test letters on {paid.sum():,} of") == bool(mail.sure and mail.undone and paid.any())
    if "The rule brings" in said[0]:
        assert mail.sure == ("brings more than writing to nobody" in said[0])
