from datetime import date

import pandas as pd

from helpers.cases.health.measurement import OWN, SOURCE, SPAN, WORDS, ways_of_measuring, with_fixed_end

WINDOW = pd.DataFrame({"order_size": [10.0, 2.0], "cltv": [100.0, 0.0]}, index=["a", "b"])


def test_the_source_counts_the_lifetime_value_up_to_one_fixed_day() -> None:
    fixed = with_fixed_end(WINDOW, date(2022, 7, 1), date(2022, 7, 11))
    assert fixed["cltv"].tolist() == [200.0, 20.0]
    assert WINDOW["cltv"].tolist() == [100.0, 0.0]


def test_only_the_source_measures_raw_amounts_up_to_the_fixed_day() -> None:
    view, windows, fixed = 3 * WINDOW, {"H1": WINDOW, "H2": WINDOW}, {"H1": 2 * WINDOW, "H2": 2 * WINDOW}
    ways = ways_of_measuring(view, windows, fixed, "clipped")
    assert list(ways) == list(WORDS) == [OWN, SPAN, SOURCE]
    assert ways[OWN].fitted_on is windows["H1"]
    assert ways[SPAN].fitted_on is ways[SOURCE].fitted_on is view
    assert [way.scale for way in ways.values()] == ["clipped", "clipped", "raw"]
    assert [way.windows for way in ways.values()] == [windows, windows, fixed]
