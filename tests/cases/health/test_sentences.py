from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd

from helpers.cases.health import data_sentences
from helpers.cases.health.centre_sentences import on_amounts_by_centre, on_main_centres
from helpers.cases.health.cleaning import clean_health
from helpers.cases.health.moves import Moves
from helpers.cases.health.pricing import ALONE, COLUMNS, WITH_OTHERS
from helpers.cases.health.reader import read_health
from helpers.cases.health.sample import generate_health
from helpers.cases.health.sentences import (
    on_centres,
    on_data,
    on_doubles,
    on_firmness,
    on_leaders,
    on_moves,
    on_network,
    on_next,
    on_number,
    on_prices,
    on_relearning,
    on_scales,
    on_second,
    on_segments,
    on_success,
    on_value,
)
from helpers.cases.health.summary import centre_association, segment_sizes
from helpers.models.clustering.number_on_samples import pick_number, suggested_numbers
from helpers.models.migration.transitions import LAPSED, retention, transition_table
from helpers.models.network.growth import persistence, persistence_correlation
from helpers.models.network.heavy_tail import concentration, power_law
from helpers.models.network.influence import influence_table, next_degree, revenue_concentration, top_sponsors
from helpers.models.network.retention import branch_retention
from helpers.models.network.success import success_table
from helpers.models.network.trees import fault_summary, tree_facts
from helpers.models.prediction.next_segment import predict_next
from helpers.sentences import (
    lifetime_value as say_value,
    migration as say_migration,
    network as say_network,
    prediction as say_prediction,
)
from helpers.sentences.clustering.scaling import on_scalings, on_strengths
from helpers.wording import money
from tests.cases.health.test_summary import NAMES, SEGMENTS, SIZES, VIEW, by_centre
from tests.models.clustering.test_number_on_samples import SURVEY
from tests.models.network.sponsors import customers, joined, network
from tests.models.prediction.test_next_segment import step
from tests.models.prediction.test_relearning import FOUND
from tests.sentences.clustering.test_scaling import scalings, strengths
from tests.sentences.test_lifetime_value import measures

POUNDS = money("£")
ROWS = [
    ("A", 100.0, 90.0, 110.0, 40, 0.9, ALONE),
    ("B", 50.0, 50.0, 50.0, 9, 1.0, ALONE),
    ("C", 70.0, 60.0, 80.0, 30, 0.4, WITH_OTHERS),
    ("D", 10.0, np.nan, np.nan, 2, 0.5, WITH_OTHERS),
]
PRICES = pd.DataFrame(ROWS, columns=["product", "price", "low", "high", "transactions", "agreeing_share", "method"])


def test_the_segments_in_the_order_of_their_amounts() -> None:
    words = on_segments(SIZES).replace("\u00a0", " ")
    assert words.startswith("5 customers and 2 segments, by what they spend in all: **big** (40 % of the customers ")
    assert "with 18 % of the amount; on average 2.5 visits and 3.5 items); **small** (40 %" in words
    assert "A customer of big spends 0.44 times what the average customer spends." in words  # 350 of 800
    assert "1 customer (20 % of all, with 75 % of the amount) is set aside and in no segment." in words
    assert words.endswith("Fewer than 30 customers each: big and small; means of so few tell little.")


def test_the_segment_with_the_highest_mean_is_told_and_not_the_largest() -> None:
    table = SIZES.head(2).assign(segment=["many", "few"], customers=[90, 10], amount=[100.0, 600.0])
    assert "A customer of few spends 4 times what the average" in on_segments(table)


def test_a_single_segment_is_not_compared_and_none_is_said_to_be_none() -> None:
    alone = on_segments(SIZES.head(1))
    assert "average customer" not in alone
    assert "set aside" not in alone
    assert on_segments(SIZES.tail(1)) == "No customer is in a segment."
    free = on_segments(segment_sizes(VIEW.assign(total_amount=0), SEGMENTS, NAMES))
    assert "times" not in free
    assert "0\u00a0% of the amount" in free


def test_many_customers_are_not_said_to_be_few() -> None:
    assert "Fewer" not in on_segments(SIZES.head(2).assign(customers=[30, 31]))


def test_the_prices_are_counted_by_where_they_are_from() -> None:
    words = on_prices(PRICES).replace("\u00a0", " ")
    assert words == (
        "Of 4 products, 2 have a price from being bought alone and 2 from least squares on transactions with other "
        "products. For 1 product the transactions do not tell it, and its price has no interval. At the median "
        "product, 70.0 % of the transactions that its price is from agree with the prices to within 0.5 %. For 1 "
        "product fewer than half of them agree: its price changed or is doubtful."
    )
    sure = on_prices(PRICES.head(1))
    assert sure.startswith("Of 1 product, 1 has a price")
    assert "Every price has an interval." in sure
    assert "doubtful" not in sure
    unseen = PRICES.head(1).assign(transactions=0, agreeing_share=0.0, low=np.nan)
    assert "agree" not in on_prices(unseen)
    assert on_prices(pd.concat([PRICES.head(1), unseen])).endswith("agree with the prices to within 0.5\u00a0%.")
    assert on_prices(pd.DataFrame(columns=COLUMNS)) == "No product was sold, so there is no price."


def test_what_is_said_of_the_data_is_told_apart() -> None:
    cleaned = clean_health(read_health(generate_health(300, 1).folder, {}), [2021])
    found = on_data(cleaned, cleaned.near_duplicates(), [2021])
    assert found.years == data_sentences.on_excluded_years(cleaned.months, [2021])
    assert found.cleaning.startswith(f"Of {cleaned.audit['rows_before'].iloc[0]:,} rows, ")
    assert found.products.endswith("no JSON object (2).") or "product list" in found.products
    assert found.dates.startswith("Dates: ")
    assert "of 300 members" in found.payers
    assert "neighbours in the members' table" in found.twins.lower()
    assert "read as zero" in found.zeros


def test_a_number_that_is_not_strong_is_a_warning() -> None:
    choice, suggested = pick_number(SURVEY), suggested_numbers(SURVEY)
    strong = on_number(SURVEY, suggested, replace(choice, strong=True), 3)
    weak = on_number(SURVEY, suggested, replace(choice, strong=False), 3)
    assert "picks **3 clusters**" in strong.chosen
    assert "a convenient cut" in weak.warning
    assert (strong.warning, weak.chosen) == ("", "")
    assert "3 by the silhouette (in all)" in strong.suggested


def test_firmness_says_of_how_many_customers_and_whether_it_is_weak() -> None:
    columns = {"clusters": 3, "jaccard": 0.98, "weakest": 0.95, "null_low": 0.7, "null_high": 0.8}
    said, weak = on_firmness(pd.DataFrame([columns]), 3, 1500)
    assert said.startswith("The division into 3 clusters by k-means is stable and firmer than any")
    assert said.endswith(". (Of 1,500 customers drawn by chance.)")
    assert not weak
    assert on_firmness(pd.DataFrame([columns | {"null_high": 0.98}]), 3, 1500)[1]


def test_scales_and_features_that_say_the_same() -> None:
    both = scalings(logarithms=0.1, raw_scale=1.0), strengths(logarithms=0.9, raw_scale=0.7)
    assert on_scales(*both, 3) == (on_scalings(both[0]), on_strengths(both[1], 3))
    correlated = pd.DataFrame({"feature": ["cltv"], "other": ["total_amount"], "correlation": [0.9]})
    without = pd.DataFrame({"left_out": ["cltv"], "customers_moved_share": [0.01], "agreement": [0.98]})
    assert "the naive CLTV" in on_doubles(correlated, without)


def test_nobody_is_set_aside_where_no_segment_is_cut() -> None:
    splits = pd.DataFrame(columns=["cluster", "spread", "clearer"])
    found = on_second(splits, None, NAMES)
    assert found.cut.endswith("**None of the clusters needs a second clustering.**")
    assert found.set_aside == ""


def test_the_network_its_leaders_and_their_success() -> None:
    trees, buyers = network(3000, 1), customers(network(3000, 1).members.index, 1)
    recruits, when = trees.members["recruits"], joined(trees.members.index, 1)
    tail, concentrated = power_law(recruits, 10, 1), concentration(recruits, 0.01, 20, 1)
    of = on_network(trees, tail, concentrated, 0.01)
    assert of.tree == say_network.on_tree(tree_facts(trees))
    assert of.faults == say_network.on_faults(fault_summary(trees))
    assert of.tail == say_network.on_tail(tail, concentrated, 0.01)
    leaders = top_sponsors(trees, influence_table(trees, buyers["revenue"]), "recruits", 8)
    again = next_degree(trees, list(leaders["sponsor"]))
    held = revenue_concentration(trees, buyers["revenue"], 0.01, 20, 1)
    branches = branch_retention(trees, buyers.assign(before=True), list(leaders["sponsor"]))
    they = on_leaders(leaders, again, branches, held, 0.01, POUNDS)
    assert they.top.startswith(f"Sponsor {leaders['sponsor'].iloc[0]} has the most direct recruits: ")
    assert they.again == say_network.on_next_degree(again)
    assert they.branches == say_network.on_branch_retention(branches)
    assert they.held == say_network.on_influence(held, 0.01, POUNDS)
    success, lasting = success_table(trees, when, buyers, 0.01), persistence(trees, when)
    apart = on_success(success, lasting, trees, when, POUNDS)
    assert apart.apart == say_network.on_success(success, POUNDS)
    assert apart.pace == say_network.on_pace(success)
    assert apart.lasting == say_network.on_persistence(lasting, persistence_correlation(trees, when))


def test_the_value_is_told_by_finding_total_and_evidence() -> None:
    table = measures()
    compared = SimpleNamespace(measures=table, predictions=range(50), customers=90, orders=SimpleNamespace(days=181))
    found = on_value(compared, 0.4, POUNDS)
    assert found.naive == say_value.on_naive_against_model(table)
    assert found.totals == say_value.on_holdout_totals(table, 0.4)
    assert found.evidence[0].startswith("All forecasts are made for 50 customers, drawn by chance from 90,")
    assert found.evidence[1:] == (
        say_value.on_verdict(table),
        say_value.on_scale(table, POUNDS),
        say_value.on_ranking(table),
        say_value.on_top_tenth(table),
        say_value.on_rivals(table),
    )


def test_predictions_are_told_with_what_they_rest_on() -> None:
    said, features = on_relearning(FOUND)
    assert said == say_prediction.on_relearning(FOUND)
    assert features == say_prediction.on_importances(FOUND.importances)
    following = predict_next(step(1, telling=True), step(2, telling=True), 20, 1)
    assert on_next(following) == (say_prediction.on_next(following), say_prediction.on_brier(following))


def test_moves_are_told_with_who_had_bought_before() -> None:
    where = pd.DataFrame({"H1": ["x"] * 40, "H2": ["x"] * 30 + [LAPSED] * 10}, index=range(40))
    table = transition_table(where, ["x"])
    moves = Moves(None, NAMES, {}, where, table, retention(table), 0.25)  # type: ignore[arg-type]
    found = on_moves(moves)
    assert found.moves == say_migration.on_moves(table)
    assert found.kept == say_migration.on_retention(moves.kept)
    assert found.seen_before.startswith("25\u00a0% of the customers of the first half-year had bought before it")


def test_centres_are_told_by_segments_and_by_amounts() -> None:
    counts = by_centre(np.array([[70, 30], [15, 35]])).assign(share=0.5)
    amounts = pd.DataFrame(
        [("C1", "big", 40, 900.0, 5.0)], columns=["centre", "segment", "customers", "amount", "visits"]
    )
    found = on_centres(counts, amounts, POUNDS)
    assert found == (on_main_centres(counts, centre_association(counts)), on_amounts_by_centre(amounts, POUNDS))
