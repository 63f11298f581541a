from typing import Any

from helpers.reporting.records import RECORD, unanswered_in


def heading(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": f"Some text.\n\n### {text}\n"}


def told(*records: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": "x", "outputs": [{"data": {RECORD: record}} for record in records]}


def test_a_reason_is_told_once_with_all_that_it_takes_along() -> None:
    few = {"kind": "unanswered", "reason": "Only 3."}
    cells = [
        heading("First"),
        told(few, {"kind": "left_out", "names": ["a"], "reason": "Only 3."}),
        heading("Second"),
        told({"kind": "left_out", "names": ["b", "a"], "reason": "Only 3."}),
        heading("Third"),
        told(few),
        told({"kind": "unanswered", "reason": "All alike."}),
    ]
    assert unanswered_in(cells) == [
        {"chapter": "First", "reason": "Only 3.", "left_out": ["a", "b"], "chapters": ["Second", "Third"]},
        {"chapter": "Third", "reason": "All alike.", "left_out": [], "chapters": []},
    ]
