"""The wine report as a whole."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.noise import claims_of
from helpers.cases.wine.sample import FOUND, ONLY_LOOKS, TOO_WEAK, generate_wine
from tests.house import ROOT, make_report
from tests.plain_words import faults_of

QUICK = {"n_runs": 3, "n_shuffles": 3, "n_shuffled_tables": 1, "n_stability": 3, "n_hidings": 1, "n_bootstrap": 50}


@pytest.fixture(scope="module")
def published(real_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = real_data("WineKMC.xlsx").parent
    return make_report("wine", tmp_path_factory.mktemp("published"), {}, "-s", "published", "--data-dir", str(folder))


def test_the_published_report_answers_in_plain_words(published: Path) -> None:
    assert faults_of(published) == []


def test_the_published_rules_are_found_and_the_report_says_so(published: Path) -> None:
    rules = pd.read_csv(published / "tables" / "rules.csv")
    known = pd.read_csv(ROOT / "helpers" / "cases" / "wine" / "published_rules.csv")
    pd.testing.assert_frame_equal(rules[known.columns].round(3), known)
    findings = json.loads((published / "run.json").read_text())["findings"]
    assert any(text.startswith("On the published data, 15 of the 15 published rules are found") for text in findings)
    assert pd.read_csv(published / "tables" / "published.csv")["agrees"].all()


def test_garcia_is_offered_french_champagne_by_the_rule_of_91_percent(published: Path) -> None:
    first = pd.read_csv(published / "tables" / "customer_recommendations.csv").iloc[0]
    assert first[["customer", "item", "because", "rule"]].tolist() == [
        "Garcia",
        "Champagne France",
        "Cabernet Sauvignon Italy",
        9,
    ]
    assert first["confidence"] == pytest.approx(10 / 11)
    mailed = pd.read_csv(published / "tables" / "mailing_list.csv").set_index(["customer", "place"])
    assert mailed.loc[("Garcia", 1), ["product", "rule"]].tolist() == ["Champagne France", 9]


def check_advice(folder: Path) -> None:
    """The list is of the method with most hits, of the surely better ones if there are any.

    It is new to each customer, in the order of its chance, with reasons.
    """
    rates, mails, tested, joint = (
        pd.read_csv(folder / "tables" / f"{name}.csv")
        for name in ("methods", "mailing_list", "rules_tested", "joint_offers_by_rule")
    )
    tried = rates[rates["items"] == "products"].set_index("method")
    sure_methods = tried[(tried["gain"] > 0) & (tried["q_value"] < 0.05)]
    best = (tried if sure_methods.empty else sure_methods)["hit_rate"]
    assert set(mails["method"]) == {best.idxmax()}
    assert set(mails["list_hit_rate"]) == {best.max()}
    assert mails["chance"].is_monotonic_decreasing
    assert mails["because"].notna().all()
    assert not mails.duplicated(["customer", "product"]).any()
    sure = set(tested.loc[tested["q_value"] < 0.05, "rule"])
    assert set(mails["rule"].dropna()) <= sure
    assert {int(rule) for rules in joint["rules"] for rule in str(rules).split(", ")} <= sure
    acts = pd.read_csv(folder / "tables" / "segment_actions.csv")
    assert (acts["what_to_do"].str.startswith(("test on", "too few")) == (acts["found_again"] != "stable")).all()
    run = json.loads((folder / "run.json").read_text())
    assert any("was not surely better" in text for text in run["alerts"]) is sure_methods.empty


def test_the_published_data_give_advice_that_follows_the_evidence(published: Path) -> None:
    check_advice(published)


def test_most_rules_pass_alone_and_few_after_the_correction(published: Path) -> None:
    tested = pd.read_csv(published / "tables" / "rules_tested.csv")
    assert (tested["p_value"] < 0.05).sum() == 13
    assert (tested["q_value"] < 0.05).sum() < 10
    by_chance = pd.read_csv(published / "tables" / "rules_by_chance.csv")["rules"]
    assert by_chance.mean() == pytest.approx(4, abs=1)


def test_the_published_segments_are_found(published: Path) -> None:
    offers = pd.read_csv(published / "tables" / "offer_segments.csv")
    found = {tuple(group["offer"]) for _, group in offers.groupby("segment")}
    rest = tuple(offer for offer in range(1, 33) if offer not in {2, 17, 24, 26, 7, 8, 13, 18, 29, 30})
    assert found == {(2, 17, 24, 26), (7, 8, 13, 18, 29, 30), rest}
    assert set(offers["segment"]) == {"Pinot Noir lovers", "small timers", "bulk buyers"}
    customers = pd.read_csv(published / "tables" / "customer_segments.csv")
    assert len(customers) == 100
    assert customers.filter(like="share_of_").sum(axis=1).to_numpy() == pytest.approx(1)


def test_the_published_profile_is_found_with_offer_7_counted_twice(published: Path) -> None:
    table = pd.read_csv(published / "tables" / "published_segments.csv")
    twice = table[table["of"] == "the study's, offer 7 in two"]
    assert twice["segment"].nunique() == 3
    alike = twice[~twice["figure"].isin(["offers", "share_of_offers"])]
    assert alike["ours"].to_numpy() == pytest.approx(alike["published"].to_numpy(), abs=0.05)
    assert set(twice.loc[~twice["agrees"], "figure"]) == {"offers", "share_of_offers"}
    once = table[table["of"] == "our segments"].set_index(["segment", "figure"])["ours"]
    assert once["variety and heavy drinkers", "minimum_quantity"] == pytest.approx(83.45, abs=0.01)


def test_the_published_sizes_lie_within_the_spread_of_the_runs(published: Path) -> None:
    by_run = pd.read_csv(published / "tables" / "nmf_runs.csv")
    assert len(by_run) == 25
    for name, share in {"share_1": 0.44, "share_2": 0.37, "share_3": 0.19}.items():
        assert by_run[name].min() <= share <= by_run[name].max()
    findings = json.loads((published / "run.json").read_text())["findings"]
    assert any("19 / 37 / 44 % lie within the spread of our runs" in text for text in findings)


def test_taste_and_similarity_beat_the_favourites_on_the_published_data(published: Path) -> None:
    methods = pd.read_csv(published / "tables" / "methods.csv").set_index(["items", "method"])
    gains = methods.loc["offers", "gain"]
    assert (methods.loc["offers"].loc[["NMF", "item similarity"], "gain_low"] > 0).all()
    assert gains.drop("favourites of all").idxmin() == "rules"


def test_the_default_report_finds_what_is_planted_and_doubts_what_only_looks_like_it(tmp_path: Path) -> None:
    enough = {"n_stability": 20, "n_runs": 8, "n_shuffles": 20, "n_shuffled_tables": 3, "max_rank": 4}
    folder = make_report("wine", tmp_path, QUICK | enough)
    rules, tested = (pd.read_csv(folder / "tables" / f"{name}.csv") for name in ("rules", "rules_tested"))
    pairs = pd.Series(list(zip(rules["antecedents"], rules["consequents"], strict=True)))
    sure = set(pairs[tested["q_value"] < 0.05])
    assert set(FOUND.items()) <= sure
    assert not set(TOO_WEAK.items()) & set(pairs)
    looks = rules["consequents"].eq(ONLY_LOOKS) & tested["q_value"].ge(0.05)
    assert looks.any()
    assert (rules.loc[looks, "confidence_new"] < rules.loc[looks, "confidence"]).all()
    audit = pd.read_csv(folder / "tables" / "audit.csv")
    assert (audit["rows_before"] - audit["rows_after"]).iloc[1] > 0
    verdicts = pd.read_csv(folder / "tables" / "stability.csv")["verdict"]
    assert {"stable", "doubtful"} <= set(verdicts)
    check_advice(folder)
    run = json.loads((folder / "run.json").read_text())
    assert any("after the correction" in text for text in run["alerts"])
    assert any("Not surely found again among other customers: " in text for text in run["alerts"])
    assert all(claims_of("wine", run).values()), "what noise is counted by must be what planted data make it say"


@pytest.mark.slow
def test_fifteen_customers_have_no_winners(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    orders = generate_wine(15, 1).orders
    orders.offers.drop(columns="product").to_csv(shop / "offers.csv", index=False)
    orders.transactions.to_csv(shop / "transactions.csv", index=False)
    folder = make_report("wine", tmp_path, QUICK | {"data": str(shop)})
    tables = {path.stem for path in (folder / "tables").iterdir()}
    assert not tables & {"methods", "stability", "ranks", "segment_profile"}
    run = json.loads((folder / "run.json").read_text())
    assert "it takes 30 customers and 3 items" in str(run["unanswered"])


def test_the_same_request_gives_the_same_tables_byte_for_byte(tmp_path: Path) -> None:
    small = QUICK | {"sample_size": 80}
    first, second = (make_report("wine", tmp_path / name, small) / "tables" for name in ("first", "second"))
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in second.iterdir())
    assert [name for name in names if (first / name).read_bytes() != (second / name).read_bytes()] == []


@pytest.mark.slow
def test_no_rule_is_a_report_that_says_so(tmp_path: Path) -> None:
    folder = make_report("wine", tmp_path, QUICK | {"sample_size": 80, "min_support": 0.9})
    done = json.loads((folder / "run.json").read_text())
    assert done["metrics"]["rules"] == 0
    assert "No rule meets these limits: no item is in enough baskets." in done["findings"]
    assert "No rule meets these limits, so there is nothing to draw." in (folder / "report.html").read_text()
