"""Every sentence against its table, on planted kinds, on exchangeable customers and on few of them."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest

from benchmarks.noise import CLAIMS, claims_of, exchangeable_customers
from helpers.cases.loyalty import (
    beliefs,
    features,
    findings,
    hindsight,
    naming,
    planning,
    programme,
    sample,
    sentences,
)
from helpers.cases.loyalty.cleaning import Trade, trade
from helpers.cases.loyalty.welcome import IN, status_shares
from helpers.datasets.retail import read_retail
from helpers.features import rfm
from helpers.models import clustering, migration, rules
from helpers.models.clustering import choice
from helpers.sentences import clustering as say_clustering, migration as say_migration
from helpers.sentences.rules import on_differences
from helpers.wording import money as in_currency, plain as without_marks

money = in_currency("£")
NOT_PRODUCTS = r"\D*|C2|gift_.*"
NAMING = naming.read_naming()
STATES = {"planted": 500, "few": 60, "noise 1": 1, "noise 2": 2}
EVERY = ["planted", "few", "noise 1", pytest.param("noise 2", marks=pytest.mark.slow)]
KEPT = ["recency", "gap", "purchases", "date_range", "frequency", "revenue", "basket_size", "products"]


@dataclass(frozen=True)
class State:
    """What a report knows once its segments are chosen; here they are the planted kinds, or a cut by k-means."""

    raw: ir.Table
    traded: Trade
    day: date
    customers: pd.DataFrame
    x: pd.DataFrame
    judged: pd.DataFrame
    chosen: pd.Series
    labels: pd.Series
    names: naming.Naming


def lines_of(state: str) -> ir.Table:
    if not state.startswith("noise"):
        return sample.generate_loyalty(STATES[state], 1).lines
    with TemporaryDirectory() as folder:
        rng = np.random.default_rng(STATES[state])
        return read_retail(str(exchangeable_customers(Path(folder), rng, 300)), {}).cache()


def plain(text: str) -> str:
    return without_marks(text.replace("\u00a0", " "))


@cache
def made(state: str) -> State:
    raw = lines_of(state)
    traded, day = trade(raw, "netted", NOT_PRODUCTS), rfm.snapshot_of(raw)
    customers = features.customers_on(day, traded)
    x = features.prepared(customers)[KEPT]
    survey = choice.survey_clusterings(x, {}, 1)
    judged = choice.judge(x, survey, {}, 3, 1, partial(features.dealt_customers, day, traded, KEPT))
    chosen = choice.choose(judged)
    names = NAMING if choice.is_clearer(chosen) else naming.numbered_only(NAMING)
    return State(raw, traded, day, customers, x, judged, chosen, survey.labels[chosen.name], names)


@pytest.mark.parametrize("state", EVERY)
def test_names_are_given_where_there_are_kinds_only(state: str) -> None:
    found = made(state)
    table = naming.named_segments(found.customers, found.labels, found.names)
    assert naming.are_kinds(found.names) == choice.is_clearer(found.chosen)
    best, kinds = found.labels == table["cluster"].iloc[0], naming.are_kinds(found.names)
    welcome, group = programme.made_for(found.customers, best, table["name"].iloc[0], kinds)
    shares = status_shares_of(found.customers, welcome)
    told = plain(sentences.on_segments(table)), plain(findings.on_welcome(shares, 0.8, group, kinds))
    if state.startswith("noise"):
        assert not naming.are_kinds(found.names)
        assert table["name"].str.match(r"Group( \d+)?$").all()
        assert "20 % with the most revenue, since no groups are clear enough" in told[1]
        assert welcome.mean() == pytest.approx(programme.TOP, abs=0.01)
    if state == "planted":
        assert table["name"].iloc[0] == "Insiders"
        assert f"{welcome.sum()} customers" in told[1]
        assert "set for the segment Insiders: 80 %" in told[1]
    assert f"{100 * table['revenue_share'].iloc[0]:.0f} % of the revenue" in told[0]
    clearer = "not clearly clearer" not in plain(say_clustering.on_null(found.chosen))
    assert clearer == naming.are_kinds(found.names)
    firm = choice.cluster_stability(found.x, found.labels, found.chosen, {}, 5, 1)
    firm.insert(1, "name", firm["cluster"].map(naming.name_segments(found.customers, found.labels, found.names)))
    said = plain(say_clustering.on_segment_stability(firm))
    assert ("a convenient cut" in said) is not naming.are_kinds(found.names)
    assert ("form no clear groups" in findings.on_groups(firm, kinds)) is not kinds


@pytest.mark.parametrize("state", EVERY)
def test_beliefs_about_segments_are_never_supported_by_how_these_were_made(state: str) -> None:
    found = made(state)
    best = found.labels == naming.named_segments(found.customers, found.labels, found.names)["cluster"].iloc[0]
    table = beliefs.evidence(found.traded, found.customers, best, KEPT, 100, 1).set_index("hypothesis")
    said = plain(sentences.on_verdicts(table.reset_index()))
    for name in ("H4", "H5"):
        assert table.loc[name, "verdict"] != "supported"
    assert not re.search(CLAIMS["loyalty"]["a belief about the segments"], said)
    for name, row in table.iterrows():
        assert re.search(rf"{row['verdict']}: [^;]*\({name}\b", said)


@pytest.mark.parametrize("state", EVERY)
def test_levers_that_are_planned_exist_and_are_summed_up_rightly(state: str) -> None:
    found = made(state)
    table = naming.named_segments(found.customers, found.labels, found.names)
    names = table.set_index("cluster")["name"].to_dict()
    levers = migration.lever_table(found.customers, found.labels, names, features.days_covered(found.raw), 91, 20, 1)
    plan = planning.action_plan(table, found.customers, found.labels, levers, 91, found.names)
    assert plan["segment"].tolist() == table["name"].tolist()
    assert (plan[["lever", "reason", "action"]] != "").all(axis=None)
    planned = migration.planned_levers(levers, plan)
    said = plain(say_migration.on_most(planned, money))
    within = planned[planned["within_reach"]]
    if within.empty:
        assert "No lever is planned" in said
    else:
        assert f"the largest prize is with {within.loc[within['prize'].idxmax(), 'segment']}" in said
    if state.startswith("noise"):
        assert planned.empty
        assert "No lever is planned" in said


@pytest.mark.parametrize("state", EVERY)
def test_doors_and_assignment_say_what_their_tables_say(state: str) -> None:
    found = made(state)
    best = found.labels == naming.named_segments(found.customers, found.labels, found.names)["cluster"].iloc[0]
    doors = programme.set_doors(programme.reviewed_revenue(found.traded.kept, found.day, 30, 180), best, 0.8)
    said = plain(sentences.on_doors(found.customers, doors.now, best, "the best"))
    members = doors.now.reindex(found.customers.index, fill_value=False)
    assert f"counts {members.sum()} member" in said
    assert f"{(members & best).sum()} of the members are of the best" in said
    scales = features.rescaled(found.customers)[KEPT]
    agreed = clustering.agreement_table(scales, found.labels.astype(str), 1, 20, 1)
    n = clustering.simplest(agreed)
    told = say_clustering.on_assignment(agreed, n)
    worst = agreed[(agreed["prototypes"] == n) & (agreed["measure"] == "F1")]["agreement"].min()
    assert ("No segment is harder" in told) == (round(worst, 2) == 1)


def status_shares_of(customers: pd.DataFrame, welcome: pd.Series) -> pd.DataFrame:
    """Return `status_shares` as if all whom the programme is made for were in."""
    invited = pd.DataFrame({"customer": customers.index[welcome], "status": IN})
    return status_shares(invited, customers)


def planted_findings() -> list[str]:
    """Return what a report of the planted sample says where it could claim something."""
    found = made("planted")
    table = naming.named_segments(found.customers, found.labels, found.names)
    is_best = found.labels == table["cluster"].iloc[0]
    firm = choice.cluster_stability(found.x, found.labels, found.chosen, {}, 5, 1)
    firm.insert(1, "name", firm["cluster"].map(table.set_index("cluster")["name"]))
    then = hindsight.look_back(found.raw, found.traded, 91, 180, "netted", NOT_PRODUCTS)
    labels = choice.cut_as_chosen(features.prepared(then.customers)[KEPT], found.chosen, {}, 1)
    names = naming.name_segments(then.customers, labels, found.names)
    picked = migration.ways_of_picking(then.history, labels, then.lately, then.rfm_scores)
    ways = migration.compare_ways(then.history, picked, 100, 1)
    later = migration.segments_later(then.history, labels, 100, 1)
    bought, own = rfm.purchases_of(found.traded.purchases), table.set_index("cluster")["name"].to_dict()
    differences = rules.rule_differences(bought, found.labels, own, 20, 0.3)
    told = [
        findings.on_groups(firm, kinds=True),
        say_migration.on_ways(ways),
        say_migration.on_segments(later, names, money),
        say_migration.on_added(migration.added_by_segments(then.history, labels, 1, 100, 1)),
        on_differences(differences, rfm.product_names(found.traded.purchases)),
        findings.on_welcome(status_shares_of(found.customers, is_best), 0.8, "the segment Insiders", True),
    ]
    return [plain(text) for text in told]


def test_each_claim_that_noise_must_not_make_is_made_of_planted_kinds() -> None:
    """But for two that hold nowhere: a segment beaten by a ranking, and a belief supported by its own making."""
    found = claims_of("loyalty", {"findings": planted_findings(), "alerts": []})
    silent = {claim for claim, texts in found.items() if not texts}
    assert silent == {"a ranking better than the segment", "a belief about the segments"}


def test_the_other_claims_are_recognised_too() -> None:
    ways = pd.DataFrame(
        {
            "way": ["best segment", "most past revenue", "most past orders"],
            "later_difference": [np.nan, 0.1, -0.1],
            "later_difference_low": [np.nan, 0.05, -0.2],
            "later_difference_high": [np.nan, 0.2, -0.05],
        }
    )
    held = pd.DataFrame(
        [{"claim": "a", "hypothesis": "H4", "verdict": "supported", "circular": False, "mixed": False}]
    )
    told = plain(say_migration.on_ways(ways.fillna(0))), plain(sentences.on_verdicts(held))
    found = claims_of("loyalty", {"findings": list(told), "alerts": []})
    for claim in (
        "a ranking better than the segment",
        "a segment better than a ranking",
        "a belief about the segments",
    ):
        assert found[claim]
