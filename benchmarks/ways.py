"""What runs on one side of a contest? One way a process: `python benchmarks/ways.py rules`."""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.health_single_view import Result, by_expressions, by_pandas, by_sql
from helpers.cases.health.sample import generate_health
from helpers.models.recommenders.factors import REGULARISATION, implicit_als
from helpers.models.recommenders.interactions import Known, known_before, weights
from helpers.models.recommenders.methods import Method
from helpers.models.recommenders.shortlists import recommend
from helpers.models.rules.mining import frequent_itemsets

ROOT = Path(__file__).resolve().parents[1]
BASKETS, PRODUCTS, SUPPORT, ITEMS = 200_000, 500, 0.005, 5
CUSTOMERS, OFFERED, PURCHASES, FACTORS = 50_000, 2_000, 1_000_000, 32
T = TypeVar("T")
clocks: dict[str, float] = {}


def baskets() -> pd.DataFrame:
    """Return baskets of about eight products, of which a few sell far more than others and some go together."""
    rng = np.random.default_rng(0)
    chances = np.sort(rng.pareto(1.2, PRODUCTS))[::-1]
    chances = np.clip(chances / chances.sum() * 8, 0, 0.5)
    parts = [rng.random((20_000, PRODUCTS), dtype=np.float32) < chances for _ in range(BASKETS // 20_000)]
    held = np.vstack(parts)
    for first in range(0, PRODUCTS - 1, 3):
        held[:, first + 1] |= held[:, first] & (rng.random(BASKETS) < 0.5)
    return pd.DataFrame(held, columns=[f"p{i:03}" for i in range(PRODUCTS)])


def begun(data: T) -> T:
    """Begin to count the time, now that data and libraries are there."""
    clocks.update(clock=time.perf_counter(), cores=time.process_time())
    return data


def by_bits() -> int:
    """Mine as the project does where there are many baskets."""
    return len(frequent_itemsets(begun(baskets()), SUPPORT, ITEMS))


def by_mlxtend(name: str) -> int:
    """Mine with one of mlxtend's algorithms."""
    from mlxtend import frequent_patterns

    more = {"low_memory": True} if name == "apriori" else {}
    algorithm = getattr(frequent_patterns, name)
    return len(algorithm(begun(baskets()), min_support=SUPPORT - 1e-9, max_len=ITEMS, use_colnames=True, **more))


def by_efficient_apriori() -> int:
    """Mine with efficient-apriori."""
    from efficient_apriori import itemsets_from_transactions

    table = baskets()
    names = table.columns.to_numpy()
    rows = begun([tuple(names[row]) for row in table.to_numpy()])
    found, _ = itemsets_from_transactions(rows, SUPPORT, max_length=ITEMS)
    return sum(map(len, found.values()))


def by_pyfim() -> int:
    """Mine with Borgelt's Eclat, in C."""
    from fim import eclat

    rows = begun([np.flatnonzero(row).tolist() for row in baskets().to_numpy()])
    return len(eclat(rows, supp=100 * SUPPORT, zmax=ITEMS))


def purchases() -> Known:
    """Return who bought what, the most popular product of a few far more often than others."""
    rng = np.random.default_rng(0)
    chances = 1 / np.arange(1, OFFERED + 1) ** 0.8
    columns = {
        "customer": pd.Series(rng.integers(0, CUSTOMERS, PURCHASES)).map("c{:05}".format),
        "product": pd.Series(rng.choice(OFFERED, PURCHASES, p=chances / chances.sum())).map("p{:04}".format),
        "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700, PURCHASES), "D"),
    }
    table = pd.DataFrame(columns)
    return known_before(table.assign(order=table["customer"] + table["date"].astype(str)), pd.Timestamp("2027-01-01"))


def by_als() -> int:
    """Recommend with the project's ALS."""
    return len(
        recommend(begun(purchases()), Method("ALS", "", lambda known: implicit_als(known, FACTORS, None, 0)), 10)
    )


def by_implicit() -> int:
    """Recommend with implicit, as its documentation does."""
    from implicit.cpu.als import AlternatingLeastSquares

    bought = begun(weights(purchases(), None))
    model = AlternatingLeastSquares(FACTORS, regularization=REGULARISATION, num_threads=1, random_state=0)
    model.fit(bought, show_progress=False)
    return int(model.recommend(np.arange(bought.shape[0]), bought, N=10)[0].size)


def view(way: Callable[[Path], Result]) -> int:
    """Clean the transactions of so many members and make the single view of each."""
    import ibis.backends.duckdb  # noqa: F401

    return len(way(begun(members()))[0])


def members() -> Path:
    """Return the folder of the health case's sample, which is generated where it is not kept."""
    return generate_health(int(sys.argv[2]), 1).folder


def loop() -> int:
    """Run every notebook with papermill and convert it with nbconvert."""
    import nbconvert
    import papermill

    with tempfile.TemporaryDirectory() as folder:
        for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
            made = Path(folder) / path.name
            papermill.execute_notebook(path, made, progress_bar=False, cwd=folder, kernel_name="python3")
            html, _ = nbconvert.HTMLExporter().from_filename(str(made))
            made.with_suffix(".html").write_text(html, encoding="utf-8")
    return 1


def page() -> int:
    """Draw the page of a report that was made."""
    import nbformat

    from helpers.reporting.cases import find_cases
    from helpers.reporting.freshness import read_run
    from helpers.reporting.rendering import render

    folder = Path(sys.argv[2])
    run = read_run(folder / "run.json")
    parameters = find_cases()[run["case"]].parameters
    notebook = begun(nbformat.read(folder / "notebook.ipynb", as_version=4))
    return len(render(notebook, run, parameters, folder / "tables"))


def lab() -> int:
    """Convert the notebook of a report by nbconvert's lab template."""
    import nbconvert
    import nbformat

    exporter = nbconvert.HTMLExporter(template_name="lab")
    html, _ = exporter.from_notebook_node(begun(nbformat.read(Path(sys.argv[2]) / "notebook.ipynb", as_version=4)))
    return len(html)


WAYS: dict[str, Callable[[], int]] = {
    "rules": by_bits,
    "mlxtend-apriori": partial(by_mlxtend, "apriori"),
    "mlxtend-fpgrowth": partial(by_mlxtend, "fpgrowth"),
    "mlxtend-hmine": partial(by_mlxtend, "hmine"),
    "efficient-apriori": by_efficient_apriori,
    "pyfim": by_pyfim,
    "als": by_als,
    "implicit": by_implicit,
    "members": lambda: len(str(members())),
    "view": partial(view, by_expressions),
    "view-pandas": partial(view, by_pandas),
    "view-duckdb": partial(view, by_sql),
    "loop": loop,
    "page": page,
    "lab": lab,
}

if __name__ == "__main__":
    print(WAYS[sys.argv[1]]())
    if clocks:
        print(f"took {time.perf_counter() - clocks['clock']} {time.process_time() - clocks['cores']}")
