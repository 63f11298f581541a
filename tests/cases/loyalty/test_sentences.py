from datetime import date

import numpy as np
import pandas as pd
import pytest

from helpers import wording
from helpers.cases.loyalty import belief_tests as model
from helpers.cases.loyalty.belief_tests import hypotheses, tests_of_halves
from helpers.cases.loyalty.naming import NOISE, name_segments, named_segments, places, read_naming
from helpers.cases.loyalty.programme import made_for
from helpers.cases.loyalty.published import KEYS
from helpers.cases.loyalty.published_recipe import RecipeOverSeeds
from helpers.cases.loyalty.sentences import (
    TOO_FEW,
    on_close_names,
    on_customers,
    on_day,
    on_doors,
    on_halves,
    on_hypotheses,
    on_limits,
    on_names,
    on_paying,
    on_published,
    on_recipe,
    on_returns,
    on_rfm_report,
    on_segments,
    on_verdicts,
)
from helpers.wording import money
from tests.cases.loyalty.test_belief_tests import customers, days, products, returning
from tests.cases.loyalty.test_naming import customers as shoppers

tests_of_halves.__test__ = False  # type: ignore[attr-defined]


def plain(text: str) -> str:
    return wording.plain(text.replace("\u00a0", " "))


def test_returns_are_summed_and_the_largest_named() -> None:
    features = pd.DataFrame(
        {"revenue_returned": [0.0, 300.0, 100.0], "revenue": [5.0, 2.9, 700.0]}, index=list("abc")
    )
    assert plain(on_returns(features, money("£"))) == (
        "2 customers (67 % of all) had something come back, for £400 in all. The largest part came back from "
        "customer b: £300, or 75 % of it, while £2.90 was kept."
    )
    assert on_returns(features.assign(revenue_returned=0.0), money("£")) == "No customer had anything come back."


def test_customers_are_counted_and_their_revenue_summed() -> None:
    said = on_customers(pd.DataFrame({"revenue": [100.0, 200.0, 600.0]}), money("£"))
    assert plain(said) == "3 customers spent £900 after returns; the middle one £200, and the largest £600."
    assert on_day(date(2024, 12, 1)) == "Days are counted back from 1 December 2024."


def test_the_best_segment_is_set_beside_the_scores_of_the_rfm_report() -> None:
    customers = pd.DataFrame({"revenue": [5.0, 3.0, 2.0, 1.0]}, index=list("abcd"))
    scores = pd.DataFrame({"recency": [5, 5, 4], "frequency": [5, 5, 5]}, index=list("abc"))  # d ordered before
    best = pd.Series([True, False, False, True], index=list("abcd"))
    told = on_rfm_report(customers, best, "Insiders", scores, money("£"))
    assert "the same 4 customers and £11" in told
    assert "50\u00a0% of Insiders have the highest scores" in told
    assert "against 50\u00a0% of all customers" in told


def test_segments_are_listed_by_revenue() -> None:
    named = pd.DataFrame(
        {
            "cluster": [3, 1, NOISE],
            "name": ["Insiders", "Churn", "Noise"],
            "customers": [122, 1, 10],
            "customers_share": [0.028, 0.5, 0.1],
            "revenue_share": [0.396, 0.1, 0.0],
        }
    )
    assert plain(on_segments(named)) == (
        "40 % of the revenue comes from Insiders, 3 % of the customers. The others, from the most spent to the "
        "least: Churn and Noise."
    )
    assert plain(on_segments(named.iloc[:1])).endswith("3 % of the customers.")


def test_where_all_are_noise_it_is_said() -> None:
    features = shoppers(20, 1)
    named = named_segments(features, pd.Series(NOISE, index=features.index), read_naming())
    assert on_segments(named) == "No segment was found: all customers count as noise."


def test_hypotheses_are_told_with_interval_correction_and_doubt() -> None:
    table = hypotheses(products(-0.02), customers(4, 0.5), days(0.3), True, 300, 1)
    texts = [plain(text) for text in on_hypotheses(table)]
    row = table.iloc[0]
    assert texts[0] == (
        f"H1, cheaper products are returned more: supported. The rank correlation between a product's price and the "
        f"share of it that comes back is {row['effect']:.2f} (95 % "
        f"interval {row['low']:.2f} to {row['high']:.2f}; against 0.00 the p-value, corrected by "
        "Holm for 5 tests, is <.001)."
    ).replace(" -", " −")
    assert "more occasions to return something" in texts[1]
    assert texts[2].endswith("The interval does not hold 0: there is a difference.")
    assert texts[3].endswith("It follows from how the segments were made, and proves nothing.")
    free = hypotheses(products(-0.02), customers(4, 0.5), days(0.0), False, 200, 1)
    texts = [plain(text) for text in on_hypotheses(free)]
    assert texts[2].endswith("The interval holds 0: there may be no difference.")
    assert "proves nothing" not in " ".join(texts)


def test_hypotheses_without_data_are_told_as_such() -> None:
    table = hypotheses(products(0).iloc[:2], customers(2, 0.2).iloc[:1], days(0, n=20), False, 10, 1)
    texts = [plain(text) for text in on_hypotheses(table)]
    assert texts[0] == "H1, cheaper products are returned more: not testable. The data do not allow a test."
    assert "is 100.0 %, but the data do not allow an interval" in texts[3]
    assert "for 1 test, is" in texts[2]


def test_halves_are_told_with_every_test() -> None:
    text = plain(on_halves(tests_of_halves(days(0.2), 50, 1)))
    assert text.startswith("A day in the first half of the month brings")
    assert "more than one in the rest (" in text
    assert "against 0 %: Welch <.001, Mann-Whitney <.001, bootstrap over weeks" in text
    assert "; against 10 %: Welch" in text
    assert "less than one in the rest" in on_halves(tests_of_halves(days(-0.2), 50, 1))
    assert on_halves(tests_of_halves(days(0, n=9), 10, 1)).startswith("The days fall into one half")


@pytest.mark.parametrize(("given", "said"), [("Churn", ""), ("Hibernating", " Churn 2 becomes Hibernating.")])
def test_names_that_differ_are_listed(given: str, said: str) -> None:
    same = given == "Churn"
    beside = pd.DataFrame({"cluster": [4], "published_name": ["Churn 2"], "name": [given], "same": [same]})
    assert on_names(beside) == (
        f"Of 1 cluster that could be paired with a published segment, the rules give {int(same)} its name, numbers "
        f"aside.{said} The limits in the rules were set with these segments in view."
    )


def test_published_figures_found_again_are_counted() -> None:
    lines = pd.DataFrame({"name": "Insiders", "figure": ["customers", "revenue"], "agrees": [True, False]})
    compared = dict.fromkeys(KEYS, lines.assign(published=122, ours=89, low=89, high=122))
    assert on_published(compared) == (
        "Found again as printed, or within the range over seeds: 1 of 2 audit, 1 of 2 segments, 1 of 2 measures "
        "and 1 of 2 hypotheses. The study's Insiders are 122 customers, ours have 89 to 122."
    )
    assert on_published(
        compared | {"segments": lines.assign(published=122, ours=89, low=np.nan, high=np.nan)}
    ).endswith("ours have 89.")


def test_a_belief_whose_two_effects_have_different_signs_is_left_open_in_all_sentences() -> None:
    table = hypotheses(products(-0.02), returning(), days(0.3), False, 300, 1)
    row, text = table.iloc[1], plain(on_hypotheses(table)[1])
    assert text.startswith(
        "H2, customers who buy more return less: undecided. The rank correlation between the units that a"
    )
    effects = " to ".join(f"{row[name]:.2f}" for name in ("among_low", "among_high")).replace("-", "−")
    assert f"Among those who returned something it is {row['among_effect']:.2f}".replace("-", "−") in text
    assert f"(95 % interval {effects}). Who buys more has more occasions" in text
    assert text.endswith("alone pulls it down. The signs differ, so the belief is left open.")
    assert (
        "undecided: customers who buy more return less (H2, since the effect among all and that among those who "
        "returned something have different signs)"
    ) in plain(on_verdicts(table))
    same = hypotheses(products(-0.02), customers(4, 0.5), days(0.3), False, 300, 1)
    assert "left open" not in on_hypotheses(same)[1]
    assert "have different signs" not in on_verdicts(same)


def test_too_few_draws_are_told_and_p_values_at_their_floor_are_bounds() -> None:
    few, many = (hypotheses(products(-0.02), customers(4, 0.5), days(0.3), True, n, 1) for n in (50, 300))
    text = plain(on_hypotheses(few)[2])
    assert text.startswith("H3, a day in the first half of the month brings at least 10 % more: too few draws.")
    assert "is at most .118)" in text
    assert text.endswith("With so few draws even the clearest data on it could decide nothing.")
    assert "⟦too few draws⟧: a day in the first half" in on_verdicts(few)
    assert "is at most .020)" in on_hypotheses(many)[2]
    assert "at most" not in plain(on_hypotheses(many)[0])
    halves = plain(on_halves(tests_of_halves(days(0.2), 50, 1)))
    assert "against 0 %: Welch <.001, Mann-Whitney <.001, bootstrap over weeks at most .039 and" in halves
    assert TOO_FEW == model.TOO_FEW


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (
            {"revenue": 0.86, "purchases": 0.9, "ticket": 0.5, "recency": 0.3},
            "⟦The name Insiders is a close call⟧: with median revenue at the place 0.84 instead of 0.86 it would "
            "be Loyal customers.",
        ),
        (
            {"revenue": 0.84, "purchases": 0.9, "ticket": 0.5, "recency": 0.59},
            "⟦The name Loyal customers is a close call⟧: with median revenue at the place 0.86 instead of 0.84 it "
            "would be Insiders and with median recency at the place 0.61 instead of 0.59 it would be Need attention.",
        ),
        (
            {"revenue": 0.99, "purchases": 0.9, "ticket": 0.5, "recency": 0.3},
            "No median of Insiders stands within 0.02 of a place among all customers that changes this name.",
        ),
    ],
)
def test_a_name_that_hangs_on_little_is_said_to(place: dict[str, float], said: str) -> None:
    assert on_close_names(pd.DataFrame([place], index=[3]), read_naming(), 3) == said


def test_the_name_that_is_called_close_is_the_one_that_is_given() -> None:
    features = shoppers(200, 1)
    segments = pd.Series(pd.qcut(features["revenue"].rank(method="first"), 4, labels=False) + 1, features.index)
    best = 4
    names = name_segments(features, segments, read_naming())
    assert names[best] in on_close_names(places(features, segments), read_naming(), best)
    assert on_close_names(places(features, segments), read_naming(), NOISE).startswith("No segment was found")


def recipe(n: int) -> RecipeOverSeeds:
    runs = pd.DataFrame(
        {
            "seed": range(42, 42 + n),
            "clusters": [11, 9, 10][:n],
            "noise": [10, 0, 0][:n],
            "silhouette": [0.61, 0.5, 0.55][:n],
            "silhouette_in_features": [0.0, 0.01, -0.02][:n],
        }
    )
    agreed = pd.DataFrame(np.full((n, n), 0.7) + 0.3 * np.eye(n))
    return RecipeOverSeeds(pd.DataFrame(), runs, agreed, pd.Series([1, 1 / n, 0, 0]))


def test_the_recipe_is_told_by_its_spread() -> None:
    text = plain(on_recipe(recipe(3)))
    assert text.startswith("Over 3 seeds the published recipe finds 9 to 11 clusters, 0 to 10 customers as noise")
    assert "a silhouette of 0.50 to 0.61 in the plane and of −0.02 to 0.01 in the features" in text
    assert "adjusted Rand index of 0.70. 25.0 % of the customers are always in" in text
    assert "50.0 % at least once" in text
    assert on_recipe(recipe(1)).startswith(
        "With seed 42 the published recipe finds 11 clusters, 10 customers as noise"
    )


def test_a_recipe_without_clusters_has_no_top_one() -> None:
    some = recipe(3)
    none = RecipeOverSeeds(some.found, some.runs.assign(clusters=0), some.agreement, some.top_share * 0)
    assert on_recipe(none).startswith("The published recipe finds ⟦no cluster at all⟧ with 3 seeds")
    assert "always" not in on_recipe(none)
    one = RecipeOverSeeds(some.found, some.runs.assign(clusters=[2, 0, 2]), some.agreement, some.top_share)
    assert "finds 0 to 2 clusters" in on_recipe(one)
    assert on_recipe(one).endswith("In 1 run no cluster was found at all.")


def test_who_is_welcome_is_the_best_segment_or_without_kinds_who_brings_most() -> None:
    customers = pd.DataFrame({"revenue": [40.0, 20.0, 15.0, 15.0, 10.0]})
    best = pd.Series([False, True, False, False, False])
    welcome, group = made_for(customers, best, "Insiders", kinds=True)
    assert welcome.equals(best)
    assert group == "the segment Insiders"
    welcome, group = made_for(customers, best, "Group 1", kinds=False)
    assert welcome.tolist() == [True, False, False, False, False]
    assert plain(group) == "the 20 % with the most revenue"


def test_what_those_reach_whom_it_is_made_for_is_said() -> None:
    limits = pd.Series({"revenue": 100.0, "ticket": 10.0, "quantity": 5.0})
    assert "80 % of them reach £100 in all, £10 an order and 5 items in all" in plain(
        on_limits(limits, 0.8, money("£"))
    )


def test_a_reward_above_the_margin_never_pays() -> None:
    assert "It can never pay" in on_paying(1000, 0.1, 0.2, 50, 0.33, money("£"))
    assert "14\u00a0% more" in on_paying(1000, 0.4, 0.05, 50, 0.33, money("£"))
    assert "welcome a random half" in on_paying(1000, 0.4, 0.05, 50, 0.33, money("£"))
    assert "if the shop keeps 40\u00a0% of what it sells, which is assumed" in on_paying(
        1000, 0.4, 0.05, 50, 0.33, money("£")
    )
    assert "with 50 it shows only a rise of 33\u00a0% or more." in on_paying(1000, 0.4, 0.05, 50, 0.33, money("£"))
    assert "it shows only" not in on_paying(1000, 0.4, 0.05, 5000, 0.03, money("£"))
    assert "too few for one" in on_paying(1000, 0.4, 0.05, 5, 0.33, money("£"))


def test_members_and_segment_are_told_apart() -> None:
    features = pd.DataFrame({"revenue": [60.0, 30.0, 10.0, 0.0]}, index=list("abcd"))
    inside = pd.Series([True, True], index=["a", "c"])
    said = on_doors(features, inside, pd.Series([True, True, False, False], index=list("abcd")), "the best")
    assert "counts 2 members, 50.0\u00a0% of the customers, who brought 70.0\u00a0% of the revenue" in said
    assert "1 of the members are of the best, and 1 of them stay outside" in said
