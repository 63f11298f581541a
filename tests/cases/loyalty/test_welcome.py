import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from helpers.cases.loyalty.advice import on_arithmetic, on_expected, on_list
from helpers.cases.loyalty.programme import set_doors
from helpers.cases.loyalty.welcome import (
    COMING,
    IN,
    LEFT,
    SAME,
    SLIPPING,
    STATUSES,
    are_members,
    expected_revenue,
    hidden_rise,
    welcome_list,
)
from helpers.errors import Unanswerable
from helpers.models.migration.hysteresis import trailing_revenue
from helpers.wording import money

END = pd.Timestamp("2024-12-31")
POUNDS = money("£")


def orders(n: int, seed: int, kinds: bool) -> pd.DataFrame:
    """Return two years of orders of customers with rates of their own, or with the same one."""
    rng = np.random.default_rng(seed)
    rates = rng.lognormal(1.5, 1.0, n) if kinds else np.full(n, 8.0)
    who = np.repeat(np.arange(n), rng.poisson(2 * rates))
    day = END - pd.to_timedelta(rng.integers(0, 730, len(who)), unit="D")
    table = pd.DataFrame({"customer": who, "date": day, "value": rng.lognormal(4, 0.5, len(who))})
    return table.sort_values("date", ignore_index=True)


def test_the_guess_is_nearer_where_customers_differ_and_says_so() -> None:
    found = expected_revenue(orders(400, 1, True), END, 91)
    rows = found.tried.set_index("way")
    assert rows.loc[found.way, "mean_error"] < rows.loc[SAME, "mean_error"]
    assert "nearer than" in on_expected(found, POUNDS)
    assert rows.loc[found.way, "bias"] == pytest.approx(1, abs=0.15)
    assert "alone would have missed" not in on_expected(replace(found, way=rows["mean_error"].idxmin()), POUNDS)
    worst = rows["mean_error"].drop(SAME).idxmax()
    nearest = f"; {rows['mean_error'].idxmin()} alone would have missed by {POUNDS(rows['mean_error'].min())}"
    assert nearest in on_expected(replace(found, way=worst), POUNDS)


def test_what_earlier_days_missed_is_made_good_in_the_mean() -> None:
    """A way that tells half of what came on both days is doubled; its range is what the days differ by."""
    table = orders(400, 1, True)
    growing = table.assign(value=table["value"] * np.exp((table["date"] - END).dt.days / 365))
    found = expected_revenue(growing, END, 91)
    assert found.raised > 1.1
    low, high = found.reach(100.0)
    assert low <= 100 <= high
    assert (low + high) / 2 == pytest.approx(100)
    told = 1 / found.tried.set_index("way").loc[found.way, "bias"] / found.raised * 100
    assert told == pytest.approx(low) or told == pytest.approx(high)
    assert f"All amounts are times {found.raised:.2f}" in on_expected(found, POUNDS)


def test_among_customers_of_one_kind_the_amounts_are_not_trusted() -> None:
    found = expected_revenue(orders(400, 2, False), END, 91)
    said = on_expected(found, POUNDS)
    assert "⟦no nearer⟧" in said
    assert "read the order of the list, and not the amounts" in said


def test_the_way_is_chosen_on_days_that_it_is_not_tried_on() -> None:
    table = orders(200, 3, True)
    late = table["date"] > END - pd.Timedelta(days=91)
    doubled = table.assign(value=table["value"].mask(late, 50 * table["value"]))
    assert expected_revenue(table, END, 91).way == expected_revenue(doubled, END, 91).way


def test_too_short_a_time_is_refused() -> None:
    with pytest.raises(Unanswerable, match="tried twice"):
        expected_revenue(orders(20, 1, True).query("date > '2024-08-01'"), END, 91)


def test_the_list_has_everybody_whom_the_doors_concern_with_status_reason_and_value() -> None:
    table = orders(300, 4, True)
    scores = trailing_revenue(table, table["date"].min() + pd.Timedelta(days=180), END, 30, 180)
    doors = set_doors(scores, scores.iloc[:, -1] > scores.iloc[:, -1].quantile(0.8), 0.8)
    labels = pd.Series(1, index=range(300))
    expected = expected_revenue(table, END, 91)
    found = welcome_list(doors, scores, labels, {1: "all"}, expected, 180, POUNDS)
    now, entry, removal = scores.iloc[:, -1], doors.entry, doors.suggested["removal"]
    own = now[found["customer"]].to_numpy()
    inside = doors.now[found["customer"]].to_numpy()
    assert set(found.loc[inside, "customer"]) == set(doors.now.index[doors.now])
    assert ((found["status"] == IN) == (inside & (own >= entry))).all()
    assert (~inside[found["status"] == COMING]).all()
    assert ((own[found["status"] == COMING] >= removal) & (own[found["status"] == COMING] < entry)).all()
    assert ((found["status"] == SLIPPING) == (inside & (own < entry))).all()
    before = doors.inside.iloc[:, -2][found["customer"]].to_numpy()
    assert ((found["status"] == LEFT) == (before & ~inside)).all()
    assert set(doors.now.index[doors.now]) == set(are_members(found)[are_members(found)].index)
    assert found["expected"].is_monotonic_decreasing
    assert found["reason"].str.startswith("£").all()
    said = on_list(found, expected, POUNDS)
    counts = [int(number) for number in re.findall(r"⟦(\d+)⟧", said)]
    assert counts == [int((found["status"] == status).sum()) for status in STATUSES]
    assert "Nobody is in" in on_list(found[:0], expected, POUNDS)


def test_a_test_is_planned_by_what_such_members_bought_before_and_in_it() -> None:
    table = orders(300, 4, True)
    start = END - pd.Timedelta(days=91)
    window = table[(table["date"] <= start) & (table["date"] > start - pd.Timedelta(days=180))]
    spent = window.groupby("customer")["value"].sum()
    entry = spent.quantile(0.7)
    members = spent[spent >= entry]
    later = table[(table["date"] > start) & (table["date"] <= END)].groupby("customer")["value"].sum()
    later = later.reindex(members.index, fill_value=0.0)
    for n in (40, 400):
        size = (norm.ppf(0.975) + norm.ppf(0.8)) * np.sqrt(2 / (n // 2))
        rest = later.std() * np.sqrt(1 - np.corrcoef(later, members)[0, 1] ** 2)
        assert hidden_rise(table, END, 91, 180, entry, n) == pytest.approx(size * rest / later.mean(), rel=1e-3)


def test_the_plan_stands_beside_the_reward() -> None:
    """A tenth more of £1,000 earns £35 at a margin of 40 % and a reward of 5 %, which alone costs £50."""
    said = on_arithmetic(1000, 0.4, 0.05, POUNDS)
    assert "£35" in said
    assert "⟦less than⟧ the £50" in said
    assert "it takes 14.3\u00a0%" in said
    assert "more than the £10" in on_arithmetic(1000, 0.4, 0.01, POUNDS)
