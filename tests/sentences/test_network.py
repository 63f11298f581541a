from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.models.network.growth import persistence, persistence_correlation
from helpers.models.network.heavy_tail import Tail, concentration, power_law
from helpers.models.network.influence import (
    branch_retention,
    influence_table,
    next_degree,
    revenue_concentration,
    top_sponsors,
)
from helpers.models.network.success import FREE, success_table
from helpers.models.network.trees import Network, fault_summary, sponsor_network, tree_facts
from helpers.sentences import network as say
from helpers.wording import money, percent
from tests.models.network.sponsors import BUYERS, MONEY, SMALL, customers, joined, network

COINS = money("VND")
ALONE = sponsor_network(pd.Series({"a": None, "b": None}))


def test_the_tree_in_words() -> None:
    text = say.on_tree(tree_facts(SMALL))
    assert text.startswith("8 members form 2 trees; 1 member stands alone. ⟦50\u00a0%⟧ have a downline, with 1.25")
    assert text.endswith("3 levels below its root; the largest holds 5 members (62\u00a0%).")
    assert say.on_tree(tree_facts(ALONE)) == "None of 2 members has a recruit: there is no network."


def test_faults_in_words() -> None:
    ties = {"a": "b", "b": "a", "c": "c", "d": "gone", "e": "gone"}
    assert say.on_faults(fault_summary(sponsor_network(pd.Series(ties)))) == (
        "2 members name 1 sponsor not among the members, 1 member is named as the own sponsor and 2 members stand in "
        "1 circle of sponsors. 4 ties were set aside; a circle is opened at the member whose id comes first."
    )
    assert say.on_faults(fault_summary(SMALL)).startswith("Every sponsor is a member")
    one = fault_summary(sponsor_network(pd.Series({"a": "gone"})))
    assert say.on_faults(one) == "1 member names 1 sponsor not among the members. 1 tie was set aside."


def tail_of(p_value: float, ratio: float, ratio_p_value: float) -> Tail:
    return Tail(2.4, 2.3, 2.5, 3.0, 900, 400, p_value, 0.0, 1.0, ratio, ratio_p_value, 5.0, 0.001)


SPREAD = concentration(pd.Series([1, 2, 30]), 0.01, 20, seed=1)


def test_the_tail_in_words() -> None:
    text = say.on_tail(tail_of(0.4, 1.0, 0.3), SPREAD, 0.01)
    assert text.startswith("The 9 sponsors with the most recruits have ⟦")
    assert "⟦The largest sponsors have more recruits than if newcomers chose their sponsor at random⟧" in text
    light = say.on_tail(light_tail(), SPREAD, 0.01)
    assert light.endswith("more recruits than if newcomers chose their sponsor at random is ⟦not shown⟧.")


def test_the_law_in_words() -> None:
    text = say.on_law(tail_of(0.4, 1.0, 0.3), SPREAD)
    assert "has a rough 95 % interval" in text
    assert "From 3 recruits on (400 of 900 sponsors)" in text
    assert "the data do not contradict a power law (p = .400); the one nearest to them has an exponent of" in text
    assert "). A lognormal tail is not surely better, and not" in text
    assert text.endswith(
        "(Vuong's test, p = .300); the data lean to the power law. So which law it is cannot be said."
    )
    text = say.on_law(tail_of(0.01, -1.0, 0.3), SPREAD)
    assert "; the data lean to the lognormal. Whether the lognormal itself holds was not tested." in text
    assert "neither law" not in text
    assert "the data lean to neither" in say.on_law(tail_of(0.4, 0.0, 1.0), SPREAD)
    text = say.on_law(tail_of(0.01, -3.0, 0.0004), SPREAD)
    assert "the data ⟦contradict⟧ a power law (p = .010);" in text
    assert "The lognormal fits the tail better than a power law (Vuong's test, p < .001)." in text
    assert text.endswith("Whether the lognormal itself holds was not tested.")
    assert "The power law fits the tail better" in say.on_law(tail_of(0.4, 3.0, 0.01), SPREAD)


def light_tail() -> Tail:
    return replace(tail_of(0.4, 1.0, 0.3), light_ratio=1.0, light_p_value=0.16)


def test_a_light_tail_follows_no_power_law() -> None:
    text = say.on_law(light_tail(), SPREAD)
    assert "From 3 recruits on (400 of 900 sponsors) a power law (a heavy tail) fits no better" in text
    assert text.endswith("which a choice at random would give (Vuong's test, p = .160).")
    assert "exponent" not in text
    assert "rough" not in text


def test_the_top_is_a_number_of_sponsors() -> None:
    few = power_law(pd.Series([1, 2, 30]), 5, 1)
    assert say.on_tail(few, SPREAD, 0.01).startswith("The sponsor with the most recruits has ⟦")


def test_no_tail_in_words() -> None:
    few, none = pd.Series([1, 2]), pd.Series([0, 0])
    assert "No law can be told" in say.on_law(power_law(few, 5, 1), concentration(few, 0.01, 5, 1))
    assert "2 sponsors are too few" in say.on_tail(power_law(few, 5, 1), concentration(few, 0.01, 5, 1), 0.01)
    assert say.on_tail(power_law(none, 5, 1), concentration(none, 0.01, 5, 1), 0.01).startswith(
        "Nobody has a recruit"
    )


@pytest.mark.parametrize(
    ("by", "words"), [("recruits", "the most direct recruits"), ("branch_revenue", "the most revenue below")]
)
def test_the_top_in_words(by: str, words: str) -> None:
    text = say.on_top(top_sponsors(SMALL, influence_table(SMALL, MONEY), by, 3), by, COINS)
    assert text.startswith(f"Sponsor ⟪a⟫ has {words}: 2 direct recruits, a branch of 4 members and VND\u00a01,110 of")
    assert "2 of the 3 listed stand below another" in text
    assert "listed" not in say.on_top(top_sponsors(SMALL, influence_table(SMALL, MONEY), by, 1), by, COINS)
    assert say.on_top(top_sponsors(ALONE, influence_table(ALONE, MONEY), by, 3), by, COINS) == "There is no sponsor."


def test_the_next_degree_in_words() -> None:
    text = say.on_next_degree(next_degree(SMALL, ["a"]))
    assert "Of 2 recruits of the sponsors listed, 50\u00a0% recruit again, against 33\u00a0%" in text
    assert "the one listed is not surely apart from them" in text
    every = say.on_next_degree(next_degree(SMALL, ["a", "b", "d", "f"]))
    assert every.endswith("; there are no other sponsors.")
    assert say.on_next_degree(next_degree(ALONE, ["a"])) == "The sponsors listed have no recruits."
    table = next_degree(SMALL, ["a", "b"]).assign(share=[0.8, 0.0, 0.3], q_value=[0.01, 0.02, np.nan])
    words = "1 of the 2 listed is surely above them and 1 of the 2 listed is surely below."
    assert words in say.on_next_degree(table)


def compared(found: Network, top: float) -> pd.DataFrame:
    members = found.members.index
    return success_table(found, joined(members, 1), customers(members, 1), top)


def test_success_in_words() -> None:
    table = compared(network(4000, 5), 0.02)
    free = table["circular"] == FREE
    quiet = say.on_success(table.assign(q_value=0.5), COINS)
    assert "⟦none⟧ sets the top sponsors surely apart" in quiet
    assert "nothing here to emulate" not in quiet
    most = table.loc[free, ["effect_low", "effect_high"]].abs().to_numpy()
    n, size = table.loc[free, "top_sponsors"].max(), say._strength(np.nanmax(most))
    assert f"With {n} top sponsors compared, a {size} difference may have gone unseen" in quiet
    assert quiet.endswith("that none was found does not show that there is none.")
    blind = table.assign(q_value=0.5, effect_low=np.nan, effect_high=np.nan)
    assert "No interval could be told" in say.on_success(blind, COINS)
    loud = say.on_success(table.assign(q_value=np.where(table.index == table.index[free][0], 0.01, 0.5)), COINS)
    assert "⟦1⟧ sets the top sponsors apart" in loud
    short = say.on_copying(table.assign(q_value=np.where(table.index == table.index[free][0], 0.01, 0.5)))
    assert short.startswith(f"⟦The top sponsors differ from others in {table['quantity'][0]}⟧. That does not show")
    assert "⟦Nothing sets the top sponsors apart⟧" in say.on_copying(table.assign(q_value=0.5))
    assert "too few sponsors" in say.on_copying(compared(SMALL, 0.01))
    assert f"{table['quantity'][0]} (" in loud
    assert "That is an association" in loud
    few = say.on_success(table.assign(q_value=0.5, top_sponsors=3), COINS)
    assert "Only 3 sponsors could be compared on one side: a weak basis." in few
    assert say.on_success(compared(SMALL, 0.01), COINS).startswith("There are too few sponsors")


def test_circular_findings_are_not_called_success() -> None:
    table = compared(network(4000, 5), 0.02)
    text = say.on_success(table.assign(q_value=np.where(table["circular"] == FREE, 0.5, 0.0)), COINS)
    assert "⟦none⟧" in text
    assert "That is circular" in say.on_pace(table)
    assert say.on_pace(compared(SMALL, 0.01)) == "There are too few sponsors to compare their first years."


def test_strength_has_names() -> None:
    words = [say._strength(effect) for effect in (0.05, -0.2, 0.3, -0.9)]
    assert words == ["negligible", "small", "medium", "large"]


def test_persistence_in_words() -> None:
    found = network(3000, 2)
    dates = joined(found.members.index, 1)
    table, correlation = persistence(found, dates), persistence_correlation(found, dates)
    first, second = table[table["sponsors"] > 0].iloc[-1][["first_mean", "second_mean"]]
    said = say.on_persistence(table, correlation)
    assert said.startswith("⟦Fast starters stay ahead of others⟧, but those with ")
    assert f" in the first year bring ⟦about {percent(1 - second / first)} fewer⟧ in the second: over" in said
    faster = say.on_persistence(table.assign(second_mean=99.0), correlation)
    assert "and those with 10 and more in the first year bring ⟦no fewer⟧ in the second" in faster
    doubtful = say.on_persistence(table, correlation | {"rho": 0.01, "rho_low": -0.1, "rho_high": 0.1})
    assert doubtful.startswith("A fast start is ⟦not surely⟧ followed")
    worse = say.on_persistence(table, correlation | {"rho": -0.3, "rho_low": -0.4, "rho_high": -0.2})
    assert "slower second year" in worse
    assert worse.endswith("Nobody is left out for a poor second year, so this is not circular.")
    assert "−0.30 (95 % interval −0.40 to −0.20)" in worse
    short = joined(SMALL.members.index, 1)
    none = say.on_persistence(persistence(SMALL, short), persistence_correlation(SMALL, short))
    assert none.startswith("Too few sponsors")


def test_influence_in_words() -> None:
    table = revenue_concentration(SMALL, MONEY, 0.01, 20, seed=1)
    text = say.on_influence(table, 0.01, COINS)
    assert text.startswith("The 1 buyer who spends most, 20.0\u00a0% of all, brings")
    assert (
        "most revenue below, together with that sponsor's branch, brings ⟦VND\u00a01,115⟧ (99\u00a0% of all)" in text
    )
    assert "it counts a purchase for everybody above the buyer" in text
    nothing = revenue_concentration(SMALL, pd.Series(dtype=int), 0.01, 5, seed=1)
    assert say.on_influence(nothing, 0.01, COINS) == "No member has bought anything."
    flat = revenue_concentration(ALONE, pd.Series({"a": 5}), 0.01, 5, seed=1)
    assert say.on_influence(flat, 0.01, COINS).endswith("Nobody has revenue below.")
    single = revenue_concentration(SMALL, pd.Series({"e": 5}), 0.01, 5, seed=1)
    assert say.on_influence(single, 0.01, COINS).endswith("Without them, nobody has revenue below.")


def test_nobody_came_back() -> None:
    nobody = "Nobody in the branches of the sponsors listed bought in an earlier half-year."
    assert say.on_branch_retention(branch_retention(SMALL, BUYERS.assign(before=False), ["a"])) == nobody
    assert say.on_branch_retention(branch_retention(SMALL, BUYERS, [])) == nobody


def test_branches_in_words() -> None:
    table = branch_retention(SMALL, BUYERS, ["a", "b"])
    said = say.on_branch_retention(table)
    assert said.startswith("Of the customers in the branch of sponsor ⟪a⟫ who bought in an earlier half-year (2), 50")
    assert "against 100\u00a0% (" in said
    assert "100\u00a0% would have in this branch. By intervals" in said
    assert "⟦no branch is surely apart from that⟧" in said
    assert "⟦2⟧ of the 2 branches hold fewer than 30 such customers" in said
    sure = table.assign(
        customers=[900, 500, 800], above_expected_low=[0.5, -0.3, 0.0], above_expected_high=[0.6, -0.2, 0.0]
    )
    said = say.on_branch_retention(sure)
    assert "1 of the 2 listed is surely above that and 1 of the 2 listed is surely below" in said
    assert "need not be the sponsor's doing." in said
    assert "fewer than" not in said
    one = say.on_branch_retention(table.iloc[[0, 2]])
    assert "⟦no branch is surely apart from that⟧" in one
    assert say.on_branch_retention(table.assign(customers=[2, 1, 0])).endswith("there are no others to compare with.")
