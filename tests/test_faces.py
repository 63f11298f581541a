import importlib
import subprocess
import sys

import pytest

from helpers.faces import public_names
from tests.house import ROOT

FACES = {
    ".".join(path.parent.relative_to(ROOT).parts): path
    for path in sorted((ROOT / "helpers").glob("*/*/__init__.py"))
    if path.parent.parent.name != "cases"
}
every_face = pytest.mark.parametrize("topic", FACES)


def shown(topic: str) -> dict[str, str]:
    return public_names(FACES[topic].read_text(), topic)


@every_face
def test_a_topic_says_what_it_answers_and_names_every_module(topic: str) -> None:
    said = importlib.import_module(topic).__doc__ or ""
    assert said.partition("\n")[0].endswith("?")
    modules = {path.stem for path in FACES[topic].parent.glob("*.py")} - {"__init__"}
    assert {name for name in modules if f"`{name}`" not in said} == set()
    assert len(said.splitlines()) <= 14


@every_face
def test_every_name_is_what_stands_behind_it(topic: str) -> None:
    face = importlib.import_module(topic)
    assert shown(topic)
    assert dir(face) == sorted(shown(topic))
    for name, module in shown(topic).items():
        assert getattr(face, name) is getattr(importlib.import_module(module), name)
    with pytest.raises(AttributeError, match=f"module '{topic}' has no attribute 'not_there'"):
        _ = face.not_there


@every_face
def test_no_name_is_that_of_a_module(topic: str) -> None:
    """A submodule that is imported becomes an attribute of its package, and would stand before the name."""
    assert {path.stem for path in FACES[topic].parent.glob("*.py")} & set(shown(topic)) == set()


def test_a_face_imports_nothing_until_a_name_is_used() -> None:
    code = (
        "import sys; from helpers.models import clustering as c; print('pandas' in sys.modules, callable(c.kmeans))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
