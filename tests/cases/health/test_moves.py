from datetime import date

import pandas as pd
import pytest

from helpers.cases.health import moves
from helpers.cases.health.cleaning import CleanHealth
from helpers.cases.health.features import single_view
from helpers.cases.health.moves import (
    OWN,
    SOURCE,
    SPAN,
    WORDS,
    _with_fixed_end,
    follow,
    last_steps,
    measured_otherwise,
    newcomers,
    segments_known_on,
    views,
)
from helpers.cases.health.naming import named
from helpers.cases.health.pricing import price_ranges, product_prices
from helpers.cases.health.transactions import (
    covered_half_years,
    planted_sample,
    read_and_clean,
    share_seen_before,
)
from helpers.models.migration.transitions import LAPSED, UNSEEN, clusters_by, retention
from helpers.models.migration.window_artefact import Measurement

WINDOW = pd.DataFrame({"order_size": [10.0, 2.0], "cltv": [100.0, 0.0]}, index=["a", "b"])


def test_the_source_counts_the_lifetime_value_up_to_one_fixed_day() -> None:
    fixed = _with_fixed_end(WINDOW, date(2022, 7, 1), date(2022, 7, 11))
    assert fixed["cltv"].tolist() == [200.0, 20.0]
    assert WINDOW["cltv"].tolist() == [100.0, 0.0]


def test_only_the_source_measures_raw_amounts_up_to_the_fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    view, windows = 3 * WINDOW, {"H1": WINDOW, "H2": WINDOW}
    periods = [("H1", date(2022, 1, 1), date(2022, 7, 1)), ("H2", date(2022, 7, 1), date(2022, 7, 11))]
    monkeypatch.setattr(moves, "movement_artefact", lambda _view, ways, *_rest: ways)
    ways: dict[str, Measurement] = measured_otherwise(view, windows, periods, 2, "clipped", 1)  # type: ignore[assignment]
    assert list(ways) == list(WORDS) == [OWN, SPAN, SOURCE]
    assert ways[OWN].fitted_on is windows["H1"]
    assert ways[SPAN].fitted_on is ways[SOURCE].fitted_on is view
    assert [way.scale for way in ways.values()] == ["clipped", "clipped", "raw"]
    assert ways[OWN].windows is ways[SPAN].windows is windows
    assert [window["cltv"].tolist() for window in ways[SOURCE].windows.values()] == [[200.0, 20.0], [100.0, 0.0]]


@pytest.fixture(scope="module")
def cleaned() -> CleanHealth:
    return read_and_clean("sample", planted_sample("sample", 1000, 2), {}, "duckdb", [2021])


def test_moves_are_followed_from_half_year_to_half_year(cleaned: CleanHealth) -> None:
    periods = covered_half_years(cleaned.transactions, "2022-01-01", 3)
    start, end = periods[0][1], periods[-1][2]
    prices = price_ranges(product_prices(cleaned.lines))
    windows = views(cleaned, prices, periods)
    assert list(windows) == ["2022-H1", "2022-H2", "2023-H1"]
    second = single_view(cleaned.transactions, cleaned.members, prices, *periods[1][1:])
    pd.testing.assert_frame_equal(windows["2022-H2"], second)

    moved = follow(cleaned.transactions, windows, start, 2, "clipped", 1)
    for name, window in windows.items():
        assert moved.by_period[name].index.equals(window.index)
        assert set(moved.by_period[name]) <= set(moved.names["name"])
        bought = moved.states[name][~moved.states[name].isin([LAPSED, UNSEEN])]
        assert bought.to_dict() == moved.by_period[name].to_dict()
    pd.testing.assert_frame_equal(moved.kept, retention(moved.table))
    before = share_seen_before(cleaned.transactions, start, windows["2022-H1"].index)
    assert 0 < moved.seen_before == before < 1

    learned, judged = last_steps(windows, moved)
    assert learned.features is windows["2022-H1"]
    assert judged.features is windows["2022-H2"]
    assert learned.next_state.equals(moved.states.loc[learned.features.index, "2022-H2"])
    assert judged.segment.equals(moved.by_period["2022-H2"])
    assert judged.next_state.equals(moved.states.loc[judged.features.index, "2023-H1"])

    view = single_view(cleaned.transactions, cleaned.members, prices, start, end)
    artefact = measured_otherwise(view, windows, periods, 2, "clipped", 1)
    assert artefact.moves["way"].unique().tolist() == [OWN, SPAN, SOURCE]
    assert set(artefact.against_span["way"]) == {SPAN, SOURCE}
    assert (artefact.moves["customers"] == 3 * [len(windows["2022-H1"]), len(windows["2022-H2"])]).all()


def test_what_is_known_on_a_day_is_the_half_year_before_it(cleaned: CleanHealth) -> None:
    prices = price_ranges(product_prices(cleaned.lines))
    windows = views(cleaned, prices, covered_half_years(cleaned.transactions, "2022-01-01", 3))
    moved = follow(cleaned.transactions, windows, date(2022, 1, 1), 2, "clipped", 1)
    day = date(2023, 4, 10)
    found = segments_known_on({"then": pd.Timestamp(day)}, cleaned, prices, moved)["then"]
    before = single_view(cleaned.transactions, cleaned.members, prices, date(2022, 10, 10), day)
    pd.testing.assert_series_equal(found, named(clusters_by(moved.centres, before), moved.names))
    rows = cleaned.transactions.execute()
    days = pd.to_datetime(rows["date"])
    inside = rows[(days < pd.Timestamp(day)) & (days >= pd.Timestamp(day) - pd.Timedelta(days=182))]
    assert set(found.index) == set(inside["member"])


def test_newcomers_are_who_joined_in_the_half_year_and_bought_in_it(cleaned: CleanHealth) -> None:
    periods = covered_half_years(cleaned.transactions, "2022-01-01", 3)
    prices = price_ranges(product_prices(cleaned.lines))
    windows = views(cleaned, prices, periods)
    moved = follow(cleaned.transactions, windows, periods[0][1], 2, "clipped", 1)
    joined = cleaned.sponsors()["join_date"]
    table = newcomers(joined, moved, periods)
    assert table["period"].unique().tolist() == ["2022-H1", "2022-H2"]
    for name, first, after in periods[:2]:
        day = joined.reindex(windows[name].index)
        inside = (day >= pd.Timestamp(first)) & (day < pd.Timestamp(after))
        own = table[table["period"] == name]
        assert own["members"].sum() == inside.sum() > 0
        assert own["share"].sum() == pytest.approx(1)
    following = windows["2022-H2"].index
    day = joined.reindex(windows["2022-H1"].index)
    new = day.index[(day >= "2022-01-01") & (day < "2022-07-01")]
    assert table.loc[table["period"] == "2022-H1", "again"].sum() == new.isin(following).sum()
