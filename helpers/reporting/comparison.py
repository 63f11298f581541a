"""What does a parameter change? One page beside the runs of a sweep."""

from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from helpers.figures.style import canvas, to_svg
from helpers.reporting.freshness import read_run
from helpers.reporting.pages import page
from helpers.reporting.requests import Request, Wish, digest_of
from helpers.units import key_figure
from helpers.wording import heading, listing, number


def write_comparisons(wish: Wish, requests: list[Request], out: Path) -> None:
    """Write comparison.html and comparison.csv for each case of a sweep in OUT/<case>/.

    Their folder is <name>+sweep where a name was given, else <scenario>+sweep- and a digest of the runs.
    """
    varied = [text.partition("=")[0].strip() for text in wish.sweep]
    for case in dict.fromkeys(request.case.name for request in requests):
        runs = [request for request in requests if request.case.name == case]
        digest = digest_of([run.run for run in runs])[:8]
        name = f"{wish.name}+sweep" if wish.name else f"{wish.scenario}+sweep-{digest}"
        _write(out / case / name, runs, varied)


def _write(folder: Path, requests: list[Request], varied: list[str]) -> None:
    table = _runs_table(requests, folder.parent, varied)
    metrics = [name for name in table.columns if name not in {"run", *varied}]
    same = _same(table[metrics])
    differing = [name for name in metrics if name not in same]
    folder.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / "comparison.csv", index=False, lineterminator="\n")
    html = page(
        "comparison.html.j2",
        title=requests[0].case.title,
        scenario=requests[0].scenario,
        varied=listing(varied),
        pictures=_pictures(table, varied, differing),
        columns=[*varied, *map(heading, differing)],
        rows=[_row(record, folder.parent, varied, differing) for record in table.to_dict("records")],
        same=listing((f"{heading(name)} {_cell(name, value)}" for name, value in same.items()), most=99),
    )
    (folder / "comparison.html").write_text(html, encoding="utf-8")


def _same(metrics: pd.DataFrame) -> dict[str, float]:
    """Return the metrics that all runs that did not fail have, and have alike."""
    made = metrics.dropna(how="all")
    alike = [name for name in made if made[name].notna().all() and len(set(made[name])) == 1]
    return {name: made[name].iloc[0] for name in alike}


def _runs_table(requests: list[Request], folder: Path, varied: list[str]) -> pd.DataFrame:
    """Return a row a run: its name, the values of what varies and its metrics, missing if it failed."""
    rows = []
    for request in requests:
        run = read_run(folder / request.run / "run.json")
        good = run and not (folder / request.run / "failed.json").exists()
        values = {name: request.parameters[name] for name in varied}
        rows.append({"run": request.run} | values | (run["metrics"] if good else {}))
    return pd.DataFrame(rows)


def _row(record: dict[str, Any], folder: Path, varied: list[str], metrics: list[str]) -> dict[str, Any]:
    good = (folder / record["run"] / "report.html").exists()
    cells = [_value(record[name]) for name in varied] + [_cell(name, record[name]) for name in metrics]
    return {"name": record["run"], "link": f"../{record['run']}/report.html" if good else None, "cells": cells}


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _cell(name: str, value: float) -> str:
    return "–" if pd.isna(value) else key_figure(name, value, number)


def _pictures(table: pd.DataFrame, varied: list[str], metrics: list[str]) -> list[dict[str, Any]]:
    """Draw metrics over the first parameter that is a number, a line for each value of the others."""
    numeric = [name for name in varied if is_numeric_dtype(table[name]) and not is_bool_dtype(table[name])]
    return [_picture(table, numeric[0], varied, name) for name in metrics[:9]] if numeric else []


def _picture(table: pd.DataFrame, parameter: str, varied: list[str], metric: str) -> dict[str, Any]:
    others = [name for name in varied if name != parameter]
    label = table[others].apply(lambda row: ", ".join(f"{name} {_value(row[name])}" for name in others), axis=1)
    drawn = table.assign(line=label if others else "").dropna(subset=[metric]).sort_values(parameter)
    fig, (ax,) = canvas(height=2.6)
    for name, line in drawn.groupby("line", sort=True):
        ax.plot(line[parameter], line[metric], marker="o", label=name)
    ax.set(xlabel=parameter, ylabel=heading(metric))
    ax.grid(visible=True)
    if others:
        ax.legend()
    points = [f"{number(y)} at {_value(x)}" for x, y in drawn[[parameter, metric]].itertuples(index=False)]
    caption = f"{heading(metric)} by {parameter}"
    alt = f"{caption}: {listing(points, most=12)}."
    return {"svg": Markup(to_svg(fig, f"by_{metric}")), "alt": alt, "caption": caption}
