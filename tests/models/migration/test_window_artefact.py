from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from helpers.models.migration.window_artefact import OWN, RAW, SPAN, _against_span, movement_artefact
from helpers.sentences.migration.transitions import on_artefact

RNG = np.random.default_rng(1)
# Everybody buys exactly the same in each of three periods: a third of the whole span's amount.
LEVEL = pd.Series(np.r_[RNG.lognormal(2, 0.6, 300), RNG.lognormal(4, 0.5, 60)], [f"c{i}" for i in range(360)])
PERIOD = pd.DataFrame({"amount": LEVEL, "visits": 1 + (LEVEL / 5).round()})
WINDOWS = {name: PERIOD.copy() for name in ("H1", "H2", "H3")}
FOUND = movement_artefact(3 * PERIOD, WINDOWS, WINDOWS, 2, "clipped", [], 1, "amount")


def test_centres_of_the_whole_span_move_customers_who_do_the_same() -> None:
    table = FOUND.against_span.set_index("way")
    assert OWN not in table.index
    assert table.loc[SPAN, "differs_share"] > 0.05
    assert table.loc[SPAN, "customers"] == 1080
    assert table.loc[RAW, "periods"] == 3


def test_nobody_moves_between_periods_in_which_all_do_the_same() -> None:
    assert FOUND.moves["moved"].tolist() == [0] * 6
    assert FOUND.moves["both"].tolist() == [360] * 6
    assert FOUND.moves["vanished_share"].tolist() == [0.0] * 6


def test_sizes_shrink_in_the_large_cluster() -> None:
    sizes = FOUND.sizes[FOUND.sizes["way"] == SPAN].set_index(["period", "segment"])["share"]
    assert sizes["H1", 2] < sizes["whole span", 2]
    assert sizes.groupby("period").sum().to_numpy() == pytest.approx(1)


def test_who_vanishes_is_counted() -> None:
    windows = {"H1": PERIOD, "H2": PERIOD.iloc[:90]}
    found = movement_artefact(3 * PERIOD, windows, windows, 2, "clipped", [], 1, "amount")
    assert found.moves["vanished_share"].tolist() == [0.75] * 3
    assert "leaves out 75.0\u00a0%" in on_artefact(found)


def test_who_has_a_third_of_the_amount_seems_to_fall() -> None:
    row = FOUND.against_span.set_index("way").loc[SPAN]
    assert row["lower"] == row["differs"] > 0
    assert row["lower_share"] == 1.0
    assert (row["lower_low"], row["lower_high"]) == pytest.approx(
        proportion_confint(row["lower"], row["differs"], 0.05, "wilson")
    )
    assert "spends less: customers seem to fall." in on_artefact(FOUND)


def test_the_direction_is_that_of_the_amounts_and_not_of_the_numbers_of_the_clusters() -> None:
    own, span = pd.Series(1, PERIOD.index), pd.Series(2, PERIOD.index)
    table = _against_span(span, {"H1": own}, pd.Series({1: 900.0, 2: 100.0}))
    assert table["lower"].tolist() == [0]
    assert _against_span(span, {"H1": own}, pd.Series({1: 100.0, 2: 900.0}))["lower"].tolist() == [360]


def said(**changes: float) -> str:
    return on_artefact(replace(FOUND, against_span=FOUND.against_span.assign(**changes)))


def test_no_direction_is_claimed_that_is_not_there() -> None:
    assert "neither direction is surely the more frequent one" in said(lower_low=0.3, lower_high=0.6)
    assert "do not seem to fall, but to rise" in said(lower_low=0.1, lower_high=0.4)
    assert "spends less" not in said(differs=0)
