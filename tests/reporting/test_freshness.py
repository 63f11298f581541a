import json
from pathlib import Path

import pytest

from helpers.reporting.freshness import data_fingerprint, helper_files, is_up_to_date, read_run
from helpers.reporting.notebooks import Cell


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "helpers/__init__.py": "",
        "helpers/models/__init__.py": "",
        "helpers/models/a.py": "from helpers.models.b import x",
        "helpers/models/b.py": "def f():\n    import helpers.features.c",
        "helpers/models/d.py": "",
        "helpers/features/__init__.py": "",
        "helpers/features/c.py": "import pandas",
        "helpers/features/c_segments.yaml": "",
        "helpers/features/other_segments.yaml": "",
        "helpers/features/.c.py.swp": "",
        "helpers/figures/e.py": "",
        "helpers/reporting/rendering.py": "",
        "helpers/reporting/template/style.css": "",
        "helpers/reporting/index.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    "source",
    [
        "from helpers.models.a import x",
        "import helpers.models.a",
        "from helpers.models import a",
        "%matplotlib inline\nfrom helpers.models import a\n!ls",
    ],
)
def test_imports_are_followed_and_nothing_else_counts(root: Path, source: str) -> None:
    found = {path.relative_to(root).as_posix() for path in helper_files([Cell("code", source, ())], root)}
    assert found == {
        "helpers/__init__.py",
        "helpers/models/__init__.py",
        "helpers/models/a.py",
        "helpers/models/b.py",
        "helpers/features/__init__.py",
        "helpers/features/c.py",
        "helpers/features/c_segments.yaml",
        "helpers/reporting/rendering.py",
        "helpers/reporting/template/style.css",
    }


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
    assert not is_up_to_date(tmp_path, inputs)
    (tmp_path / "tables").mkdir()
    for name in ("report.html", "notebook.ipynb", "tables/t.csv"):
        (tmp_path / name).write_text("")
    assert is_up_to_date(tmp_path, inputs)
    assert not is_up_to_date(tmp_path, {"notebook": "2"})
    (tmp_path / "failed.json").write_text("{}")
    assert not is_up_to_date(tmp_path, inputs)


@pytest.mark.parametrize("content", ["", "[1]", '{"status": "ok"'])
def test_a_run_json_that_is_no_whole_mapping_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    assert read_run(tmp_path / "run.json") == {}
