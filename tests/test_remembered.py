import os
from pathlib import Path

import pytest

from helpers import remembered as module
from helpers.kept_files import CACHE
from helpers.remembered import remembered


@pytest.fixture(autouse=True)
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv(CACHE, str(tmp_path))
    return []


def ask(asked: list[str], question: str) -> dict[str, int]:
    return remembered(question, lambda: asked.append(question) or {"b": 1, "a": 2})


def test_an_answer_is_worked_out_once_for_the_same_question_and_code(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(ask(asked, "what?").items()) == list(ask(asked, "what?").items()) == [("b", 1), ("a", 2)]
    ask(asked, "who?")
    assert asked == ["what?", "who?"]
    monkeypatch.setattr(module, "_code", lambda: "other code")
    ask(asked, "who?")
    assert asked == ["what?", "who?", "who?"]


def test_the_code_is_every_file_of_helpers_and_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROOT", tmp_path)
    (tmp_path / "helpers").mkdir()
    said = set()
    for name in ("requirements.lock", "helpers/a.py", "helpers/a.yaml", "helpers/a.py"):
        with (tmp_path / name).open("a") as file:
            file.write("changed")
        said.add(module._code.__wrapped__())
    assert len(said) == 4
    (tmp_path / "helpers/__pycache__").mkdir()
    (tmp_path / "helpers/__pycache__/a.cpython-311.pyc.1402").write_text("compiled, and about to be renamed")
    assert module._code.__wrapped__() in said


def test_a_broken_answer_is_worked_out_again_and_no_folder_is_no_hindrance(asked: list[str], tmp_path: Path) -> None:
    ask(asked, "what?")
    (kept,) = (tmp_path / "results").iterdir()
    kept.write_text("{")
    ask(asked, "what?")
    os.environ[CACHE] = str(kept)
    ask(asked, "what?")
    assert asked == ["what?"] * 3
