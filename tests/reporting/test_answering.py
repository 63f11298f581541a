import re
from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers.reporting import answering
from helpers.reporting.answering import Answering
from helpers.reporting.records import RECORD

START = "from helpers.errors import Unanswerable\ndef few():\n    raise Unanswerable('Only 3 customers.')"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell whose displayed records are in its namespace as `_records`."""
    shell = InteractiveShell.instance()
    records: list[dict[str, Any]] = []
    monkeypatch.setattr(answering, "display", lambda bundle, **_: records.append(bundle[RECORD]))
    shell.user_ns["_records"] = records
    shell.run_cell(START)
    answering.go_on_without_answers()
    answering.go_on_without_answers()
    assert sum(isinstance(one, Answering) for one in shell.ast_transformers) == 1
    yield shell
    shell.ast_transformers.clear()
    shell.reset()
    InteractiveShell.clear_instance()


def run(shell: InteractiveShell, cell: str) -> tuple[bool, list[dict[str, Any]]]:
    """Run a cell; return whether it went well, and the records that it left."""
    records: list[dict[str, Any]] = shell.user_ns["_records"]
    before = len(records)
    result = shell.run_cell(cell)
    return result.success, records[before:]


def test_what_cannot_be_answered_is_said_and_what_needs_it_is_left_out(shell: InteractiveShell) -> None:
    good, (record,) = run(shell, "first = 1\nshares = few()\nlast = 2")
    assert good
    assert (record["kind"], record["reason"]) == ("unanswered", "Only 3 customers.")
    assert (shell.user_ns["first"], shell.user_ns["last"]) == (1, 2)

    good, (record,) = run(shell, "top = max(shares)\nbottom = min(shares)\nother = last + 1")
    assert good
    assert (record["kind"], record["names"]) == ("left_out", ["shares"])
    assert record["text"] == "Left out here, as it rests on what the data cannot answer: Only 3 customers."
    assert shell.user_ns["other"] == 3

    assert run(shell, "print(top)")[1][0]["names"] == ["top"], "what was left out is missed in its turn"
    assert run(shell, "other + 1") == (True, [])


def test_names_are_followed_into_functions_and_not_into_comprehensions(shell: InteractiveShell) -> None:
    run(shell, "x = few()")
    assert run(shell, "y = [x for x in [1, 2]]") == (True, [])
    assert shell.user_ns["y"] == [1, 2]
    assert run(shell, "def ask():\n    return x")[1][0]["names"] == ["x"]
    assert run(shell, "z = ask()")[1][0]["names"] == ["ask"]
    assert run(shell, "x += 1")[1][0]["names"] == ["x"]
    assert run(shell, "import math\nw = math.pi") == (True, [])


def test_a_name_that_is_made_again_serves_again(shell: InteractiveShell) -> None:
    run(shell, "x = few()")
    assert run(shell, "x = 5") == (True, [])
    assert run(shell, "y = x + 1") == (True, [])
    run(shell, "x = few()")
    assert run(shell, "y = x + 1")[1][0]["names"] == ["x"], "an old value is not used where the new one is missing"


def test_a_fault_is_a_fault(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    good, records = run(shell, "x = 1\ny = x / 0")
    assert not good
    assert not records
    out = capsys.readouterr().out
    assert "ZeroDivisionError" in out
    assert "----> 2 y = x / 0" in re.sub(r"\x1b\[[0-9;]*m", "", out)


def test_the_last_value_of_a_cell_is_shown(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    run(shell, "x = 20\nx + 1")
    run(shell, "x + 2\nx")
    run(shell, "x = 3")
    assert re.findall(r": (\d+)", capsys.readouterr().out) == ["21", "20"]
