"""The RFM report as a whole, and whether it finds what is planted in its sample."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.cases.rfm import lists
from helpers.cases.rfm.naming import read_segmentation, segments_of
from helpers.cases.rfm.sentences import on_lists
from helpers.cases.rfm.summary import segment_table
from helpers.datasets.retail import read_retail
from helpers.datasets.retail_cleaning import clean
from helpers.datasets.retail_sample import (
    DAYS,
    PROCESS,
    SPENDING,
    PlantedRetail,
    generate_retail,
    in_season,
    purchase_process,
)
from helpers.features.rfm import last_day, orders_of, purchases_of, rfm_table, snapshot_of
from helpers.models.lifetime_value.bg_nbd import fit_bg_nbd
from helpers.models.lifetime_value.gamma_gamma import fit_gamma_gamma
from helpers.models.lifetime_value.history import histories
from helpers.models.recommenders.comparison import lead_in_periods
from helpers.models.recommenders.complements import beside
from helpers.models.recommenders.methods import NEW
from helpers.models.recommenders.trial import choose, run_trial
from tests.house import make_report
from tests.plain_words import faults_of

NOT_PRODUCTS = r"\D*|C2|gift_.*"
QUICK = {"n_references": 2, "n_stability": 2, "n_bootstrap": 100, "max_clusters": 4}
SEGMENTATION = read_segmentation(use_monetary=False)
TABLES_OF_ADVICE = ("customers", "actions", "list_hits")


@pytest.fixture(scope="module")
def published(real_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the published report and return its folder."""
    folder, out = real_data("online_retail.parquet").parent, tmp_path_factory.mktemp("published")
    return make_report("rfm", out, QUICK, "-s", "published", "--data-dir", str(folder))


def test_the_published_segments_and_grid_are_found(published: Path) -> None:
    segments = pd.read_csv(published / "tables" / "segments.csv")
    assert list(segments)[:3] == ["segment", "customers", "revenue"]
    found = list(segments[["segment", "customers", "revenue"]].round().itertuples(index=False, name=None))
    assert found == [
        ("VIPs", 1064, 6066425),
        ("Potential loyalists", 832, 1031344),
        ("Need to focus", 832, 617996),
        ("Good old friends", 84, 87207),
        ("New customers", 209, 63528),
        ("Hibernating", 1227, 458919),
    ]
    grid = pd.read_csv(published / "tables" / "rf_grid.csv")
    assert list(grid) == ["frequency_score", "r1", "r2", "r3", "r4", "r5"]
    assert grid.iloc[:, 1:].to_numpy().tolist() == [
        [559, 438, 230, 142, 67],
        [151, 272, 150, 137, 122],
        [66, 263, 188, 208, 173],
        [14, 67, 94, 107, 125],
        [4, 49, 83, 165, 374],
    ]


def test_the_published_customers_and_the_cost_of_the_join_are_told(published: Path) -> None:
    run = json.loads((published / "run.json").read_text())
    assert (run["metrics"]["customers"], run["metrics"]["segmented_customers"]) == (4322, 4248)
    assert any("527,390 lines become 531,702" in text for text in run["alerts"])
    assert any(
        "12 of 12 figures of the published segments are found again. So are 25 of 25" in text
        for text in run["findings"]
    )


def test_the_first_screen_is_short_and_names_no_statistic(published: Path) -> None:
    run = json.loads((published / "run.json").read_text())
    assert faults_of(published) == []
    assert run["answer"].startswith("VIPs deserve most effort: 25\u00a0% of active customers bring 73\u00a0%")
    assert len(run["actions"]) == 5
    assert run["actions"][-1]["what"].startswith("Test first")
    verdicts = {one["question"]: one["verdict"] for one in run["checks"]}
    assert verdicts["Did earlier forecasts come true?"] == "fails"
    assert verdicts["Do the segments tell who orders again?"] == "holds"
    assert len(verdicts) == 6
    assert len(run["key_figures"]) == 6


def test_no_churn_is_claimed_where_the_fit_does_not_support_it(published: Path) -> None:
    run = json.loads((published / "run.json").read_text())
    assert any("do not show that any customer leaves for good" in text for text in run["alerts"])
    assert set(pd.read_csv(published / "tables" / "value_parameters.csv")["model"]) == {"NBD", "Gamma-Gamma"}


def test_every_customer_has_segment_value_and_products_not_bought_yet(
    published: Path, real_data: Callable[[str], Path]
) -> None:
    customers, whole = (
        pd.read_csv(published / "tables" / f"{name}.csv", dtype={"customer": str})
        for name in ("customers", "customer_lists")
    )
    assert whole["customer"].equals(customers["customer"])
    customers["products"] = whole["products"]
    assert customers["recency"].notna().sum() == 4248
    lapsed = customers["recency"].isna()
    assert (customers["segment"] == "lapsed").equals(lapsed)
    assert customers.loc[~lapsed, ["segment", "monetary"]].notna().all(axis=None)
    assert customers[["expected_value", "products"]].isna().any(axis=1).mean() < 0.01
    bought = purchases_of(clean(read_retail(real_data("online_retail.parquet"), {}), NOT_PRODUCTS).lines)
    of = bought.groupby("customer")["product"].agg(set)
    for row in customers.dropna().groupby("segment").head(10).itertuples():
        offered = [text.rsplit("(", 1)[1].rstrip(")") for text in row.products.split("; ")]
        assert len(set(offered)) == 10
        assert row.show_first == "; ".join(text.rsplit(" (", 1)[0] for text in row.products.split("; ")[:3])
        assert (row.list == "favourites list") == bool(of[row.customer] & set(offered))


def test_every_line_of_the_list_has_its_reason_and_is_of_the_kind_that_the_action_names(published: Path) -> None:
    customers, actions, hits = (pd.read_csv(published / "tables" / f"{name}.csv") for name in TABLES_OF_ADVICE)
    assert customers["expected_value"].is_monotonic_decreasing
    assert customers[["reason", "list", "method", "hit_rate", "show_first"]].notna().mean().min() > 0.99
    for segment, effort in SEGMENTATION.efforts.items():
        assert set(customers.loc[customers["segment"] == segment, "list"]) == {effort.show}
    by_name = actions.set_index("segment")
    assert by_name["expected_value"].is_monotonic_decreasing
    assert set(by_name.index) == {*SEGMENTATION.names, "lapsed"}
    assert by_name.loc["Hibernating", "ordered_again"] == pytest.approx(0.366, abs=0.001)
    assert not by_name["action"].str.contains("leave|any price").any()
    for name in ("Need to focus", "Hibernating"):  # whose lists the held-out days do not show to be better
        assert not hits.set_index("segment").loc[name, "better"]
    run = json.loads((published / "run.json").read_text())
    assert any("adds an order is not known" in text and "at random" in text for text in run["findings"])
    assert any("Rank single customers by their own rate" in text for text in run["alerts"])


def test_text_and_code_of_the_study_are_told_apart(published: Path) -> None:
    table = pd.read_csv(published / "tables" / "published_text.csv").set_index("segment")
    assert table["by_code"].to_dict() == dict(zip(SEGMENTATION.names, [1064, 832, 832, 84, 209, 1227], strict=True))
    assert table["by_text"].tolist() == [843, 832, 832, 35, 198, 1227]
    groups = pd.read_csv(published / "tables" / "rfm_groups.csv")["customers"]
    assert (len(groups), (groups == 0).sum(), groups.between(1, 9).sum(), groups.max()) == (125, 15, 35, 317)


@dataclass(frozen=True)
class Found:
    """What the methods make of a planted sample."""

    planted: PlantedRetail
    sizes: pd.DataFrame
    known: pd.DataFrame
    pairs: pd.DataFrame


@pytest.fixture(scope="module", params=[1, 2, 3])
def found(request: pytest.FixtureRequest) -> Found:
    planted = generate_retail(2000, request.param)
    lines = clean(planted.lines, NOT_PRODUCTS).lines
    rfm = rfm_table(lines, snapshot_of(planted.lines), 365)
    sizes = segment_table(rfm, segments_of(rfm, "cutoffs", SEGMENTATION))
    known = histories(orders_of(lines), pd.Timestamp(last_day(planted.lines)))
    return Found(planted, sizes.set_index("segment"), known, beside(purchases_of(lines), 5))


@pytest.fixture(scope="module")
def planted_shares() -> pd.Series:
    """Return the shares of the segments among very many customers of the planted process."""
    orders = purchase_process(300_000, np.random.default_rng(99))
    orders["day"] = np.floor(in_season(orders["day"].to_numpy()))
    by_customer = orders[orders["day"] >= DAYS - 365].groupby("customer")
    rfm = pd.DataFrame({"recency": DAYS - by_customer["day"].max(), "frequency": by_customer["order"].size()})
    return segments_of(rfm.assign(monetary=1.0), "cutoffs", SEGMENTATION).value_counts(normalize=True)


def test_the_planted_segment_shares_are_inside_their_intervals(found: Found, planted_shares: pd.Series) -> None:
    truth = planted_shares[found.sizes.index].to_numpy()
    assert (found.sizes["share_low"] <= truth).all()
    assert (truth <= found.sizes["share_high"]).all()


@pytest.mark.parametrize(("fit", "truth"), [(fit_bg_nbd, PROCESS), (fit_gamma_gamma, SPENDING)])
def test_the_planted_process_is_inside_its_intervals(found: Found, fit: Callable, truth: dict[str, float]) -> None:
    estimates = fit(found.known).estimates.set_index("parameter").loc[list(truth)]
    assert (estimates["low"] <= list(truth.values())).all()
    assert (estimates["high"] >= list(truth.values())).all()


def test_the_planted_affinities_are_the_nearest_pairs_and_inside_their_intervals(found: Found) -> None:
    pairs = found.pairs.merge(found.planted.affinities, on=["product", "beside"])
    assert len(pairs) == len(found.planted.affinities)
    assert (pairs["rank"] == 1).all()
    assert pairs["probability"].between(pairs["low"], pairs["high"]).all()


@pytest.mark.slow
@pytest.mark.parametrize("split", ["2011-09-10", "2011-10-11"])
def test_the_best_method_beats_what_was_popular_lately(real_data: Callable[[str], Path], split: str) -> None:
    bought = purchases_of(clean(read_retail(real_data("online_retail.parquet"), {}), NOT_PRODUCTS).lines)
    day = pd.Timestamp(split)
    ways = [*lists.collaborative(1), *lists.without_learning_from_others(1)]
    earlier = day - pd.Timedelta(days=60)
    tuning = choose(lists.tried(bought, earlier, 60, ways, 10))
    trial = run_trial(lists.bought_from(bought, day, 60), ways, 10, tuning=tuning)
    compared = lists.compared(trial, tuning, 1000, 1)
    periods = lead_in_periods(lists.before(bought, earlier, 60), ways, tuning, 10)
    best = compared[compared["winner"] & (compared["measure"] == "ndcg")].set_index("offered")
    assert best.loc[NEW, "lead_low"] > 0
    said = " ".join(on_lists(compared, periods))
    assert ("is better" if best.loc[NEW, "lead_low"] > 0 else "is not surely better") in said
