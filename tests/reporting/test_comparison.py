import pandas as pd

from helpers.reporting.comparison import _same

NAN = float("nan")


def test_only_what_every_run_has_alike_is_the_same() -> None:
    runs = pd.DataFrame({"customers": [60, 60], "hit_rate": [0.087, 0.301], "only_in_one": [0.2, NAN]}, dtype=float)
    assert _same(runs) == {"customers": 60}
    failed = pd.DataFrame({"customers": [NAN], "hit_rate": [NAN], "only_in_one": [NAN]})
    assert _same(pd.concat([runs, failed])) == {"customers": 60}
    assert _same(failed) == {}
