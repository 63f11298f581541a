"""The first screen over states: groups that hold, that are weak, that are chance, and hardly any customers."""

import math

import numpy as np
import pandas as pd
import pytest

from helpers.cases.loyalty import first_screen as screen
from helpers.cases.loyalty.programme import break_even
from helpers.cases.loyalty.welcome import COMING, IN, LEFT, SLIPPING, Expected, status_shares
from helpers.models.clustering.stability import secured
from helpers.models.experiments.power import least_share
from helpers.models.migration import revenue_tree as tree
from helpers.sentences import checks
from helpers.verdicts import Action
from helpers.wording import money, plain as without_marks
from tests.plain_words import STATISTICS, numbers_in, sentences

POUNDS = money("£")
EXPECTED = Expected(pd.DataFrame(), "the last year", pd.Series(dtype=float), 91, 1.0, (0.9, 1.5))
STATES = {"good": (600, True), "chance": (600, False), "tiny": (9, False), "none": (0, False)}


def plain(text: str) -> str:
    return without_marks(text.replace("\u00a0", " "))


def invited(n: int) -> pd.DataFrame:
    status = [IN] * n + [COMING] * 4 + [SLIPPING] + [LEFT] if n else []
    spent = np.resize([50.0, 150.0], len(status))
    return pd.DataFrame(
        {"customer": range(len(status)), "status": status, "expected": 100.0, "window_revenue": spent}
    )


def told_of(table: pd.DataFrame) -> list[Action]:
    return screen.actions(table, EXPECTED, 7205.28, "", (0.14, 0.1), 91, POUNDS)


def test_only_what_many_should_bring_has_a_range() -> None:
    many = told_of(invited(600).replace({"status": {IN: COMING, COMING: SLIPPING}}))
    assert many[0].worth == "not known; they should bring £60,000 (£54,000 to £90,000) in three months"
    assert many[1].worth == "at stake: £600 in three months"


def shares(n: int) -> pd.DataFrame:
    revenue = pd.Series(1.0, range(2000))
    revenue[:n] = 4.0
    return status_shares(invited(n), pd.DataFrame({"revenue": revenue}))


def is_plain(text: str) -> bool:
    lines = sentences(plain(text))
    return not STATISTICS.search(text) and all(len(one.split()) <= 25 and len(numbers_in(one)) <= 2 for one in lines)


@pytest.mark.parametrize("need", [0.14, 1.0, math.inf])
@pytest.mark.parametrize("state", list(STATES))
def test_the_answer_names_whom_and_how_many_and_says_first_where_groups_are_weak(state: str, need: float) -> None:
    n, kinds = STATES[state]
    said = " ".join(screen.answer(shares(n), 7205.28, 180, kinds, (need, 0.1), POUNDS))
    weak = " ".join(screen.answer(shares(n), 7205.28, 180, kinds, (need, 0.3), POUNDS))
    assert ("would show only a large effect" in weak) == (need == 0.14 and n > 9)
    assert is_plain(weak)
    assert len(said.split()) <= 60
    assert is_plain(said)
    if not n:
        assert said == "Nobody: no customer spends £7,200 within six months today."
        return
    assert f"The programme is for the {n} customers who spent about £7,200 or more in the last six months." in said
    assert said.startswith("The customers form no clear groups") is not kinds
    row = shares(n).iloc[0]
    assert f"{100 * row['customers_share']:.0f} % of all" in plain(said) or row["customers_share"] < 0.005
    assert ("try it on half" in said) == (need == 0.14 and state != "tiny")
    assert ("can never pay" in said) == (need == math.inf)
    assert ("only from 100\u00a0% more sales: plan a smaller one" in said) == (need == 1)


def test_the_shares_of_the_picture_are_of_all_customers() -> None:
    found = shares(600).set_index("status")
    assert found["customers"].tolist() == [600, 4, 1, 1, 1394]
    assert found["customers_share"].sum() == pytest.approx(1)
    assert found.loc[IN, "revenue_share"] == pytest.approx(2400 / 3800)


def told(n: int, reward: float = 0.05, hidden: float = 0.1) -> list[Action]:
    pays = screen.on_reward(1_000_000, 0.4, reward, POUNDS)
    return screen.actions(invited(n), EXPECTED, 7205.28, pays, (break_even(0.4, reward), hidden), 91, POUNDS)


def test_actions_name_what_whom_how_many_worth_and_list() -> None:
    found = told(600)
    assert [one.how_many for one in found] == [600, 4, 2]
    assert {one.rows for one in found} == {"members"}
    assert all(len(one.what.split()) <= 8 and len(one.whom.split()) <= 12 for one in found)
    assert found[0].what == "Give the reward to half, at random"
    assert plain(found[0].worth) == "costs £50,000 a year for all; pays from 14 % more sales"
    assert found[1].worth == "not known; they should bring £400 in three months"
    assert found[2].worth == "at stake: £200 in three months"
    assert all(is_plain(text) for one in found for text in (one.what, one.whom, one.worth, one.how_sure))


HIDDEN = "; a rise that pays, but is less than 20 %, would stay hidden"


@pytest.mark.parametrize(("rise", "hidden"), [(0.1, ""), (0.2, HIDDEN)])
def test_a_rise_that_pays_may_be_too_small_for_the_test_to_show(rise: float, hidden: str) -> None:
    asked = "compare both halves, each with its earlier sales, after three months"
    assert plain(told(600, hidden=rise)[0].how_sure) == f"not yet tested: {asked}{hidden}"


def test_too_few_are_not_tested_and_a_reward_that_never_pays_is_not_given() -> None:
    assert "too few for a test" in told(9)[0].how_sure
    never, hardly = (told(600, reward)[0] for reward in (0.4, 0.2))
    assert never.what == hardly.what == "Plan a smaller reward first"
    assert never.how_sure == "sure: it gives away all that the shop keeps"
    assert plain(hardly.how_sure) == "members would have to buy 100 % more for this one"
    assert told(0) == []


def test_groups_have_the_lever_worth_most_and_a_test_where_none_is_known() -> None:
    plan = pd.DataFrame(
        {"segment": ["A", "B", "C"], "lever": [tree.BASKET, "none", "none"], "reason": ["x", "y", "y"]}
        | {"active_share": [1.0, 0.5, math.nan]}
    )
    planned = pd.DataFrame(
        {"segment": ["A"], "lever": tree.BASKET, "prize": 136_775.0, "low": 1e5, "high": 2e5, "within_reach": [True]}
    )
    sizes = pd.DataFrame({"name": ["A", "B", "C"], "customers": [200, 100, 10], "revenue_share": [0.5, 0.1, 0.4]})
    whom = invited(600).assign(segment=["A"] * 50 + ["B"] * 556)
    lever, test = screen.group_actions(plan, planned, sizes, whom, 0.4, 91, POUNDS)
    assert (lever.what, lever.whom, lever.how_many, lever.rows) == ("Make each order larger", "A", 200, "customers")
    assert lever.worth == "would earn £55,000 (£40,000 to £80,000) a year if each order held a tenth more"
    assert lever.how_sure.endswith("; 50 of them are to be welcomed too, so one of both at a time")
    (apart, _) = screen.group_actions(plan, planned, sizes, whom.assign(segment="B"), 0.4, 91, POUNDS)
    assert apart.how_sure.endswith("drawn anew")
    assert (test.whom, test.how_many) == ("B", 100), "C has more revenue, and too few customers"
    rise = f"in three months, only a rise from 50 % to {100 * least_share(0.5, 50):.0f} % who buy would show"
    assert plain(test.how_sure) == f"no offer is known to work; {rise}"
    unknown = plan.assign(active_share=math.nan)
    (_, blind) = screen.group_actions(unknown, planned, sizes, whom, 0.4, 91, POUNDS)
    assert blind.how_sure.endswith("draw them anew, at random, for three months")
    none = plan.assign(lever="none", reason="no kind of its own")
    assert screen.group_actions(none, planned[:0], sizes, whom, 0.4, 91, POUNDS) == []


def ways(lead: float, width: float, over_lately: float | None = None) -> pd.DataFrame:
    """Return `compare_ways` in which past spending picks so much less than the best segment, in all and lately."""
    lately = lead if over_lately is None else over_lately
    rows = {
        "best segment": (0.6, np.nan),
        "most past revenue": (0.6 - lead, -lead),
        "most revenue lately": (0.6 - lately, -lately),
        "at random": (0.1, -0.5),
    }
    return pd.DataFrame(
        [
            {"way": way, "later_share": share, "later_share_low": share - 0.05, "later_share_high": share + 0.05}
            | {"later_difference": gap, "later_difference_low": gap - width, "later_difference_high": gap + width}
            for way, (share, gap) in rows.items()
        ]
    )


@pytest.mark.parametrize(
    ("lead", "verdict", "words"),
    [
        (0.1, "holds", "the best group brought more"),
        (0.02, "with care", "does about as well"),
        (-0.05, "fails", "does as well or better"),
        (float("nan"), "fails", "could not be tried"),
    ],
)
def test_the_best_group_is_held_against_past_spending(lead: float, verdict: str, words: str) -> None:
    found, said = screen.over_spending(ways(lead, 0.05))
    assert checks.BEATS_SIMPLE.verdict(found) == verdict
    assert words in said
    assert is_plain(said)
    for one, other, spent in ((lead, 0.2, "had spent in all"), (0.2, lead, "spent lately")):
        value, line = screen.over_spending(ways(one, 0.05, other))
        assert value == pytest.approx(found, nan_ok=True)
        assert spent in line or not lead < 0.1


@pytest.mark.parametrize(("own", "verdict"), [(0.5, "holds"), (0.31, "with care"), (0.28, "fails")])
def test_groups_no_clearer_than_chance_are_said_to_be_so(own: float, verdict: str) -> None:
    found = screen.lead_over_chance(pd.Series({"silhouette_in_features": own, "null_silhouette_highest": 0.3}))
    assert screen.CLEARER.verdict(found) == verdict
    assert ("Shuffled orders give groups" in screen.on_clearer(found)) == (verdict != "holds")
    alone = pd.Series({"silhouette_in_features": own, "null_silhouette_highest": np.nan})
    assert screen.lead_over_chance(alone) == own


@pytest.mark.parametrize(
    ("jaccard", "verdict", "words"),
    [
        ([0.9, 0.8], "holds", "2 of 2 groups again."),
        ([0.9, 0.7], "with care", "1 of 2 groups again. Do not build"),
        ([0.4, 0.3], "fails", "0 of 2 groups again. Do not build"),
    ],
)
def test_groups_that_are_not_found_again_are_not_to_be_built_on(
    jaccard: list[float], verdict: str, words: str
) -> None:
    verdicts = ["stable" if value >= 0.75 else "doubtful" if value >= 0.6 else "unstable" for value in jaccard]
    table = pd.DataFrame({"jaccard": jaccard, "at_least": [value - 0.05 for value in jaccard], "verdict": verdicts})
    assert checks.GROUPS_HOLD.verdict(secured(table).min()) == verdict
    assert words in screen.on_firm(table, kinds=True)
    assert "no clearer than chance" in screen.on_firm(table, kinds=False)


@pytest.mark.parametrize(("share", "verdict"), [(0.95, "holds"), (0.8, "with care"), (0.6, "fails")])
def test_forecasts_that_did_not_come_true_make_the_ranges_too_narrow(share: float, verdict: str) -> None:
    assert checks.CAME_TRUE.verdict(share) == verdict
    assert ("That is too few" in screen.on_came_true(share)) == (verdict != "holds")
    assert "too short" in screen.on_came_true(float("nan"))


@pytest.mark.parametrize(("left", "verdict"), [(99, "holds"), (84, "with care"), (50, "fails")])
def test_lines_that_are_left_out_are_told(left: int, verdict: str) -> None:
    audit = pd.DataFrame({"step": ["a", "b"], "rows_before": [100, 100], "rows_after": [100, left]})
    assert checks.WHOLE.verdict(screen.usable(audit)) == verdict
    assert plain(screen.on_whole(audit)) == f"{100 - left} % of the lines were left out. The largest step: b."
    assert screen.on_whole(audit[:1]) == "Every line could be used."


def test_key_figures_have_a_reference() -> None:
    assert plain(screen.welcomed(shares(600))[2]) == "30 % of 2,000 customers"
    assert screen.expected_revenue(invited(600), EXPECTED, POUNDS)[1:3] == (
        60_000.0,
        "£54,000 to £90,000, as two earlier tries missed",
    )
    assert plain(screen.later_share(ways(0.1, 0.05), "Insiders")[2]) == "55 % to 65 %; 10 % if picked at random"
    assert (
        plain(screen.reward_cost(1000, 0.4, 0.05)[2])
        == "at what they spent in the last year; pays from 14 % more sales"
    )
    assert screen.reward_cost(1000, 0.4, 0.4)[2] == "at what they spent in the last year; can never pay"
