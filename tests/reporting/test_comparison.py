import json
from pathlib import Path
from typing import Any

import pandas as pd
from bs4 import BeautifulSoup

from helpers.reporting.cases import Case
from helpers.reporting.comparison import _same, write_comparisons
from helpers.reporting.index import write_index
from helpers.reporting.requests import Request, Wish

NAN = float("nan")


def test_only_what_every_run_has_alike_is_the_same() -> None:
    runs = pd.DataFrame({"customers": [60, 60], "hit_rate": [0.087, 0.301], "only_in_one": [0.2, NAN]}, dtype=float)
    assert _same(runs) == {"customers": 60}
    failed = pd.DataFrame({"customers": [NAN], "hit_rate": [NAN], "only_in_one": [NAN]})
    assert _same(pd.concat([runs, failed])) == {"customers": 60}
    assert _same(failed) == {}


def leave(out: Path, values: dict[str, Any], metrics: dict[str, float], failed: bool = False) -> Request:
    """Leave a run in its folder, and return the request that it was made for."""
    run = "default+" + "".join(map(str, values.values()))
    folder = out / "shop" / run
    folder.mkdir(parents=True)
    told = {"case": "shop", "run": run, "metrics": metrics, "overrides": values}
    told["key_figures"] = [{"name": "back_share", "label": "Came back", "written": f"{metrics['back_share']:.0%}"}]
    name = "failed" if failed else "report"
    (folder / f"{name}.html").write_text("")
    (folder / ("failed.json" if failed else "run.json")).write_text(json.dumps(told))
    notebook = out / "shop.ipynb"
    notebook.write_text(
        json.dumps({"cells": [{"cell_type": "markdown", "source": "# Who <stays>?", "metadata": {}}]})
    )
    return Request(Case("shop", notebook, out), "default", run, values, values, ())


def compared(out: Path) -> BeautifulSoup:
    (page,) = (out / "shop").glob("*/comparison.html")
    return BeautifulSoup(page.read_text(), "html.parser")


def test_runs_are_called_by_what_differs_and_key_figures_come_first(tmp_path: Path) -> None:
    requests = [
        leave(tmp_path, {"k": 2}, {"customers": 60, "back_share": 0.25, "mean_visits": 1.5}),
        leave(tmp_path, {"k": 10}, {"customers": 60, "back_share": 0.75, "mean_visits": 2.5}),
        leave(tmp_path, {"k": 4}, {"back_share": 0.1}, failed=True),
    ]
    write_comparisons(Wish(sweep=("k=2,10,4",)), requests, tmp_path)
    soup = compared(tmp_path)
    first, second = soup.select("table.sorts")
    assert [th.text for th in first.select("thead th")] == ["Run", "Came back"]
    rows = [[cell.text for cell in row.select("th, td")] for row in first.select("tbody tr")]
    assert rows == [["k = 2", "25%"], ["k = 10", "75%"], ["k = 4 failed", "–"]]
    assert [th["data-value"] for th in first.select("tbody th")] == ["2", "10", "4"], "they sort as numbers"
    assert [a["href"].split("/")[-1] for a in first.select("a")] == ["report.html", "report.html", "failed.html"]
    assert second.find_parent("details")
    assert [th.text for th in second.select("thead th")] == ["Run", "Mean visits"]
    assert "The same in all runs: Customers 60." in soup.text
    assert "Came back by k: 0.250 at 2 and 0.750 at 10." in str(soup)


def test_runs_of_a_grid_are_called_by_all_that_differs(tmp_path: Path) -> None:
    requests = [leave(tmp_path, {"k": 2, "way": way}, {"back_share": 0.5}) for way in ("a <b>", "c")]
    write_comparisons(Wish(sweep=("k=2", "way=a,c"), name="mine"), requests, tmp_path)
    soup = compared(tmp_path)
    assert [th.text for th in soup.select("tbody th")] == ["k = 2 and way = a <b>", "k = 2 and way = c"]
    assert "What differs: k = 2; way = a <b>, c." in soup.select_one(".origin").text
    write_index(tmp_path, print)
    index = BeautifulSoup((tmp_path / "index.html").read_text(), "html.parser")
    (link,) = index.select("section > p a")
    assert (link.text, link["href"]) == ("k = 2; way = a <b>, c", "shop/mine+sweep/comparison.html")
