"""Whatever is typed for a parameter, and whatever a file holds: it is taken, or refused in a sentence."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from helpers.errors import CasebookError
from helpers.reporting.cases import find_cases
from helpers.reporting.parameters import DATA
from helpers.reporting.requests import PUBLISH, Request, Wish, digest_of, requests_of
from tests.trials.good import MAIN, make_good, read

CASES = find_cases()
NAMES = [(case, name) for case, one in CASES.items() for name in one.parameters if name not in (DATA, PUBLISH)]
ALWAYS = settings(derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(
    plain, lambda one: st.lists(one, max_size=4) | st.dictionaries(st.text(max_size=5), one, max_size=3)
)
ODD = [
    "",
    " ",
    "0",
    "-1",
    "1e400",
    "NaN",
    "NULL",
    "=1+1",
    "'",
    '"',
    ";",
    ",",
    "\0",
    "\ufeff",
    "2022-13-01",
    "٣",
    "x" * 5000,
]


@st.composite
def typed(draw: Callable[..., Any]) -> tuple[str, str, str]:
    """Draw a case, one of its parameters, and what is typed for it: of its type, nearly so, or anything."""
    case, name = draw(st.sampled_from(NAMES))
    parameter = CASES[case].parameters[name]
    schema = json.dumps(parameter.schema())
    default = str(parameter.default)
    near = st.sampled_from([default, default[:-1], default + default, default.upper(), schema[:30]])
    numbers = st.integers(-3, 3000).map(str) | st.floats(-0.5, 1.5).map(str)
    return case, name, draw(values.map(json.dumps) | numbers | near | st.text(max_size=40) | st.sampled_from(ODD))


@settings(ALWAYS, max_examples=60)
@given(typed())
def test_any_text_for_a_parameter(drawn: tuple[str, str, str]) -> None:
    try_text(*drawn)


def try_text(case: str, name: str, text: str) -> None:
    """Ask for a report with a text for a parameter: what is taken is one of its values."""
    made: list[Request] = []
    said = answer(lambda: made.extend(requests_of(Wish(cases=(case,), params=(f"{name}={text}",)))))
    if said:
        assert name in said
        assert len(said) < 2000
    else:
        value = made[0].parameters[name]
        assert CASES[case].parameters[name].check(value) == value
        assert digest_of(made[0].overrides)


@pytest.mark.slow
@settings(ALWAYS, max_examples=500)
@given(typed())
def test_many_texts_for_parameters(drawn: tuple[str, str, str]) -> None:
    try_text(*drawn)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, pd.DataFrame]]]:
    folder = tmp_path_factory.mktemp("good")
    return folder, make_good(folder)


def answer(do: Callable[[], object]) -> str:
    """Return in which sentence something was refused, or an empty text."""
    try:
        do()
    except CasebookError as refused:
        return str(refused)
    return ""


def with_a_cell(table: pd.DataFrame, draw: random.Random) -> bytes:
    changed = table.copy()
    for _ in range(draw.randint(1, 3)):
        other = table.iloc[draw.randrange(len(table)), draw.randrange(table.shape[1])]
        changed.iloc[draw.randrange(len(table)), draw.randrange(table.shape[1])] = draw.choice([*ODD, other])
    return changed.to_csv(index=False).encode(errors="surrogatepass")


def with_headings(table: pd.DataFrame, draw: random.Random) -> bytes:
    headings = list(table.columns)
    place = draw.randrange(len(headings))
    headings[place] = draw.choice([*ODD, headings[place].upper(), headings[place - 1], headings[place] + " #"])
    return table.set_axis(headings, axis="columns").to_csv(index=False).encode()


def with_bytes(table: pd.DataFrame, draw: random.Random) -> bytes:
    content = bytearray(table.to_csv(index=False).encode())
    for _ in range(draw.randint(1, 4)):
        content[draw.randrange(len(content))] = draw.choice([0, 9, 10, 13, 34, 44, 59, 128, 255, draw.randrange(256)])
    cut = draw.randrange(len(content)) if draw.random() < 0.2 else len(content)
    return bytes(content[:cut])


def try_files(good: tuple[Path, dict[str, dict[str, pd.DataFrame]]], folder: Path, case: str, seed: int) -> None:
    """Read the good files of a case after a small change."""
    draw = random.Random(seed)
    copy = Path(shutil.copytree(good[0] / case, folder / case, dirs_exist_ok=True))
    main = copy / MAIN.get(case, next(iter(good[1][case])))
    change = draw.choice([with_a_cell, with_a_cell, with_headings, with_bytes])
    main.write_bytes(change(good[1][case][main.name], draw))
    assert "\n" not in answer(lambda: read(case, copy))


@settings(ALWAYS, max_examples=8)
@given(case=st.sampled_from(sorted(CASES)), seed=st.integers(0, 2**32))
def test_any_small_change_of_a_good_file(
    case: str, seed: int, good: tuple[Path, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    try_files(good, tmp_path_factory.getbasetemp() / "changed", case, seed)


@pytest.mark.slow
@settings(ALWAYS, max_examples=500)
@given(case=st.sampled_from(sorted(CASES)), seed=st.integers(0, 2**32))
def test_many_small_changes_of_good_files(
    case: str, seed: int, good: tuple[Path, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    try_files(good, tmp_path_factory.getbasetemp() / "changed", case, seed)
