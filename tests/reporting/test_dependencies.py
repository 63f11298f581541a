import ast
from functools import cache
from pathlib import Path

import pytest

from helpers.closure import libraries_at_once
from helpers.reporting.cases import find_cases
from helpers.reporting.dependencies import helper_files
from helpers.reporting.notebooks import Cell
from tests.house import ROOT

FACE = """\
from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.topic.one import first, second
    from helpers.models.topic.two import third
else:
    __getattr__, __dir__ = lazy(__name__)
"""
FILES = {
    "helpers/__init__.py": "",
    "helpers/faces.py": "",
    "helpers/models/__init__.py": "",
    "helpers/models/a.py": "from helpers.models.b import x",
    "helpers/models/b.py": "def f():\n    import helpers.features.c",
    "helpers/models/d.py": "",
    "helpers/models/topic/__init__.py": FACE,
    "helpers/models/topic/one.py": "",
    "helpers/models/topic/two.py": "import helpers.models.topic.hidden",
    "helpers/models/topic/hidden.py": "",
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
ALWAYS = {"helpers/__init__.py", "helpers/reporting/rendering.py", "helpers/reporting/template/style.css"}
BEHIND_A_FACE = ALWAYS | {"helpers/faces.py", "helpers/models/__init__.py"}
ONE = "helpers/models/topic/one.py"
TWO, HIDDEN = "helpers/models/topic/two.py", "helpers/models/topic/hidden.py"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def used(root: Path, source: str) -> set[str]:
    return {path.relative_to(root).as_posix() for path in helper_files([Cell("code", source, ())], root)}


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
    assert used(root, source) == ALWAYS | {
        "helpers/models/__init__.py",
        "helpers/models/a.py",
        "helpers/models/b.py",
        "helpers/features/__init__.py",
        "helpers/features/c.py",
        "helpers/features/c_segments.yaml",
    }


@pytest.mark.parametrize(
    ("source", "behind"),
    [
        ("from helpers.models import topic\ntopic.second()", {ONE}),
        ("from helpers.models import topic as t\nt.third(t.first)", {ONE, TWO, HIDDEN}),
        ("import helpers.models.topic as t\nt.third", {TWO, HIDDEN}),
        ("from helpers.models.topic import first", {ONE}),
        ("from helpers.models.topic.two import third", {TWO, HIDDEN}),
        ("from helpers.models import topic\ntopic.hidden.f()", {HIDDEN}),
        ("from helpers.models import topic", set()),
        ("from helpers.models import topic\ngetattr(topic, 'first')", {ONE, TWO, HIDDEN}),
        ("import helpers.models.topic\nhelpers.models.topic.first", {ONE, TWO, HIDDEN}),
        ("from helpers.models.topic import *", {ONE, TWO, HIDDEN}),
    ],
)
def test_of_a_face_only_what_is_used_counts(root: Path, source: str, behind: set[str]) -> None:
    found = used(root, source) - {"helpers/faces.py", "helpers/models/__init__.py"}
    assert found == ALWAYS | behind


def test_a_name_that_a_face_shows_anew_changes_nothing_for_others(root: Path) -> None:
    source = "from helpers.models import topic\ntopic.first()"
    before = used(root, source)
    face = root / "helpers/models/topic/__init__.py"
    face.write_text(FACE.replace("import third", "import fourth, third"))
    assert used(root, source) == before == BEHIND_A_FACE | {ONE}


@cache
def files_of_cases() -> dict[str, list[Path]]:
    return {name: helper_files(case.cells) for name, case in find_cases().items()}


def dependents(path: Path) -> set[str]:
    """Return the cases whose reports are stale once a file of the project has changed."""
    return {name for name, files in files_of_cases().items() if path in files}


def test_a_method_concerns_only_the_reports_that_use_it() -> None:
    assert dependents(ROOT / "helpers/models/clustering/embeddings.py") == {"loyalty"}
    assert dependents(ROOT / "helpers/models/clustering/subclusters.py") == {"health"}
    assert dependents(ROOT / "helpers/models/rules/grouping.py") == {"wine"}
    assert dependents(ROOT / "helpers/models/clustering/stability.py") == set(find_cases())
    assert dependents(ROOT / "helpers/reporting/rendering.py") == set(find_cases())


@pytest.mark.parametrize("case", find_cases())
def test_every_file_of_a_case_concerns_its_report_and_no_other(case: str) -> None:
    files = [path for path in (ROOT / "helpers/cases" / case).rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert files
    assert {path.name: dependents(path) for path in files} == {path.name: {case} for path in files}


def test_libraries_are_told_with_the_names_that_are_imported_before_anything_is_called() -> None:
    code = "import json, os.path\nfrom a.b import c as d\nfrom helpers.wording import plain\ndef f():\n    import csv"
    own, *of_helpers = libraries_at_once(ast.parse(code))
    found = [*own, *(name for some in of_helpers for name in some)]
    assert own == ["json", "os.path", "a.b:c"]
    assert set(found) > set(own)
    assert {"csv", "a.b", "a.b:d"}.isdisjoint(found)
    assert not [name for name in found if name.startswith("helpers")]
