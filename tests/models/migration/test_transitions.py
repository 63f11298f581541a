from datetime import date

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from helpers.errors import CasebookError
from helpers.models.migration.transitions import (
    LAPSED,
    UNSEEN,
    check_lengths,
    clusters_by,
    fit_centres,
    half_years,
    retention,
    states,
    transition_table,
)

PERIODS = {
    "H1": pd.Series({"a": "big", "b": "big", "c": "small", "d": "small"}),
    "H2": pd.Series({"a": "big", "b": "small", "e": "small"}),
    "H3": pd.Series({"a": "big", "c": "small", "e": "small", "f": "big"}),
}
STATES = states(PERIODS)
MOVES = transition_table(STATES, ["big", "small"])


def test_every_customer_has_a_state_in_every_period() -> None:
    assert STATES.loc["a"].tolist() == ["big", "big", "big"]
    assert STATES.loc["c"].tolist() == ["small", LAPSED, "small"]
    assert STATES.loc["d"].tolist() == ["small", LAPSED, LAPSED]
    assert STATES.loc["e"].tolist() == [UNSEEN, "small", "small"]
    assert STATES.loc["f"].tolist() == [UNSEEN, UNSEEN, "big"]


def test_transitions_counted_one_by_one() -> None:
    counted = {(row.period_after, row.before, row.after): (row.kind, row.customers) for row in MOVES.itertuples()}
    assert counted == {
        ("H2", "big", "big"): ("stayed", 1),
        ("H2", "big", "small"): ("moved", 1),
        ("H2", "small", LAPSED): ("lapsed", 2),
        ("H2", UNSEEN, "small"): ("first seen", 1),
        ("H2", UNSEEN, UNSEEN): ("seen only later", 1),
        ("H3", "big", "big"): ("stayed", 1),
        ("H3", "small", "small"): ("stayed", 1),
        ("H3", "small", LAPSED): ("lapsed", 1),
        ("H3", UNSEEN, "big"): ("first seen", 1),
        ("H3", LAPSED, "small"): ("returned", 1),
        ("H3", LAPSED, LAPSED): ("still away", 1),
    }
    shares = MOVES.groupby(["period_after", "before"])["share"].sum()
    assert shares.to_numpy() == pytest.approx(1)
    ahead = MOVES[MOVES["kind"] == "seen only later"].iloc[0]
    assert np.isnan(ahead["share"])
    assert MOVES.loc[(MOVES["kind"] == "first seen") & (MOVES["period_after"] == "H2"), "share"].tolist() == [1.0]


def test_every_step_counts_every_customer() -> None:
    assert MOVES.groupby("period_after")["customers"].sum().tolist() == [6, 6]


def test_intervals_are_wilsons() -> None:
    row = MOVES[(MOVES["before"] == "big") & (MOVES["kind"] == "moved")].iloc[0]
    assert (row["low"], row["high"]) == pytest.approx(proportion_confint(1, 2, 0.05, "wilson"))


def test_retention_counts_who_bought_again() -> None:
    table = retention(MOVES).set_index(["period_before", "segment"])
    assert table["retained"].to_dict() == {
        ("H1", "big"): 2,
        ("H1", "small"): 0,
        ("H1", "all"): 2,
        ("H2", "big"): 1,
        ("H2", "small"): 1,
        ("H2", "all"): 2,
    }
    assert table["stayed"].tolist() == [1, 0, 1, 1, 1, 2]
    assert table.loc[("H1", "all"), "retained_share"] == 0.5
    assert table.loc[("H1", "all"), ["retained_low", "retained_high"]].tolist() == pytest.approx(
        proportion_confint(2, 4, 0.05, "wilson")
    )


def test_a_customer_who_does_the_same_stays() -> None:
    rng = np.random.default_rng(1)
    first = pd.DataFrame({"amount": np.r_[rng.lognormal(2, 0.3, 80), rng.lognormal(6, 0.3, 20)]})
    centres, clusters = fit_centres(first, 2, "log", [], 1)
    assert clusters.value_counts().tolist() == [80, 20]
    assert clusters_by(centres, first.sample(frac=1, random_state=1))[clusters.index].equals(clusters)
    assert clusters_by(centres, first.head(0)).empty
    assert clusters_by(centres, pd.DataFrame({"amount": [np.exp(6), np.exp(2)]})).tolist() == [2, 1]


def test_the_half_years_of_the_casebook() -> None:
    periods = half_years(date(2022, 1, 1), 3)
    assert periods == [
        ("2022-H1", date(2022, 1, 1), date(2022, 7, 1)),
        ("2022-H2", date(2022, 7, 1), date(2023, 1, 1)),
        ("2023-H1", date(2023, 1, 1), date(2023, 7, 1)),
    ]
    check_lengths(periods)
    with pytest.raises(CasebookError, match="whole has 546 days, 2022-H1 181"):
        check_lengths([("whole", date(2022, 1, 1), date(2023, 7, 1)), periods[0]])


def test_nobody_is_retained() -> None:
    gone = transition_table(states({"H1": PERIODS["H1"], "H2": pd.Series({"z": "big"})}), ["big", "small"])
    table = retention(gone)
    assert table["retained_share"].tolist() == [0, 0, 0]
    assert (table["retained_low"] == 0).all()
