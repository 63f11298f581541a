import json
from pathlib import Path

import pytest

from helpers.reporting.freshness import data_fingerprint, is_up_to_date, read_run


def test_fingerprint_is_of_content_and_of_names_where_there_are_several(tmp_path: Path) -> None:
    a, b = tmp_path / "a.csv", tmp_path / "b.csv"
    a.write_text("1")
    b.write_text("1")
    assert data_fingerprint([a]) == data_fingerprint([b])
    assert data_fingerprint([a, b]) == data_fingerprint([b, a]) != data_fingerprint([a])
    before = data_fingerprint([a, b])
    b.write_text("2")
    assert data_fingerprint([a, b]) != before
    assert data_fingerprint([]) == ""


def test_only_a_whole_good_run_with_the_same_inputs_is_up_to_date(tmp_path: Path) -> None:
    inputs = {"notebook": "1"}
    (tmp_path / "run.json").write_text(json.dumps({"inputs": inputs, "tables": ["t"]}))
    assert not is_up_to_date(tmp_path, lambda: inputs)
    (tmp_path / "tables").mkdir()
    for name in ("report.html", "notebook.ipynb", "tables/t.csv"):
        (tmp_path / name).write_text("")
    assert is_up_to_date(tmp_path, lambda: inputs)
    assert not is_up_to_date(tmp_path, lambda: {"notebook": "2"})
    (tmp_path / "failed.json").write_text("{}")
    assert not is_up_to_date(tmp_path, lambda: inputs)


@pytest.mark.parametrize("content", ["", "[1]", '{"status": "ok"'])
def test_a_run_json_that_is_no_whole_mapping_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    assert read_run(tmp_path / "run.json") == {}
