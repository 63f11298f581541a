import re

import numpy as np
import pandas as pd
import pytest

from helpers.cases.rfm.advice import (
    is_untrusted,
    on_acquisition,
    on_cost,
    on_effort,
    on_hits,
    on_seldom,
    on_test,
    on_trust,
)
from helpers.cases.rfm.summary import NOT_BACK
from helpers.wording import money, plain

STATES = range(20)
POUNDS = money("£")
NAMES = ["VIPs", "Regulars", "Hibernating", "lapsed"]


def said(text: str) -> str:
    return plain(text).replace("\u00a0", " ")


def actions_of(rng: np.random.Generator) -> pd.DataFrame:
    table = pd.DataFrame({"segment": NAMES, "customers": rng.integers(0, 99, 4), "revenue": rng.gamma(1, 1000, 4)})
    table = table.assign(expected_value=rng.gamma(1, 1000, 4), ordered_again=rng.random(4))
    table["expected_value"] = table["expected_value"].where(table["customers"] > 0)
    each = table["expected_value"] / table["customers"]
    table = table.assign(break_even=each / 10, break_even_low=each / 20)
    table[NOT_BACK] = table["revenue"] * (1 - table["ordered_again"])
    return table.sort_values("expected_value", ascending=False)


@pytest.mark.parametrize("seed", STATES)
def test_effort_goes_where_most_is_expected_and_where_it_breaks_even_is_told_of_both_ends(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = actions_of(rng)
    some = table[table["customers"] > 0]
    text = said(on_effort(table, True, 90))
    assert "none deserves more effort" in on_effort(table, False, 90)
    if len(some):
        assert re.search(r"expected: (\w+)", text).group(1) == some["segment"].iloc[0]
        late = some.loc[some[NOT_BACK].idxmax(), "segment"]
        assert f"from customers not expected back within 90 days, most came from {late}" in text
    named = some[some["segment"] != "lapsed"]
    cost = said(on_cost(table, POUNDS))
    assert "lapsed" not in cost
    if len(named) > 1:
        order = re.findall(r"for each of (\w+)", cost)
        assert order == [
            named.loc[named["break_even"].idxmax(), "segment"],
            named.loc[named["break_even"].idxmin(), "segment"],
        ]
        most = named["break_even"].max()
        assert f"at {POUNDS(most)} (cautiously {POUNDS(most / 2)}) for each" in cost
        assert ("no more than an e-mail pays" in cost) == (named["break_even_low"] < 1).any()


@pytest.mark.parametrize(("came", "lost"), [(30, 10), (10, 30), (10, 10)])
def test_a_shop_that_loses_more_than_it_wins_has_to_win_more(came: int, lost: int) -> None:
    moves = pd.DataFrame({"before": ["new or back", "VIPs"], "after": ["VIPs", "lapsed"], "customers": [came, lost]})
    values = pd.DataFrame({"expected_value": [100.0, 300.0, 5.0]}, index=list("abc"))
    members, least = pd.Series([True, True, False], index=list("abc")), 0.75 * values["expected_value"]
    text = said(on_acquisition(members, values, moves, (90, 365), least, POUNDS))
    assert ("has to win more" in text) == (came < lost)
    assert ("more than the" in text) == (came > lost)
    assert "expected to spend £200 (cautiously £150) in 365 days after the first order." in text
    assert "Nobody is new" in on_acquisition(members & False, values, moves, (90, 365), least, POUNDS)


def test_those_who_order_seldom_are_worth_what_they_may_bring() -> None:
    members = pd.Series([True, True, False, False], index=list("abcd"))
    values = pd.DataFrame({"expected_value": [100.0, 300.0, 500.0, 100.0]}, index=list("abcd"))
    again = pd.DataFrame({"segment": ["seldom and not lately"], "ordered_again": [0.27]})
    least = 0.75 * values["expected_value"]
    text = said(on_seldom(members, values, again, (90, 365), least, POUNDS))
    assert text.startswith(
        "2 customers (50 %) order seldom and have not ordered lately. Of such customers, 27 % ordered again"
    )
    assert "may bring £400 in 365 days, 40 % of all expected: a try that made each buy 10 % more" in text
    assert "break even at £20 (cautiously £15) for each, the cost of the extra goods included." in text
    unknown = said(on_seldom(members, values, again.assign(ordered_again=np.nan), (90, 365), least, POUNDS))
    assert "Of such customers" not in unknown
    assert "Nobody orders seldom" in on_seldom(members & False, values, again, (90, 365), least, POUNDS)


@pytest.mark.parametrize("seed", STATES)
def test_expected_values_are_trusted_no_further_than_they_held(seed: int) -> None:
    rng = np.random.default_rng(seed)
    errors = pd.DataFrame({"predictor": ["model", "same rate for all", "own rate"], "diff_low": rng.normal(0, 1, 3)})
    errors["diff_high"] = errors["diff_low"] + rng.random(3)
    tested = pd.DataFrame({"segment": "all customers", "expected": 100.0, "actual": rng.gamma(5, 20, 6)})
    tested = tested.assign(held=rng.random(6) < 0.8, miss=tested["actual"] / 100 - 1)
    text = said(on_trust(errors, tested))
    off = (tested["actual"] / 100 - 1).abs().max()
    assert f"off by up to {off:.0%}".replace("%", " %") in text
    assert ("were all too low" in text) == (tested["actual"] > 100).all()
    assert on_trust(errors, tested.assign(miss=0.3)).endswith("; these totals were all too low.")
    high = tested.assign(miss=[0.01, -0.08, -0.05, -0.06, -0.16, -0.29])
    assert on_trust(errors, high).endswith("; these totals were mostly too high.")
    assert on_trust(errors, high.assign(miss=[0.01, -0.08, 0.05, 0.06, -0.16, -0.29])).endswith("take the low end.")
    rows = errors.set_index("predictor")
    assert ("own rate so far was nearer" in text) == (rows.loc["own rate", "diff_high"] < 0)
    if "the model was nearer" in text:
        assert rows.loc["same rate for all", "diff_low"] > 0
    assert is_untrusted(errors, tested) == (rows.loc["own rate", "diff_high"] < 0 or (~tested["held"]).sum() > 1)


def test_lists_are_called_better_only_where_they_surely_are() -> None:
    rates = pd.DataFrame({"segment": NAMES, "customers": [9, 9, 9, 0], "better": [True, False, False, False]})
    rates = rates.assign(hit_rate=[0.8, 0.5, 0.4, np.nan], simple_rate=[0.3, 0.4, 0.5, np.nan])
    text = said(on_hits(rates))
    assert text == (
        "In 1 of 3 segments, surely more customers bought from their own list than from the bestsellers. "
        "Not surely better: "
        "Regulars and Hibernating."
    )
    none = said(on_hits(rates.assign(better=False)))
    assert none == "In no segment did the lists surely do better than the bestsellers."
    assert "cannot be told" in on_hits(rates.assign(customers=0))


@pytest.mark.parametrize(
    ("doubtful", "advised"), [(["Hibernating"], "Hibernating"), ([], "Guests"), (["VIPs", "Guests"], "Guests")]
)
def test_a_test_starts_where_most_may_not_be_back_of_what_is_doubtful(doubtful: list[str], advised: str) -> None:
    names = ["Guests", "VIPs", "Hibernating", "lapsed"]
    table = pd.DataFrame({"segment": names, "customers": [100, 0, 500, 990], NOT_BACK: [30.0, 99.0, 20.0, 90.0]})
    rates = pd.DataFrame({"segment": names, "better": [name not in doubtful for name in names]})
    text = said(on_test(table.assign(ordered_again=0.5), rates, 90))
    assert f"the action for {advised} adds an order is not known" in text
    assert ("its list is not surely better" in text) == bool(doubtful)
    assert f"customers of {advised} get it, chosen at random" in text
    assert "After 12 weeks, compare the share who order" in text
    small = table.assign(customers=[99, 0, 99, 990], ordered_again=0.5)  # too small for doubt to come first
    assert "the action for Guests" in said(on_test(small, rates, 90))
    assert "no test can be planned" in on_test(table.assign(ordered_again=np.nan), rates, 90)
