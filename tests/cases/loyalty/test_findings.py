"""What the chapters find, over states: planted, weak, chance and nothing at all."""

import numpy as np
import pandas as pd
import pytest

from helpers.cases.loyalty import findings
from helpers.cases.loyalty.programme import Doors
from helpers.models.forecasting.backtest import ALL
from helpers.models.forecasting.revenue import SegmentForecast
from helpers.models.migration import revenue_tree as tree
from helpers.wording import money, plain as without_marks
from tests.cases.loyalty.test_first_screen import ways

POUNDS = money("£")


def plain(text: str) -> str:
    return without_marks(text.replace("\u00a0", " "))


def test_groups_are_relied_on_only_where_they_are_clear_and_found_again() -> None:
    firm = pd.DataFrame({"name": ["A", "B", "C"], "verdict": ["stable", "stable", "doubtful"]})
    assert plain(findings.on_groups(firm[:2], True)).endswith("show the same groups again.")
    assert "do not rely on C: other samples" in plain(findings.on_groups(firm, True))
    assert plain(findings.on_groups(firm, False)).startswith("The customers form no clear groups")
    assert "No group" in findings.on_groups(firm[:0], True)


@pytest.mark.parametrize(
    ("lead", "words"), [(0.1, "in all or lately, less"), (-0.1, "in all or lately, more"), (0.0, "about as much")]
)
def test_past_spending_is_told_as_it_came_out(lead: float, words: str) -> None:
    table = ways(lead, 0.05).assign(customers=80, active_share=0.9)
    said = plain(findings.on_lasting(table, "Insiders"))
    assert "The 80 customers of Insiders went on to bring 60 % of the later revenue. As many picked at random" in said
    assert said.endswith(f"{words}.")
    mixed = plain(findings.on_lasting(ways(0.1, 0.05, 0.01).assign(customers=80, active_share=0.9), "Insiders"))
    assert mixed.endswith("as many picked by what they had ever spent less, by what they spent lately about as much.")
    assert "With so few, that says little." in findings.on_lasting(table.assign(customers=5), "Insiders")


def doors(removal: float, after: int) -> Doors:
    tried = pd.DataFrame({"removal": [50.0, removal], "flickers": [9, after]})
    return Doors(pd.Series(dtype=float), 50.0, tried, tried.iloc[1], pd.DataFrame())


def test_a_single_limit_is_not_called_two() -> None:
    one, two = (plain(findings.on_limits(doors(removal, 3), 180, POUNDS)) for removal in (50, 40))
    assert one == "Whoever spends £50 within six months comes in, and whoever falls below it leaves."
    assert two.startswith("Whoever spends £50 within six months comes in, and whoever falls below £40 leaves.")
    assert two.endswith("there would have been 9 returns and short stays; with two, 3.")
    assert "with two" not in findings.on_limits(doors(40, 9), 180, POUNDS)


@pytest.mark.parametrize(
    ("recent", "words"), [(100, "no sure change"), (500, "surely less than"), (10, "surely more than")]
)
def test_a_forecast_is_a_change_only_outside_its_range(recent: float, words: str) -> None:
    totals = pd.DataFrame({"segment": [ALL], "recent": recent, "forecast": 123.0, "low": 80.0, "high": 199.0})
    said = plain(findings.on_outlook(SegmentForecast(pd.DataFrame(), totals), 4, POUNDS))
    assert said.startswith(
        "In the next four weeks the customers of these groups, without newcomers, should bring £120"
    )
    assert f"That is {words}" in said


def test_tastes_are_told_beyond_chance_only() -> None:
    table = pd.DataFrame({"segment": ["A", "A"], "product": ["x", "y"], "p_value": [0.002, 0.001], "q_value": 0.01})
    titles = pd.Series({"y": "LAMP"})
    said = plain(findings.on_tastes(table, 3, titles))
    assert said.startswith("1 of 3 groups buys some products more")
    assert "the clearest is LAMP among A. No advice here rests on it." in said
    assert "No group buys" in findings.on_tastes(table.assign(q_value=0.5), 3, titles)


def test_what_is_beyond_reach_is_not_promised() -> None:
    row = {"segment": "A", "lever": tree.FREQUENCY, "prize": 1234.0, "low": 1000.0, "high": 1500.0}
    table = pd.DataFrame([row | {"within_reach": True}, row | {"segment": "B", "prize": 9999, "within_reach": False}])
    assert plain(findings.on_most(table, True, POUNDS)) == (
        "Most could be won with A: £1,200 (£1,000 to £1,500) more sales a year "
        "if each of them ordered a tenth more often."
    )
    assert "only a test would tell" in findings.on_most(table[1:], True, POUNDS)
    assert "No plan is made for the groups" in findings.on_most(table[:0], False, POUNDS)
    assert "only a test would tell" in findings.on_most(table[:0], True, POUNDS)


def test_measures_and_beliefs_are_counted() -> None:
    choice = pd.DataFrame({"kept": [True, True, False]})
    assert plain(findings.on_measures(choice)).startswith("2 of 3 measures are kept. The other one repeats")
    assert "All" in findings.on_measures(choice[:2])
    table = pd.DataFrame({"verdict": ["contradicted", "undecided", "contradicted"]})
    assert plain(findings.on_beliefs(table)) == "Of 3 beliefs: 2 contradicted, 1 undecided."


def test_an_amount_without_a_range_has_none() -> None:
    assert findings.amount(1234.0, np.nan, np.nan, POUNDS) == "£1,200"
