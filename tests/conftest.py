"""What the tests share: real data where there are some, and a house for cases of a test's own."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from helpers.datasets.notes import forget
from helpers.kept_files import CACHE
from tests.house import House

DATA = "CASEBOOK_TEST_DATA"
KEPT = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Let all processes of a run keep the code that they compile, and results in a folder of their own."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if not hasattr(config, "workerinput"):
        os.environ[CACHE] = config.stash[KEPT] = tempfile.mkdtemp(prefix="casebook-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if KEPT in config.stash:
        shutil.rmtree(config.stash[KEPT], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of whole reports and commands first, so that none is left over for one process at the end."""
    items.sort(key=lambda item: (len(item.path.parts), item.path) if _runs_the_command(item) else (99, item.path))


def _runs_the_command(item: pytest.Item) -> bool:
    names = vars(item.module) if isinstance(item, pytest.Function) else {}
    return not {"House", "make_report", "subprocess"}.isdisjoint(names)


@pytest.fixture(autouse=True)
def _nothing_noted() -> None:
    """Let no test see what an earlier one in its process noted of other files."""
    forget()


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
