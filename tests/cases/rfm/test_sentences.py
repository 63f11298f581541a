from datetime import date

import numpy as np
import pandas as pd
import pytest

from helpers import wording
from helpers.cases.rfm.changes import agreement_of_scorings, sensitivity
from helpers.cases.rfm.naming import scores_of, segments_of
from helpers.cases.rfm.published import by_text
from helpers.cases.rfm.sentences import (
    on_agreement,
    on_changes,
    on_cluster_stability,
    on_clusters,
    on_clusters_found,
    on_concentration,
    on_data,
    on_expected,
    on_grid,
    on_groups,
    on_join,
    on_lists,
    on_lists_in_figures,
    on_loyalty_report,
    on_movement,
    on_order_counts,
    on_pairs,
    on_scorings,
    on_season,
    on_season_ahead,
    on_season_alone,
    on_sensitivity,
    on_sizes,
    on_sure_pairs,
    on_text,
    on_worth,
)
from helpers.cases.rfm.summary import segment_table
from helpers.wording import money
from tests.cases.rfm.test_summary import RFM, SCORES, SEGMENTATION, SEGMENTS

pounds = money("£")


def plain(text: str) -> str:
    return wording.plain(text.replace("\u00a0", " "))


def test_the_five_findings_are_computed() -> None:
    texts = [plain(text) for text in on_grid(RFM, SCORES, pounds)]
    assert len(texts) == 5
    assert texts[0].startswith(
        "Of the five frequency scores, score 5 (8 orders) brings most: 1 customer (14 % of active customers), with "
        "£3,000 or 60 % of active customers' revenue."
    )
    assert "recently" not in texts[1]
    assert (
        "(frequency and recency scores 4 and 5): 2 customers (29 % of active customers), with £3,700 or 74 % "
        in texts[1]
    )
    assert "Medium frequency (score 3): 1 customer" in texts[2]
    assert "recent one (recency scores 4 and 5): 2 customers (29 % of active customers)" in texts[3]
    assert texts[3].endswith("A single order that is not recent: 1 customer: 0.5 for each recent one.")
    assert "2 customers (29 % of active customers), with £700 or 14 %" in texts[4]


def test_the_findings_hold_where_a_group_is_empty() -> None:
    once = pd.DataFrame({"recency": [200], "frequency": [1], "monetary": [5.0]})
    scores = scores_of(once, "cutoffs", SEGMENTATION)
    texts = [plain(text) for text in on_grid(once, scores, pounds)]
    assert "0 customers (0 % of active customers), with £0 or 0 % of" in texts[1]
    assert texts[3].endswith("A single order that is not recent: 1 customer.")


def test_sizes_sensitivity_scorings_and_concentration() -> None:
    assert plain(on_sizes(segment_table(RFM, SEGMENTS))).startswith(
        "VIPs are the largest segment (29 % of active customers)"
    )
    moved, scorings = sensitivity(RFM, SEGMENTATION), agreement_of_scorings(RFM, SEGMENTATION)
    said = plain(on_sensitivity(moved, scorings))
    assert said == (
        "When a single limit moves, customers change segment: of recency by 10 %, 14.3 % of the customers at most; "
        "of frequency by one order or more, 14.3 % of the customers at most. By fifths of the customers instead of "
        "limits, 57.1 % would change, the most of all that was tried, and nobody is left in New customers and "
        "Hibernating."
    )
    same = pd.DataFrame([[3, 0], [0, 0]], index=list("ab"), columns=list("ab"))
    assert plain(on_sensitivity(moved, same)).endswith(
        "limits, 0.0 % would change. Where all limits of frequency move at once, 42.9 % would."
    )
    assert plain(on_scorings(agreement_of_scorings(RFM, SEGMENTATION))).startswith(
        "By quintiles instead of fixed limits, "
    )
    moved = pd.DataFrame([[3, 2, 1], [0, 2, 2], [0, 1, 4]], index=list("abc"), columns=list("abc"))
    assert plain(on_scorings(moved)).endswith("another segment; most often, 2 of them, from a to b.")
    same = pd.DataFrame([[3, 0], [0, 2]], index=list("ab"), columns=list("ab"))
    assert (
        plain(on_scorings(same))
        == "By quintiles instead of fixed limits, 0 % of the customers fall into another segment."
    )
    assert plain(on_concentration(pd.Series([4.0, 1.0, 3.0, 2.0]), 0.25)).startswith(
        "The best 25 % of the customers bring 40 % of the revenue; the Gini coefficient is 0.25"
    )


def test_the_segment_that_spends_most_is_set_beside_the_richest_fifth() -> None:
    recent = pd.DataFrame({"monetary": [100.0, 90.0, 80.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]})
    segments = pd.Series(["VIPs", "Guests", "VIPs", *["Guests"] * 7])
    kept = pd.Series({"customers_after": 12, "revenue_after": 400.0})
    told = on_loyalty_report(recent, segments, kept, money("£"))
    assert "the same 12 customers and £400" in told
    assert "50\u00a0% of VIPs are among the fifth" in told
    assert "50\u00a0% of that fifth are VIPs" in told


def test_movement_in_words() -> None:
    rows = [("a", "a", 5), ("a", "b", 3), ("b", "lapsed", 2), ("new or back", "a", 4)]
    table = pd.DataFrame(rows, columns=["before", "after", "customers"])
    text = plain(on_movement(table, 90))
    assert text.startswith(
        "Of 10 customers of 90 days before, 50 % are in the same segment, 30 % have moved to another, and 20 %"
    )
    assert text.endswith("4 came or came back.")
    assert on_movement(table.tail(1), 1) == "Nobody was a customer 1 day before."
    assert plain(on_changes(table, 90)) == "In 90 days, 50 % of the customers moved to another segment or were lost."
    assert on_changes(table.tail(1), 1) == "Nobody was a customer 1 day before."


@pytest.mark.parametrize(("theirs", "word"), [(110.0, "high"), (90.0, "low")])
def test_the_cost_of_the_join(theirs: float, word: str) -> None:
    columns = ["step", "rows_before", "rows_after", "customers_after", "revenue_after"]
    published = pd.DataFrame([("cancellations joined many to many", 100, 105, 9, theirs)], columns=columns)
    netted = pd.DataFrame([("netted", 100, 90, 8, 100.0)], columns=columns)
    text = plain(on_join(published, netted, pounds))
    assert "100 lines become 105" in text
    assert text.endswith(f"so the study's revenue is £10 (10.0 %) too {word}.")


def test_a_join_that_changes_nothing_is_said_to() -> None:
    columns = ["step", "rows_before", "rows_after", "customers_after", "revenue_after"]
    published = pd.DataFrame([("cancellations joined many to many", 100, 100, 9, 5.0)], columns=columns)
    assert "changes nothing" in on_join(published, published, pounds)


def test_what_the_data_hold() -> None:
    kept = pd.Series({"customers_after": 2000, "rows_after": 1, "revenue_after": 1648.6})
    assert plain(on_data(kept, date(2011, 12, 1), pounds)) == (
        "2,000 customers bought for £1,649. Days are counted back from 1 December 2011."
    )


def test_clusters_are_told_by_their_medians() -> None:
    columns = ["cluster", "name", "customers_share", "revenue_share", "recency", "frequency", "monetary", "jaccard"]
    rows = [(1, "mostly new", 0.6, 0.2, 93.0, 1.0, 361.96, 0.9), (2, "mostly VIPs", 0.4, 0.8, 17.0, 6.0, 2031.2, 0.7)]
    profiles = pd.DataFrame(rows, columns=columns)
    assert plain(on_clusters(profiles, pounds)) == (
        "At the median, cluster 1 (mostly new; 60 % of active customers, 20 % of their revenue) last ordered 93 days "
        "ago and has 1 order for £362 and cluster 2 (mostly VIPs; 40 % of active customers, 80 % of their revenue) "
        "last ordered 17 days ago and has 6 orders for £2,031."
    )
    assert plain(on_cluster_stability("k-means", profiles)) == (
        "Of the clusters of k-means, 2 (mostly VIPs) is the least sure to be found again among other customers "
        "(Jaccard index 0.70); the other has 0.90."
    )
    third = profiles.tail(1).assign(cluster=3, jaccard=0.8)
    assert on_cluster_stability("k-means", pd.concat([profiles, third], ignore_index=True)).endswith(
        "; the others have at least 0.80."
    )


def test_clusters_of_customers_with_as_many_orders_confirm_nothing() -> None:
    clusters = pd.Series([1] * 20 + [2] * 20 + [3] * 60)
    frequency = pd.Series([1] * 20 + [2] * 19 + [3] + [3, 4, 5] * 20)
    assert plain(on_order_counts(clusters, frequency, "k-means")) == (
        "In clusters 1 (1 order) and 2 (2 orders) of k-means, with 40 % of active customers, (nearly) all have "
        "ordered as often. The segments are cut by the number of orders, too: their agreement there confirms nothing."
    )
    frequency[38] = 3
    assert plain(on_order_counts(clusters, frequency, "k-means")).startswith(
        "In cluster 1 (1 order) of k-means, with 20 %"
    )
    assert on_order_counts(clusters[clusters > 1], frequency[clusters > 1], "k-means") == ""


def test_empty_and_small_groups_are_counted() -> None:
    groups = pd.DataFrame({"customers": [0, 0, 9, 10, 300]})
    assert plain(on_groups(groups, 6)) == (
        "Of 5 combinations of scores, 2 hold nobody and 1 of the others fewer than 10 customers; the largest holds "
        "300. So few are no target of their own: 6 segments take their place."
    )


def test_what_the_text_of_the_study_leaves_out_is_told() -> None:
    table = by_text(RFM, segment_table(RFM, SEGMENTS)).set_index("segment")
    assert table["by_text"].to_dict() == {
        "VIPs": 1,
        "Potential loyalists": 0,
        "Need to focus": 1,
        "Good old friends": 0,
        "New customers": 2,
        "Hibernating": 1,
    }
    told = plain(on_text(table.reset_index()))
    assert "for VIPs and Good old friends: by the text, 2 customers would be in no segment" in told
    same = table.reset_index().assign(by_code=table["by_text"].to_numpy())
    assert "draw the same lines" in on_text(same)


def test_what_is_expected_comes_with_what_earlier_forecasts_missed() -> None:
    rows = [("all customers", 1000.0, 800.0, 1200.0), ("VIPs", 700.0, 500.0, 900.0), ("rest", 300.0, 100.0, 500.0)]
    values = pd.DataFrame(rows, columns=["segment", "total", "total_low", "total_high"])
    assert plain(on_worth(values, 365, pounds)) == (
        "In the next 365 days the models expect £1,000 from today's customers (by what earlier forecasts missed, "
        "£800 to £1,200 with 95 %), of it £700 from VIPs."
    )
    tested = pd.DataFrame({"segment": "VIPs", "miss": [-0.08, -0.37, -0.53]})
    assert plain(on_expected(values, tested, 365, pounds)) == (
        "Today's customers may spend £800 to £1,200 in 365 days. Most is expected of VIPs: about £700. Earlier "
        "forecasts of them were all too high: up to 53 % less came."
    )
    assert plain(on_expected(values, tested.head(2), 365, pounds)).endswith("Most is expected of VIPs: about £700.")


def test_segments_are_as_in_the_rules() -> None:
    assert SEGMENTS.tolist() == [
        "VIPs",
        "New customers",
        "New customers",
        "VIPs",
        "Need to focus",
        "Good old friends",
        "Hibernating",
    ]
    assert segments_of(RFM, "quintiles", SEGMENTATION).notna().all()


def test_the_lists_are_told_in_findings_of_at_most_two_sentences() -> None:
    rows = [("similar customers", False, True, 0.108, 0.052), ("implicit ALS", False, False, 0.117, 0.06)]
    table = pd.DataFrame(rows, columns=["method", "baseline", "winner", "value", "lead"])
    table = table.assign(offered="new products", measure="ndcg", customers=1858, rival="popular, all time")
    table = table.assign(value_low=table["value"] - 0.007, value_high=table["value"] + 0.007)
    table = table.assign(lead_low=table["lead"] - 0.01, lead_high=table["lead"] + 0.01)
    table = pd.concat([table, table.assign(measure="precision")])
    periods = pd.DataFrame({"offered": ["new products"] * 2, "lead": [0.02, 0.07]})
    said = on_lists_in_figures(table, periods, 10)
    assert [text[:40] for text in said[2:]] == ["For all products nothing can be judged: "]
    both = pd.concat([table, table.assign(offered="all products", rival="own history")])
    said = on_lists_in_figures(both, periods, 10)
    assert len(said) == 3
    assert "is better⟧ than popular, all time, the best simple list of the earlier day" in said[1]
    assert said[1].endswith("In the 2 periods before these it was ahead in 2 (0.020 to 0.070).")
    assert "was better⟧ than own history, the best simple list of the earlier day" in said[2]
    assert said[2].endswith("This speaks of one period.")
    assert all(text.count(". ") <= 1 for text in said)
    in_words = [plain(text) for text in on_lists(both, periods)]
    assert in_words == [
        "For new products, the list by similar customers is better than the best simple one. It was ahead in 2 of 2 "
        "earlier periods.",
        "For all products, the list by similar customers was better than the best simple one.",
    ]
    assert on_lists(table.head(0), periods) == [
        "The lists cannot be judged: nobody bought both before the trial and after it began."
    ]
    assert on_lists_in_figures(table.head(0), periods, 10) == []


def test_pairs_by_season_alone_are_told() -> None:
    rows = [("a", "b", 0.3, 40, 41.2, False), ("b", "c", 0.4, 30, 4.0, True), ("a", "c", 0.2, 12, 13.0, False)]
    names = ["product", "beside", "similarity", "orders_together", "expected_together", "sure"]
    pairs, titles = pd.DataFrame(rows, columns=names), pd.Series({"a": "PEN", "b": "CUP", "c": "BOX"})
    assert plain(on_pairs(pairs, titles)) == (
        "2 of 3 pairs of products that share many orders do not surely meet more often than their weeks and the size "
        "of the orders explain, and are no advice, such as PEN and CUP (40 orders hold both, 41 by chance)."
    )
    assert plain(on_sure_pairs(pairs)).startswith("33 % of the closest pairs of products are bought together more")
    assert on_sure_pairs(pairs.assign(sure=False)).endswith("so no pair of products is recommended.")
    assert on_sure_pairs(pairs.head(0)).startswith("No two products share enough orders")
    assert on_pairs(pairs[pairs["sure"]], titles).startswith("All pairs meet in more orders than")
    assert on_pairs(pairs.head(0), titles).startswith("No two products share enough orders")


@pytest.mark.parametrize(
    ("now", "year_before", "end"),
    [
        (0.4, 0.35, "and a year earlier 35 % more: much of the movement may be the season."),
        (0.4, -0.02, "and a year earlier 2 % fewer: no season that comes back explains the movement."),
        (0.05, 0.02, "and a year earlier 2 % more: no season that comes back explains the movement."),
        (0.4, np.nan, "Too little is known of the same days of another year, so a season may have moved customers."),
    ],
)
def test_a_season_may_move_customers(now: float, year_before: float, end: str) -> None:
    said = plain(on_season(pd.Series({"now": now, "year_before": year_before}), 90))
    assert said.startswith(f"These 90 days held {100 * now:.0f} % more orders than as many days before them")
    assert said.endswith(end)
    assert on_season(pd.Series({"now": np.nan, "year_before": np.nan}), 90) == ""


@pytest.mark.parametrize(
    ("now", "ahead", "told"),
    [
        (
            0.6,
            -0.4,
            "A year before, the 90 days that followed held 40 % fewer orders: fewer may come back in the next",
        ),
        (0.0, 0.3, "A year before, the 90 days that followed held 30 % more orders: more may come back in the next"),
        (0.6, 0.05, ""),
        (0.6, np.nan, "in 90 days with 60 % more orders than as many before them: in another season, fewer may come"),
        (
            -0.2,
            np.nan,
            "in 90 days with 20 % fewer orders than as many before them: in another season, more may come",
        ),
        (0.05, np.nan, ""),
        (np.nan, np.nan, ""),
    ],
)
def test_another_season_may_bring_more_or_fewer_back(now: float, ahead: float, told: str) -> None:
    said = plain(on_season_ahead(pd.Series({"now": now, "year_before": np.nan, "ahead": ahead}), 90))
    assert told in said
    assert bool(said) == bool(told)


def test_a_season_is_told_in_its_direction() -> None:
    more, fewer = (on_season_alone(pd.Series({"now": way, "year_before": way})) for way in (0.4, -0.4))
    assert "orders rose in the same days a year before, too" in more
    assert "orders fell in the same days" in fewer


@pytest.mark.parametrize(
    ("changed", "beyond", "told"),
    [
        ({}, False, "are more than chance, and would be found again"),
        ({}, True, "are more than two halves of the customers agree on"),
        ({"null_silhouette": 0.6}, False, "are no clearer than those of chance"),
        ({"weakest": 0.7}, False, "are not stable: among other customers, others would come out"),
    ],
)
def test_groups_are_found_only_where_they_are_stable_and_clear(
    changed: dict[str, float], beyond: bool, told: str
) -> None:
    row = {"clusters": 3, "weakest": 0.9, "silhouette": 0.5, "null_silhouette": 0.4} | changed
    said = plain(on_clusters_found(3, pd.DataFrame([row]), beyond))
    assert said.startswith(f"The 3 groups that clustering finds {told}")
    assert ("more than chance" in said) == (told.startswith("are more than chance"))


def test_groups_tell_the_segment_of_those_whose_segment_is_the_most_frequent_in_the_group() -> None:
    crossed = pd.DataFrame({1: [6, 0], 2: [2, 2]}, index=["VIPs", "Guests"])
    assert plain(on_agreement(crossed)) == (
        "A customer's group points to the right segment for 80 % of customers; guessing the largest segment would be "
        "right for 80 %."
    )
