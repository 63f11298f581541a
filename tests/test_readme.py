"""Does the README tell the truth?"""

import importlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from run_reports import parser
from tests.house import ROOT, House

README = (ROOT / "README.md").read_text()


def blocks(language: str, after: str) -> list[str]:
    """Return the code blocks of a language below a heading."""
    section = README.split(f"\n## {after}\n")[1].split("\n## ")[0]
    every = re.findall(r"^```(\w*)\n(.*?)^```$", section, flags=re.DOTALL | re.MULTILINE)
    return [block for its, block in every if its == language]


def test_the_recipe_followed_to_the_letter_gives_a_report(house: House) -> None:
    (script,) = blocks("python", "Adding a case study")
    (commands,) = blocks("sh", "Adding a case study")
    (house.root / "params").mkdir()
    (house.root / ".venv").symlink_to(sys.prefix)
    before = snapshot(house.root / "helpers")
    (house.root / "notebooks" / "repeat.py").write_text(script)
    done = subprocess.run(["sh", "-e"], input=commands, cwd=house.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    run = json.loads(house.out("repeat", "default", "run.json").read_text())
    assert run["title"] == "How many customers come back?"
    assert run["answer"].endswith("% of the customers come back. The others were seen once.")
    assert (run["checks"][0]["verdict"], run["checks"][0]["value"]) == ("holds", 200)
    assert run["actions"][0]["how_many"] == round(200 * (1 - run["metrics"]["back_share"]))
    assert house.out("repeat", "default", "picture.svg").exists()
    assert snapshot(house.root / "helpers") == before
    assert sorted(path.name for path in (house.root / "notebooks").iterdir()) == ["repeat.ipynb"]


@pytest.fixture
def shop(house: House) -> House:
    """Return a copy of the project with the case of the worked example."""
    shutil.copy(ROOT / "notebooks" / "rfm.ipynb", house.root / "notebooks")
    shutil.copytree(ROOT / "params" / "rfm", house.root / "params" / "rfm")
    (house.root / ".venv").symlink_to(sys.prefix)
    return house


def typed(commands: str, house: House) -> str:
    """Return what a newcomer sees who types commands."""
    done = subprocess.run(["sh", "-e"], input=commands, cwd=house.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_doctor_tells_of_the_example_what_is_printed(shop: House) -> None:
    make, keep, baskets, _ask = blocks("sh", "Your own data")
    (told,) = blocks("", "Your own data")
    assert typed(make, shop) == told
    assert "Saved: " in typed(keep.splitlines()[0], shop)
    kept = yaml.safe_load((shop.root / "params" / "rfm" / "sales.yaml").read_text())
    assert kept["data"] == str(shop.root / "sales.csv")
    assert kept["columns"]["customer"] == "Client"
    shutil.copy(ROOT / "notebooks" / "wine.ipynb", shop.root / "notebooks")
    shutil.copytree(ROOT / "params" / "wine", shop.root / "params" / "wine")
    assert "read: 4 baskets with 8 purchases" in typed(baskets, shop)


@pytest.mark.slow
def test_the_example_with_ones_own_data_followed_to_the_letter_gives_a_report(shop: House) -> None:
    make, keep, _baskets, ask = blocks("sh", "Your own data")
    typed(make + keep, shop)
    run = json.loads(shop.out("rfm", "sales", "run.json").read_text())
    assert run["data"]["source"] == "sales.csv"
    assert run["metrics"]["lines"] == 600
    told = typed(ask, shop)
    assert "rfm: what would be read of env:SHOP_DB (sales)" in told
    assert "read: 600 lines of 42 customers" in told
    assert "rfm: what would be read of env:SHOP_DB (query)" in told
    assert "read: 450 lines of 42 customers" in told


def snapshot(folder: Path) -> dict[str, str]:
    return {
        str(path): path.read_text() for path in sorted(folder.rglob("*")) if path.suffix in {".py", ".j2", ".css"}
    }


def test_the_recipe_passes_the_linter(tmp_path: Path) -> None:
    (script,) = blocks("python", "Adding a case study")
    path = tmp_path / "repeat.py"
    path.write_text(script)
    for check in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *check, "--config", str(ROOT / "pyproject.toml"), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_every_option_is_told() -> None:
    options = {option for action in parser()._actions for option in action.option_strings} - {"-h", "--help"}
    told = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", blocks_of_options()))
    assert told == options


def blocks_of_options() -> str:
    section = README.split("\n## Run reports\n")[1]
    return "\n".join(line[:48] for line in section.splitlines() if line.startswith("      -"))


def test_every_case_has_its_line() -> None:
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"| `{notebook.stem}` |" in README


def test_no_file_names_a_package_index() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert "index" not in lock.split("==")[0]


def test_the_house_has_the_rooms_that_it_is_told_to_have() -> None:
    section = README.split("\n## The house\n")[1].split("\n## ")[0]
    helpers = section.split("    helpers/\n")[1].split("    benchmarks/")[0]
    told = {name.split("/")[0] for name in re.findall(r"^ +(\S+/)", helpers, flags=re.MULTILINE)}
    folders = {path.name for part in ("", "models") for path in (ROOT / "helpers" / part).iterdir() if path.is_dir()}
    assert told == folders - {"__pycache__"}
    names = re.findall(r"^from (\S+) import (.+)$", section, flags=re.MULTILINE)
    modules = [f"{package}.{name.split(' as ')[0]}" for package, several in names for name in several.split(", ")]
    assert len(modules) == 5
    assert all(importlib.import_module(module) for module in modules)
