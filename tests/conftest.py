"""What the tests share: real data where there are some, and a house for cases of a test's own."""

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.house import House

DATA = "CASEBOOK_TEST_DATA"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of whole reports first, so that none of them is left over for one process at the end."""
    items.sort(key=lambda item: len(item.path.parts))


@pytest.fixture(scope="session")
def real_data() -> Callable[[str], Path]:
    """Give the path of a real data file, or skip the test and name what is missing."""

    def find(name: str) -> Path:
        folder = os.environ.get(DATA)
        if folder is None:
            pytest.skip(f"{name} is not there: {DATA} names no folder")
        path = Path(folder).resolve() / name
        if not path.exists():
            pytest.skip(f"{path} does not exist")
        return path

    return find


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "house")


@pytest.fixture(scope="module")
def module_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("module") / "house")


@pytest.fixture
def baskets() -> pd.DataFrame:
    """Return twelve baskets of five items with rules of several kinds in them."""
    rows = ["ab", "ab", "abc", "abc", "abd", "bc", "c", "cd", "cde", "de", "de", "a"]
    return pd.DataFrame([[item in row for item in "abcde"] for row in rows], columns=list("abcde"))
