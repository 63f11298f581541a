"""The order of cells is read off their names, and only where names tell all."""

import pytest

from helpers.closure import ROOT
from helpers.reporting.flow import Step, names_of, steps_of
from helpers.reporting.notebooks import parse, read_cells

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
HEAD = (
    "import pandas as pd\nfrom helpers.reporting.recording import say, use_currency\nfrom helpers.models import rules"
)


def steps(*sources: str, basis: dict[str, str] | None = None) -> list[Step] | None:
    return steps_of(enumerate([HEAD, *sources]), basis or {})


def told(*sources: str, basis: dict[str, str] | None = None) -> list[Step]:
    found = steps(*sources, basis=basis)
    assert found is not None
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_flow_of_every_notebook_can_be_told(path) -> None:
    code = [(i, cell.source) for i, cell in enumerate(read_cells(path)) if cell.kind == "code"]
    found = steps_of(code, {})
    assert found is not None
    assert [step.index for step in found] == [i for i, _ in code]
    assert 1 < sum(step.prepares for step in found) < 5
    assert all(maker < step.index for step in found for maker in step.needs.values())


def test_a_cell_needs_those_that_made_last_what_it_reads() -> None:
    found = told("x = rules.a(1)", "y = rules.b(x)", "x = rules.c(2)", "say(x, y)\nx = 3", "say(x)")
    assert [dict(step.needs) for step in found[2:]] == [
        {"rules": 0, "x": 1},
        {"rules": 0},
        {"say": 0, "x": 3, "y": 2},
        {"say": 0, "x": 4},
    ]
    assert [step.makes for step in found[1:]] == [{"x"}, {"y"}, {"x"}, {"x"}, set()]


def test_what_a_function_reads_is_needed_where_it_is_called() -> None:
    found = told(
        "x = rules.a(1)", "f = lambda value: value + x", "def g():\n    return f(1)", "x = rules.a(2)", "say(g())"
    )
    assert found[-1].needs == {"say": 0, "g": 3, "f": 2, "x": 4}


def test_what_may_not_be_made_anew_is_needed_as_it_was() -> None:
    found = told("x = rules.a(1)", "if rules.b():\n    x = 2", "for z in x:\n    say(z)")
    assert found[2].needs == {"rules": 0, "x": 1}
    assert found[3].needs == {"say": 0, "x": 2}


def test_imports_values_functions_and_settings_prepare() -> None:
    found = told(
        "k: int = 3\nname = 'a'", "money = use_currency(name)", "def f(x):\n    return x + k", "y = f(k)", "z = 4"
    )
    assert [step.prepares for step in found] == [True, True, True, True, False, True]


def test_a_digest_tells_what_a_cell_comes_from() -> None:
    cells = [
        "k = 3\nunit = 'a'\ndata = 'x.csv'",
        "money = use_currency(unit)",
        "x = rules.a(data)",
        "y = rules.b(x, k)",
        "say(k)",
    ]

    def changed(place: int, source: str, **basis: str) -> list[bool]:
        others = told(*cells[:place], source, *cells[place + 1 :], basis=basis)
        return [mine.key != other.key for mine, other in zip(told(*cells)[3:], others[3:], strict=True)]

    assert changed(0, cells[0]) == [False, False, False]
    assert changed(0, cells[0].replace("3", "4")) == [False, True, True]
    assert changed(0, cells[0].replace("3", "3  # three")) == [False, False, False]
    assert changed(0, cells[0].replace("x.csv", "y.csv")) == [True, True, False]
    assert changed(0, cells[0], data="other content") == [True, True, False]
    assert changed(0, cells[0].replace("'a'", "'b'")) == [True, True, True]  # how all that follows is written
    assert changed(2, "x = rules.a2(data)") == [True, True, False]
    assert changed(4, "say(k, k)") == [False, False, True]
    assert told(*cells, basis={"": "code"})[4].key != told(*cells)[4].key


@pytest.mark.parametrize(
    "source",
    [
        "x['a'] = 1",
        "x.columns = [1]",
        "x.append(1)",
        "x += [1]",
        "del x",
        "x.sort_values('a', inplace=True)",
        "for y in x:\n    y = x.pop()",
        "def f(table):\n    table['a'] = 1",
        "import os",
        "import seaborn as sns",
        "from helpers.models import *",
        "y = pd.read_csv('y.csv')",
        "y = open('y.csv')",
        "y = pd.Timestamp.now()",
        "import numpy as np\ny = np.random.default_rng(1)",
        "pd.set_option('display.width', 9)",
        "x.to_csv('x.csv')",
        "y = nowhere",
        "await x",
        "%matplotlib inline",
        "!ls",
        "get_ipython().run_line_magic('x', '')",
        "def f():\n    global x\n    x = 1",
        "y = x\ny['a'] = 1",
        "y = x.attribute\ny.append(1)",
        "y = x\ny += [1]",
        "for y in x:\n    y['a'] = 1",
        "y = next(x)",
        "y = pd.Timestamp('now')",
        "import numpy as np\nnp.fill_diagonal(x, 0)",
        "rules = rules.a()\nrules.to_csv('x.csv')",
        "y = globals()",
    ],
)
def test_what_names_do_not_tell_has_no_flow(source: str) -> None:
    assert steps("x = rules.a(1)", "say(x)") is not None
    assert steps("x = rules.a(1)", source) is None


@pytest.mark.parametrize(
    "source",
    [
        "y = []\ny.append(x)",
        "y = {}\ny['a'] = x",
        "y = [1]\ny += x",
        "y = x.copy()\ny['b'] = 2",
        "y = next(a for a in x)",
    ],
)
def test_a_cell_may_change_what_is_its_own(source: str) -> None:
    assert steps("x = rules.a(1)", source) is not None


def test_the_names_of_a_statement() -> None:
    reads, makes = names_of(parse("a = [b for b in c if (lambda: d)()]").body[0])
    assert (reads, makes) == ({"c", "d"}, {"a"})
