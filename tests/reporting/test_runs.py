from pathlib import Path

import pytest

from helpers.reporting.runs import KeyFigure, Run, read


@pytest.mark.parametrize(
    ("run", "overrides", "name"),
    [
        ("published", {}, "published"),
        ("published+8bf7dbd9", {"n_clusters": 5, "data": "/x/y shop.csv"}, "n_clusters = 5 and data = y shop.csv"),
        ("published+8bf7dbd9+share", {"k": None}, "k = none, made to share"),
        ("mine", {"share": 0.25}, "mine: share = 0.25"),
        ("mine", {}, "mine"),
        ("published+share", {}, "published, made to share"),
    ],
)
def test_a_run_is_called_by_what_differs(run: str, overrides: dict[str, object], name: str) -> None:
    assert Run(scenario="published", run=run, overrides=overrides).name == name


def test_what_is_strange_in_a_run_is_empty_and_the_rest_stays(tmp_path: Path) -> None:
    folder = tmp_path / "shop" / "default"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(
        '{"case": "shop", "run": "default", "made": "long ago", "seconds": "a while", "data": 3, "answer": ["x"],'
        ' "checks": "good", "findings": ["One.", 2, null], "key_figures": [{"name": "a", "value": "much"}, 7]}'
    )
    run, error = read(folder) or pytest.fail("it is one of ours")
    assert error is None
    assert (run.made, run.duration, run.origin, run.answer, run.checks) == (None, "", "Data not told", "", [])
    assert run.findings == ["One."]
    assert run.key_figures == [KeyFigure(name="a")]
    assert run.name == "default"


def test_how_long_a_run_took_is_told_in_words() -> None:
    assert [Run(seconds=seconds).duration for seconds in (5.1, 59.6, 125)] == ["5 s", "1 min 0 s", "2 min 5 s"]
