"""Do the contracts of pyproject.toml notice an import that should not be?"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import ROOT

LINT = Path(sys.executable).with_name("lint-imports")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("contracts")
    shutil.copytree(ROOT / "helpers", root / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def lint(root: Path, added: dict[str, str]) -> tuple[int, str]:
    """Return status and words of the linter where lines are added to modules, which are then as before."""
    kept = {root / name: (root / name).read_text() if (root / name).exists() else None for name in added}
    for name, line in added.items():
        with (root / name).open("a") as file:
            file.write(f"\n{line}\n")
    done = subprocess.run([LINT, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)
    for path, text in kept.items():
        path.unlink() if text is None else path.write_text(text)
    return done.returncode, " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("added", "contract"),
    [
        ({}, None),
        (
            {"helpers/cases/wine/offers.py": "from helpers.cases.rfm import lists"},
            "Cases do not know each other BROKEN",
        ),
        (
            {"helpers/cases/new.py": "from helpers.cases.loyalty.features import trade"},
            "Cases do not know each other BROKEN",
        ),
        (
            {"helpers/models/rules/mining.py": "from helpers.sentences.rules import why"},
            "Models know no case, no sentence, no figure and no data set BROKEN",
        ),
        (
            {"helpers/sentences/network.py": "from helpers.cases.health import summary"},
            "Sentences and figures know no case and no data set BROKEN",
        ),
        (
            {
                "helpers/models/rules/one.py": "import helpers.models.rules.two",
                "helpers/models/rules/two.py": "import helpers.models.rules.three",
                "helpers/models/rules/three.py": "import helpers.models.rules.one",
            },
            "No cycle of imports BROKEN",
        ),
        (
            {"helpers/models/inference/bootstrap.py": "from helpers.models import clustering"},
            "No cycle of imports BROKEN",
        ),
    ],
)
def test_what_breaks_a_contract_is_told(copy: Path, added: dict[str, str], contract: str | None) -> None:
    status, said = lint(copy, added)
    assert status == (contract is not None), said
    assert contract is None or contract in said
