from itertools import product
from pathlib import Path

import pandas as pd
import pytest
import yaml

from helpers.cases.rfm.naming import (
    RULES,
    SHOWN,
    action_of,
    assign_segments,
    read_segmentation,
    rules_in_words,
    segments_of,
)
from helpers.errors import CasebookError

GRID = pd.DataFrame(list(product(range(1, 6), repeat=3)), columns=["recency", "frequency", "monetary"])


def changed(tmp_path: Path, **parts: object) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(RULES.read_text()) | parts))
    return path


@pytest.mark.parametrize("use_monetary", [True, False])
def test_every_combination_of_scores_is_in_exactly_one_segment_by_hand_written_rules(use_monetary: bool) -> None:
    def by_hand(r: int, f: int, m: int) -> str:
        if f == 1:
            return "New customers" if r >= 4 else "Hibernating"
        if f == 2:
            return "Need to focus"
        if r == 1:
            return "Good old friends"
        if f == 3:
            return "Potential loyalists"
        return "VIPs" if m == 5 or not use_monetary else "Regulars"

    found = read_segmentation(use_monetary=use_monetary)
    assert assign_segments(GRID, found).tolist() == [by_hand(*row) for row in GRID.to_numpy().tolist()]
    assert found.uses("monetary") == use_monetary
    used = {measure: found.cutoffs_used(measure) for measure in GRID}
    assert used == {"recency": [1, 3], "frequency": [0, 1, 2], "monetary": [3] if use_monetary else []}
    assert len(found.names) == 6 + use_monetary


def test_the_action_names_the_kind_of_list() -> None:
    efforts = read_segmentation().efforts
    assert list(efforts)[-1] == "lapsed"
    for effort in efforts.values():
        assert action_of(effort) == f"{effort.action} {SHOWN[effort.show]}"
    assert not any("leave" in effort.action or "any price" in effort.action for effort in efforts.values())


def test_segments_follow_from_the_measures() -> None:
    rfm = pd.DataFrame(
        {"recency": [10, 200, 20], "frequency": [9, 9, 1], "monetary": [1.0, 1.0, 1.0]}, index=list("abc")
    )
    segments = segments_of(rfm, "cutoffs", read_segmentation())
    assert segments.to_dict() == {"a": "Regulars", "b": "Good old friends", "c": "New customers"}


def test_a_rule_may_look_at_money_too(tmp_path: Path) -> None:
    segments = [
        {"name": "big", "rule": {"monetary": [4, 5]}, "in_short": "Call", "action": "Call.", "show": "best list"},
        {"name": "small", "rule": {"monetary": [1, 3]}, "in_short": "Write", "action": "Write.", "show": "best list"},
    ]
    found = read_segmentation(changed(tmp_path, segments=segments))
    assert found.uses("monetary")
    assert not found.uses("recency")
    assert assign_segments(GRID, found).value_counts().to_dict() == {"big": 50, "small": 75}
    assert rules_in_words(found).loc[0, ["recency_score", "monetary_score"]].tolist() == ["any", "4 to 5"]


def named(**rules: dict) -> dict:
    rest = {"in_short": "", "action": "", "show": "best list"}
    return {"segments": [{"name": name, "rule": rule} | rest for name, rule in rules.items()]}


FALLING = {"recency": [14, 30, 30, 60], "frequency": [1, 2, 3, 4], "monetary": [1, 2, 3, 4]}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (named(a={"recency": [1, 4]}), r"recency 5, frequency 1, monetary 1 fall into no segment; .*\(25 do not\)"),
        (named(a={}, b={}), r"fall into a and b"),
        (named(a={"recency": [0, 5]}), r"segments.0.rule.recency.0: .* greater than or equal to 1, not 0"),
        (named(a={"recent": [1, 5]}), r"segments.0.rule.recent: "),
        ({"cutoffs": FALLING}, r"cutoffs.recency: \[14.0, 30.0, 30.0, 60.0\] must rise"),
    ],
)
def test_wrong_rules_are_named(tmp_path: Path, parts: dict, message: str) -> None:
    with pytest.raises(CasebookError, match=message):
        read_segmentation(changed(tmp_path, **parts))
