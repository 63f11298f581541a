"""What does a parameter change? One page beside the runs of a sweep."""

from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup
from pandas.api.types import is_numeric_dtype

from helpers.figures.style import canvas, to_svg
from helpers.reporting.freshness import read_run
from helpers.reporting.pages import page
from helpers.reporting.requests import Request, Wish, digest_of
from helpers.wording import heading, listing, metric_value, number

PICTURES = 9


def write_comparisons(wish: Wish, requests: list[Request], out: Path) -> None:
    """Write comparison.html and comparison.csv for each case of a sweep.

    They stand in OUT/<case>/<name>/, where the name is the one given, or the scenario with `+sweep-` and a
    digest of the runs.
    """
    varied = [text.partition("=")[0].strip() for text in wish.sweep]
    for case in dict.fromkeys(request.case.name for request in requests):
        runs = [request for request in requests if request.case.name == case]
        name = wish.name or f"{wish.scenario}+sweep-{digest_of([run.run for run in runs])[:8]}"
        _write(out / case / name, runs, varied)


def _write(folder: Path, requests: list[Request], varied: list[str]) -> None:
    table = runs_table(requests, folder.parent, varied)
    metrics = [name for name in table.columns if name not in {"run", *varied}]
    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / "comparison.csv", index=False, lineterminator="\n")
    html = page(
        "comparison.html.j2",
        title=requests[0].case.title,
        scenario=requests[0].scenario,
        varied=listing(varied),
        pictures=_pictures(table, varied, metrics),
        columns=[heading(name) for name in [*varied, *metrics]],
        rows=[_row(record, folder.parent, [*varied, *metrics]) for record in table.to_dict("records")],
    )
    (folder / "comparison.html").write_text(html, encoding="utf-8")


def runs_table(requests: list[Request], folder: Path, varied: list[str]) -> pd.DataFrame:
    """Return a row for each run: its name, the values of what varies, its metrics (missing if it failed)."""
    rows = []
    for request in requests:
        run = read_run(folder / request.run / "run.json")
        good = run and not (folder / request.run / "failed.json").exists()
        values = {name: request.parameters[name] for name in varied}
        rows.append({"run": request.run} | values | (run["metrics"] if good else {}))
    return pd.DataFrame(rows)


def _row(record: dict[str, Any], folder: Path, columns: list[str]) -> dict[str, Any]:
    good = (folder / record["run"] / "report.html").exists()
    cells = [_cell(name, record[name]) for name in columns]
    return {
        "name": record["run"],
        "link": f"../{record['run']}/report.html" if good else None,
        "cells": cells,
    }


def _cell(name: str, value: Any) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return str(value)
    return "–" if pd.isna(value) else metric_value(name, int(value) if float(value).is_integer() else value)


def _pictures(table: pd.DataFrame, varied: list[str], metrics: list[str]) -> list[dict[str, Any]]:
    """Draw each metric that differs over the one parameter that varies, if it is a number."""
    if len(varied) != 1 or not is_numeric_dtype(table[varied[0]]):
        return []
    differing = [name for name in metrics if len(set(table[name].dropna())) > 1][:PICTURES]
    return [_picture(table, varied[0], name) for name in differing]


def _picture(table: pd.DataFrame, parameter: str, metric: str) -> dict[str, Any]:
    ordered = table[[parameter, metric]].dropna().sort_values(parameter)
    fig, (ax,) = canvas(height=2.6)
    ax.plot(ordered[parameter], ordered[metric], marker="o")
    ax.set(xlabel=parameter, ylabel=heading(metric))
    ax.grid(visible=True)
    points = [f"{number(y)} at {number(x)}" for x, y in ordered.itertuples(index=False)]
    alt = f"{heading(metric)} by {parameter}: {listing(points, most=12)}."
    return {
        "svg": Markup(to_svg(fig, f"by_{metric}")),
        "alt": alt,
        "caption": f"{heading(metric)} by {parameter}",
    }
