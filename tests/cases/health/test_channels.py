from datetime import date

import ibis
import pandas as pd
import pytest

from helpers.cases.health.channels import channels_by_segment, on_channels

WINDOW = date(2022, 1, 1), date(2022, 7, 1)
ROWS = [
    ("a", "online", "2022-01-01", 100),
    ("a", "online", "2022-03-01", 200),
    ("a", "offline", "2022-03-01", 100),
    ("b", "offline", "2022-06-30", 600),
    ("b", "online", "2022-07-01", 5000),  # after the window
    ("b", None, "2022-02-01", 7000),
    ("c", "offline", "2022-02-03", 50),
    ("d", "offline", "2022-02-03", 900),  # in no segment
]
SEGMENTS = pd.Series({"a": "big", "b": "big", "c": "small"})


def orders(rows: list[tuple]) -> ibis.Table:
    frame = pd.DataFrame(rows, columns=["member", "channel", "date", "total_amount"])
    return ibis.memtable(frame.assign(date=pd.to_datetime(frame["date"]))).cast({"date": "date"})


def test_the_channels_of_each_segment_by_hand() -> None:
    table = channels_by_segment(orders(ROWS), SEGMENTS, *WINDOW)
    assert table[["segment", "channel", "customers"]].to_numpy().tolist() == [
        ["big", "offline", 2],
        ["big", "online", 2],
        ["small", "offline", 1],
        ["small", "online", 1],
    ]
    assert table["never_share"].tolist() == [0, 0.5, 0, 1]
    assert table["amount_share"].tolist() == pytest.approx([0.7, 0.3, 1, 0])


def test_channels_in_words() -> None:
    said = on_channels(channels_by_segment(orders(ROWS), SEGMENTS, *WINDOW))
    assert "⟦big⟧ offline 70\xa0% (never 0\xa0%) and online 30\xa0% (never 50\xa0%); ⟦small⟧ offline 100\xa0%" in said
    none = channels_by_segment(orders([("a", None, "2022-01-01", 5)]), SEGMENTS, *WINDOW)
    assert on_channels(none) == "No order of a customer names its channel."
