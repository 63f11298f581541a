"""Sentences of the rfm report over many states, each read against its table: signs, orders and thresholds."""

import re

import numpy as np
import pandas as pd
import pytest

from helpers.cases.rfm.sentences import on_pairs, on_season, on_sizes, on_worth
from helpers.models.lifetime_value.backtest import is_doubtful, missed, summary_of_periods
from helpers.models.recommenders.methods import NEW
from helpers.sentences.lifetime_value import on_periods, on_simple_spend, on_totals, on_widening
from helpers.sentences.recommenders import on_lead, on_winner
from helpers.wording import money, plain

STATES = range(40)


def shares(text: str) -> list[float]:
    """Return the percentages of a sentence, with `more` and `less` or `fewer` as signs."""
    found = re.findall(r"(under )?([\d,]+)\u00a0% (more|less|fewer)", text)
    return [(1 if word == "more" else -1) * float(n.replace(",", "")) * (not under) / 100 for under, n, word in found]


def forecasts_of(rng: np.random.Generator) -> pd.DataFrame:
    """Return what `backtest_value` might, of forecasts from good to hopeless and of segments that nobody is in."""
    n, groups = rng.integers(1, 7), ["all customers", "VIPs", "rest"]
    table = pd.DataFrame({"segment": groups * n, "expected": rng.gamma(1, 1000, 3 * n)})
    known = pd.date_range("2024-01-01", periods=n, freq="30D").repeat(3)
    table = table.assign(known_until=known, until=known + pd.Timedelta(days=90), order_value=50.0)
    table["actual"] = (
        table["expected"] * rng.lognormal(0, rng.choice([0.001, 0.3, 2]), 3 * n) * rng.integers(0, 2, 3 * n)
    )
    table["as_before"] = table["expected"] * rng.lognormal(0, 0.3, 3 * n)
    table["miss"] = missed(table["actual"], table["expected"])
    return table.assign(held=rng.random(3 * n) < 0.5, held_widened=rng.random(3 * n) < 0.9)


@pytest.mark.parametrize("seed", STATES)
def test_earlier_forecasts(seed: int) -> None:
    tested = forecasts_of(np.random.default_rng(seed))
    own, rest = (tested[(tested["segment"] == "all customers") == of_all] for of_all in (True, False))
    said = on_periods(tested, 90)
    off = own["actual"] / own["expected"] - 1
    ends = shares(said)
    assert (ends[0], ends[-1]) == (pytest.approx(off.min(), abs=0.006), pytest.approx(off.max(), rel=0.01, abs=0.006))
    assert f"held it ⟦in {own['held'].sum()} of {len(own)} periods⟧" in said
    assert is_doubtful(tested) == ((~own["held"]).sum() > 1)
    assert not re.search("lower guess|upper guess|clearly", said)
    widening = on_widening(tested, 400)
    assert f"in {own['held_widened'].sum()} of {len(own)} periods" in widening
    assert f"of {len(rest)} ({rest['held'].sum()} by the model alone)" in widening
    table = summary_of_periods(tested).set_index("segment")
    model, simple = table.loc["all customers", ["typical_miss", "as_before_miss"]]
    beside = on_simple_spend(table.reset_index())
    assert ("nearer" in beside) == (model < simple and "as was" not in beside)
    assert ("farther" in beside) == (model > simple and "as was" not in beside)


@pytest.mark.parametrize("seed", STATES)
def test_leads(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = ["a", "b", "c", "popular"]
    table = pd.DataFrame({"method": names, "value": rng.random(4), "lead": rng.normal(0, 0.1, 4)})
    table["lead_low"], table["lead_high"] = table["lead"] - 0.1 * rng.random(), table["lead"] + 0.1 * rng.random()
    leads = ["lead", "lead_low", "lead_high"]
    table.loc[3, leads] = np.nan
    table = table.assign(offered=NEW, measure="ndcg", baseline=[False] * 3 + [True], rival="popular", customers=99)
    table = table.assign(
        winner=table["method"] == rng.choice(names), value_low=table["value"], value_high=table["value"]
    )
    periods = pd.DataFrame({"offered": NEW, "lead": rng.normal(0.03, 0.05, rng.integers(0, 5))})
    said, row = on_lead(table, NEW, periods), table[table["winner"]].iloc[0]
    surely = row["lead_low"] > 0 and len(periods) and (periods["lead"] > 0).all()
    assert ("⟦is better⟧" in said) == bool(surely)
    assert ("worse⟧" in said) == (row["lead_high"] < 0)
    assert ("itself a simple list" in said) == (row["method"] == "popular")
    if len(periods) > 1 and row["method"] != "popular":
        assert f"ahead in {(periods['lead'] > 0).sum()} (" in said
    higher = on_winner(pd.concat([table, table.assign(measure="precision")]), NEW, 10)
    for other in table.itertuples():
        assert (f"{other.method} (" in higher.split("higher")[-1]) == (other.value > row["value"])


@pytest.mark.parametrize("seed", STATES)
def test_orders_of_the_holdout(seed: int) -> None:
    rng = np.random.default_rng(seed)
    came = int(rng.choice([0, 3, 100, 5000]))
    low, high = came * 0.9, came * 1.1 + 3.7
    row = {"predictor": "model", "total_predicted": came * rng.lognormal(0, 0.2) + rng.random(), "total_actual": came}
    said = on_totals(pd.DataFrame([row | {"total_actual_low": low, "total_actual_high": high}]), 60)
    expected = row["total_predicted"]
    assert ("outside" in said) == (not low <= expected <= high and (came > 0 or round(expected) > 0))
    for share in shares(said):
        assert share == pytest.approx(came / expected - 1, rel=0.01, abs=0.006)


@pytest.mark.parametrize("seed", STATES)
def test_sizes_values_seasons_and_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = pd.DataFrame(
        {"segment": list("abcd"), "customers": rng.integers(0, 90, 4), "revenue": rng.gamma(1, 9, 4)}
    )
    for name in ("customers", "revenue"):
        sizes[f"{name}_share"] = sizes[name] / sizes[name].sum()
    said = plain(on_sizes(sizes))
    largest, richest = (sizes.loc[sizes[name].idxmax(), "segment"] for name in ("customers", "revenue"))
    assert said.startswith(f"{richest} are")
    assert (f"The largest segment, {largest}, " in said) == (largest != richest)
    values = sizes.sort_values("revenue", ascending=False).assign(
        total=sizes["revenue"], total_low=1.0, total_high=2.0
    )
    everybody = pd.DataFrame({"segment": ["all customers"], "total": [9.0], "total_low": [4.0], "total_high": [20.0]})
    assert on_worth(pd.concat([everybody, values]), 90, money("£")).endswith(f"from {richest}.")
    growth = pd.Series({"now": rng.normal(0, 0.3), "year_before": rng.normal(0, 0.3)})
    season = on_season(growth, 90)
    assert shares(season) == pytest.approx(growth.tolist(), abs=0.0051)
    assert ("may be the season" in season) == (growth.abs().min() > 0.1 and growth["now"] * growth["year_before"] > 0)
    pairs = pd.DataFrame({"product": list("abcde"), "beside": "f"})
    pairs = pairs.assign(similarity=rng.random(5), sure=rng.random(5) < 0.5)
    names = pd.Series(dict.fromkeys("abcdef", "PEN"))
    told = on_pairs(pairs.assign(orders_together=12, expected_together=11.0), names)
    assert told.startswith("All pairs" if pairs["sure"].all() else f"⟦{(~pairs['sure']).sum()} of 5⟧ pairs")
