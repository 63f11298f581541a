"""A copy of the project in which tests make their own cases and run the command."""

import shutil
import subprocess
import sys
from pathlib import Path

import jupytext

ROOT = Path(__file__).resolve().parents[1]
Finished = subprocess.CompletedProcess[str]


def make_report(case: str, out: Path, parameters: dict[str, object], *arguments: str) -> Path:
    """Make a report of the project itself with parameters, with no results kept from elsewhere; return its folder."""
    given = [text for name, value in parameters.items() for text in ("-p", f"{name}={value}")]
    command = [sys.executable, str(ROOT / "run_reports.py"), case, "--name", "run", "-o", str(out), "--force"]
    done = subprocess.run([*command, *given, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out / case / "run"


class House:
    """A copy of the project without its cases, for small cases of a test's own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        ignore = shutil.ignore_patterns("*.pyc.*")  # which is being written
        shutil.copytree(ROOT / "helpers", root / "helpers", ignore=ignore)
        for name in ("run_reports.py", "pyproject.toml", "requirements.lock"):
            shutil.copy(ROOT / name, root / name)
        (root / "notebooks").mkdir()

    def add_case(self, name: str, script: str, **scenarios: str) -> None:
        """Make a notebook of a percent script, and its scenarios."""
        params = self.root / "params" / name
        params.mkdir(parents=True, exist_ok=True)
        for scenario, text in ({"default": ""} | scenarios).items():
            (params / f"{scenario}.yaml").write_text(text)
        jupytext.write(jupytext.reads(script, fmt="py:percent"), self.root / "notebooks" / f"{name}.ipynb")

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(self.root / "run_reports.py"), *arguments]

    def run(self, *arguments: str, cwd: Path | None = None) -> Finished:
        """Run the command and return what it said."""
        return subprocess.run(
            self.command(*arguments), cwd=cwd or self.root, capture_output=True, text=True, timeout=300, check=False
        )

    def out(self, *parts: str) -> Path:
        return self.root.joinpath("reports", *parts)


CASE = """\
# %% [markdown]
# # How many visits?
# ## Part one
# %%
from typing import Literal
from helpers.errors import CasebookError
from helpers.models.rules.mining import text
from helpers.reporting.parameters import Count, Seed, Share
from helpers.reporting.recording import figure, finding, metric, table
import pandas as pd
# %% tags=["parameters"]
seed: Seed = 1  # where chance starts
sample_size: Count = 3  # how many customers
data: str = "sample"  # "sample", or a file
share: Share = 0.5  # of something
engine: Literal["duckdb", "spark"] = "duckdb"  # which engine
months: list[int] = [1, 2]  # which months
k: int | None = None  # how many, none to choose
# %%
visits = pd.DataFrame({"customer": range(sample_size), "visits": [share] * sample_size})
table(visits, "visits", "Visits of the customers")
metric(customers=sample_size, mean_visits=visits["visits"].mean(), visit_share=share)
finding(f"There are ⟦{sample_size}⟧ customers.")
# %% [markdown]
# ## Part two
# %%
CODE
"""


def case_script(
    code: str = "print(seed, data, engine, months, k, text(frozenset('a')), CasebookError, figure)",
) -> str:
    """Return the script of a small case that ends with the given code."""
    return CASE.replace("CODE", code)
