import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.closure import ROOT
from helpers.reporting.requests import digest_of, split_at_commas


@pytest.mark.parametrize(
    ("text", "parts"),
    [("1,2", ["1", "2"]), ("[1,2],[3]", ["[1,2]", "[3]"]), ("{a: [1,2]}", ["{a: [1,2]}"]), ("", [""]), ("a", ["a"])],
)
def test_sweep_values_split_at_commas_outside_brackets(text: str, parts: list[str]) -> None:
    assert split_at_commas(text) == parts


def test_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": "1"})


def test_what_is_asked_is_checked_without_the_libraries_that_answer_it(tmp_path: Path) -> None:
    asked = "from helpers.reporting.requests import Wish, requests_of\nprint(len(requests_of(Wish())))\n"
    heavy = "import sys\nprint({'numpy', 'pandas', 'sklearn', 'ibis'} & set(sys.modules))\n"
    nothing_known = os.environ | {"CASEBOOK_CACHE": str(tmp_path), "PYTHONPATH": str(ROOT)}
    said = subprocess.run([sys.executable, "-c", asked + heavy], env=nothing_known, capture_output=True, text=True)
    assert said.stdout.split("\n") == ["5", "set()", ""], said.stderr
