"""Which reports are there? The page that leads to all of them."""

from pathlib import Path
from typing import Any

from helpers.reporting.freshness import read_run
from helpers.reporting.pages import page


def write_index(out: Path) -> None:
    """Write OUT/index.html from what the folders of the runs hold."""
    out.mkdir(parents=True, exist_ok=True)
    runs = [entry for folder in sorted(out.glob("[!.]*/[!.]*")) if (entry := _entry(folder, out))]
    names = dict.fromkeys(run["case"] for run in runs)
    cases = [_case(out, [run for run in runs if run["case"] == name]) for name in names]
    (out / "index.html").write_text(page("index.html.j2", runs=runs, cases=cases), encoding="utf-8")


def _entry(folder: Path, out: Path) -> dict[str, Any] | None:
    """Return what the index tells of a run, or None where the folder is none of ours."""
    run, failed = read_run(folder / "run.json"), read_run(folder / "failed.json")
    either = run or failed
    if either.get("case") != folder.parent.name or either.get("run") != folder.name:
        return None
    source = either["data"]["source"]
    return either | {
        "folder": folder.relative_to(out).as_posix(),
        "origin": "Generated sample data" if source == "sample" else f"Data: {source}",
        "unanswered": len(run.get("unanswered", [])),
        "has_report": bool(run),
        "failed": failed.get("error"),
    }


def _case(out: Path, runs: list[dict[str, Any]]) -> dict[str, Any]:
    pages = sorted((out / runs[0]["case"]).glob("[!.]*/comparison.html"))
    comparisons = [{"path": path.relative_to(out).as_posix(), "name": path.parent.name} for path in pages]
    return {"title": runs[-1]["title"], "runs": runs, "comparisons": comparisons}
