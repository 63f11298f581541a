"""What does a parameter change? One page beside the runs of a sweep."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from helpers.errors import CasebookError
from helpers.figures.style import canvas, to_svg
from helpers.reporting import runs
from helpers.reporting.folders import write_whole
from helpers.reporting.kinds import csv_of
from helpers.reporting.pages import asset, page
from helpers.reporting.requests import Request, Wish, digest_of
from helpers.reporting.runs import Run, differing, labels_of, shown
from helpers.units import key_figure
from helpers.wording import heading, listing, number


def write_comparisons(wish: Wish, requests: list[Request], out: Path) -> None:
    """Write comparison.html and comparison.csv for each case of a sweep in OUT/<case>/.

    Their folder is <name>+sweep where a name was given, else <scenario>+sweep- and a digest of the runs.
    """
    varied = [text.partition("=")[0].strip() for text in wish.sweep]
    for case in dict.fromkeys(request.case.name for request in requests):
        own = [request for request in requests if request.case.name == case]
        digest = digest_of([request.run for request in own])[:8]
        name = f"{wish.name}+sweep" if wish.name else f"{wish.scenario}+sweep-{digest}"
        _write(out / case / name, own, varied)


def _write(folder: Path, requests: list[Request], varied: list[str]) -> None:
    compared = [_compared(request, folder.parent, varied) for request in requests]
    table = pd.DataFrame([one["row"] for one in compared])
    metrics = [name for name in table.columns if name not in {"run", *varied}]
    labels = labels_of(one["told"] for one in compared)
    same = _same(table[[name for name in metrics if name not in labels]])
    others = [name for name in metrics if name not in same and name not in labels]
    first = [name for name in labels if name in metrics]
    drawn = [name for name in first if len(set(table[name].dropna())) > 1] + others
    pictured = {name: labels.get(name, heading(name)) for name in drawn[:9]}
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "comparison.csv", csv_of(table))
    script = asset("gallery.js")
    html = page(
        "comparison.html.j2",
        (script,),
        title=requests[0].case.title,
        scenario=requests[0].scenario,
        varied=_grid(requests, varied),
        pictures=_pictures(table, varied, pictured),
        runs=compared,
        figures={name: labels[name] for name in first},
        others={name: heading(name) for name in others},
        same=listing((f"{heading(name)} {_cell(name, value)}" for name, value in same.items()), most=99),
        script=script,
        more_style=asset("gallery.css"),
    )
    write_whole(folder / "comparison.html", html)
    told = {"name": _grid(requests, varied), "scenario": requests[0].scenario}
    write_whole(folder / "comparison.json", json.dumps(told, ensure_ascii=False))


def _grid(requests: list[Request], varied: list[str]) -> str:
    """Return what a sweep varies and to what: "k = 2, 4; way = a"."""
    values = {name: dict.fromkeys(shown(name, one.parameters[name]) for one in requests) for name in varied}
    return "; ".join(f"{name} = {', '.join(each)}" for name, each in values.items())


def _same(metrics: pd.DataFrame) -> dict[str, float]:
    """Return the metrics that all runs that did not fail have, and have alike."""
    made = metrics.dropna(how="all")
    alike = [name for name in made if made[name].notna().all() and len(set(made[name])) == 1]
    return {name: made[name].iloc[0] for name in alike}


def _compared(request: Request, folder: Path, varied: list[str]) -> dict[str, Any]:
    """Return what is told of a run: by what it differs, and a row with its metrics, none if it failed."""
    place = folder / request.run
    try:
        run, error = runs.read(place) or (Run(), "it was not made")
    except CasebookError as strange:
        run, error = Run(), str(strange)
    told = Run() if error else run
    figures = {one.name: one.written for one in told.key_figures}
    values = {name: request.parameters[name] for name in varied}
    page_of = "failed.html" if error else "report.html"
    return {
        "told": told,
        "name": differing(values),
        "order": values[varied[0]] if len(varied) == 1 else differing(values),
        "link": f"../{request.run}/{page_of}" if (place / page_of).exists() else None,
        "failed": error is not None,
        "row": {"run": request.run} | values | told.metrics,
        "cells": {name: _cell(name, value) for name, value in told.metrics.items()} | figures,
    }


def _cell(name: str, value: float) -> str:
    return "–" if pd.isna(value) else key_figure(name, value, number)


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _pictures(table: pd.DataFrame, varied: list[str], metrics: dict[str, str]) -> list[dict[str, Any]]:
    """Draw metrics, with their labels, over the first parameter that is a number, a line for each of the others."""
    numeric = [name for name in varied if is_numeric_dtype(table[name]) and not is_bool_dtype(table[name])]
    return [_picture(table, numeric[0], varied, *one) for one in metrics.items()] if numeric else []


def _picture(table: pd.DataFrame, parameter: str, varied: list[str], metric: str, name: str) -> dict[str, Any]:
    others = [name for name in varied if name != parameter]
    label = table[others].apply(lambda row: ", ".join(f"{name} {_value(row[name])}" for name in others), axis=1)
    drawn = table.assign(line=label if others else "").dropna(subset=[metric]).sort_values(parameter)
    fig, (ax,) = canvas(height=2.6)
    for other, line in drawn.groupby("line", sort=True):
        ax.plot(line[parameter], line[metric], marker="o", label=other)
    ax.set(xlabel=parameter, ylabel=name)
    ax.grid(visible=True)
    if others:
        ax.legend()
    points = [f"{number(y)} at {_value(x)}" for x, y in drawn[[parameter, metric]].itertuples(index=False)]
    caption = f"{name} by {parameter}"
    alt = f"{caption}: {listing(points, most=12)}."
    return {"svg": Markup(to_svg(fig, f"by_{metric}")), "alt": alt, "caption": caption}
