import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from helpers.models.migration.window_artefact import Artefact, Measurement, _against_span, movement_artefact

RNG = np.random.default_rng(1)
# Everybody buys exactly the same in each of three periods: a third of the whole span's amount.
LEVEL = pd.Series(np.r_[RNG.lognormal(2, 0.6, 300), RNG.lognormal(4, 0.5, 60)], [f"c{i}" for i in range(360)])
PERIOD = pd.DataFrame({"amount": LEVEL, "visits": 1 + (LEVEL / 5).round()})
OWN, SPAN, RAW = "one period", "whole span", "whole span, raw scale"
WINDOWS = {name: PERIOD.copy() for name in ("H1", "H2", "H3")}


def measured(windows: dict[str, pd.DataFrame]) -> Artefact:
    whole = 3 * PERIOD
    ways = {
        OWN: Measurement(windows["H1"], "clipped", windows),
        SPAN: Measurement(whole, "clipped", windows),
        RAW: Measurement(whole, "raw", windows),
    }
    return movement_artefact(whole, ways, 2, [], "amount", 1)


FOUND = measured(WINDOWS)


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


def test_who_vanishes_is_counted() -> None:
    windows = {"H1": PERIOD, "H2": PERIOD.iloc[:90]}
    found = measured(windows)
    assert found.moves["vanished_share"].tolist() == [0.75] * 3


def test_who_has_a_third_of_the_amount_seems_to_fall() -> None:
    row = FOUND.against_span.set_index("way").loc[SPAN]
    assert row["lower"] == row["differs"] > 0
    assert row["lower_share"] == 1.0
    assert (row["lower_low"], row["lower_high"]) == pytest.approx(
        proportion_confint(row["lower"], row["differs"], 0.05, "wilson")
    )


def test_the_direction_is_that_of_the_amounts_and_not_of_the_numbers_of_the_clusters() -> None:
    own, span = pd.Series(1, PERIOD.index), pd.Series(2, PERIOD.index)
    table = _against_span(span, {"H1": own}, pd.Series({1: 900.0, 2: 100.0}))
    assert table["lower"].tolist() == [0]
    assert _against_span(span, {"H1": own}, pd.Series({1: 100.0, 2: 900.0}))["lower"].tolist() == [360]
