"""How much time and memory do the reports and their methods take beside the obvious other ways?

Both sides of a contest run in turn, in processes of their own, and what is written to benchmarks/RESULTS.md is
ratios: a time alone says more of the machine. `make bench`, or `python benchmarks/contests.py --runs 5 rules`.
"""

import argparse
import os
import platform
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
BEFORE = "f67c63c"  # the state of the project that the reports are held against
LATE = {"wine": "top_k=4", "health": "acceptance=0.2", "rfm": "top_k=7", "marketing": "cost=4"}
LATE |= {"loyalty": "reward=0.06"}  # by case, a parameter on which little hangs
MEMBERS = {"0.6": 144_500, "2.4": 578_000, "9.6": 2_312_000}  # by millions of transactions
MOST_OF_PANDAS = 2.4  # millions of them, each of which takes pandas 1.9 GB
UNUSUAL = {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONDONTWRITEBYTECODE"}  # in a user's environment
ONE_THREAD = {"OMP_NUM_THREADS": "1"}  # of a method beside another
MINERS = ("mlxtend-apriori", "mlxtend-fpgrowth", "mlxtend-hmine", "efficient-apriori", "pyfim")
NAMED = (
    "numpy",
    "pandas",
    "duckdb",
    "ibis-framework",
    "scikit-learn",
    "mlxtend",
    "efficient-apriori",
    "pyfim",
    "implicit",
    "papermill",
    "nbconvert",
)


@dataclass(frozen=True)
class Side:
    """What runs in a process: a command, where, and with which environment beside the usual one."""

    command: list[str]
    root: Path = ROOT
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """Sides that run in turn, in their order, and the contests: what is asked, which is ours, which theirs."""

    sides: dict[str, Side]
    contests: list[tuple[str, str, str]]
    left_out: tuple[str, ...] = ()  # what was not asked, and why


Costs = tuple[float, float, float]  # seconds on the clock, seconds of all cores, bytes of the largest process


def measured(side: Side) -> Costs:
    """Run a side once and return what it cost, without start-up and data where it says so; a failure ends all."""
    usual = {name: value for name, value in os.environ.items() if name not in UNUSUAL}
    known = {**usual, "PYTHONPATH": str(side.root), **side.environment}
    started = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(side.command, cwd=side.root, env=known, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{shlex.join(side.command)}\n{_text(said)[-2000:]}")
        clock, cores = time.monotonic() - started, used.ru_utime + used.ru_stime
        if own := re.search(r"^took (\S+) (\S+)$", _text(said), re.MULTILINE):
            clock, cores = map(float, own.groups())
    return clock, cores, used.ru_maxrss * 1024.0


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def rows(match: Match, runs: int) -> Iterator[str]:
    """Yield a row of the table for each contest of a match: medians of the ratios, run by run."""
    costs = [{name: measured(side) for name, side in match.sides.items()} for _ in range(runs)]
    for asked, ours, theirs in match.contests:
        ratios = [[mine / other for mine, other in zip(run[ours], run[theirs], strict=True)] for run in costs]
        clock, cores, memory = (statistics.median(column) for column in zip(*ratios, strict=True))
        peak = max(run[ours][2] for run in costs) / 1e6
        spread = f"{min(ratio[0] for ratio in ratios):.2f} to {max(ratio[0] for ratio in ratios):.2f}"
        yield f"| {asked} | {clock:.2f} | {spread} | {cores:.2f} | {memory:.2f} | {peak:,.0f} MB |"
    yield from (f"| {asked} | | | | | |" for asked in match.left_out)


def reports(work: Path, before: Path) -> Iterator[Match]:
    """Each report, and all five, against their earlier state: nothing kept, a late parameter, unchanged, one core."""
    for case, late in LATE.items():
        again = _command(work / "new", case, "-p", late, "--name", "late")
        sides = {
            "before": _cold(work, case, root=before),
            "alone": _cold(work, case, cores="1"),
            "cold": _cold(work, case),
            "late": _after(f"rm -rf {shlex.quote(str(work / 'new' / case / 'late'))}", again, _kept(work)),
        }
        against = f"against {BEFORE} with nothing kept"
        contests = [(f"{case}, nothing kept, {against}", "cold", "before")]
        contests += [(f"{case}, first {late} after the report, {against}", "late", "before")]
        yield Match(sides, [*contests, (f"{case}, nothing kept, all cores against one", "cold", "alone")])
    sides = {
        "before": _cold(work, *LATE, root=before),
        "before, unchanged": Side(_command(work / "old", *LATE), before),
        "cold": _cold(work, *LATE),
        "unchanged": Side(_command(work / "new", *LATE), ROOT, _kept(work)),
        "loop": _after(_emptied(work), _way("loop").command, _kept(work)),
    }
    contests = [
        (f"all five, nothing kept, against {BEFORE}", "cold", "before"),
        ("all five, nothing kept, against a loop of papermill and nbconvert", "cold", "loop"),
        (f"all five, unchanged, against {BEFORE}", "unchanged", "before, unchanged"),
        ("all five, unchanged, against nothing kept", "unchanged", "cold"),
    ]
    yield Match(sides, contests)


def _command(out: Path, *arguments: str) -> list[str]:
    return [sys.executable, "run_reports.py", *arguments, "-o", str(out)]


def _kept(work: Path) -> dict[str, str]:
    return {"CASEBOOK_CACHE": str(work / "cache")}


def _emptied(work: Path) -> str:
    return f"rm -rf {shlex.quote(str(work / 'cache'))}"


def _cold(work: Path, *cases: str, cores: str = "", root: Path = ROOT) -> Side:
    """Return a side that makes reports with nothing kept, on all cores where none are named."""
    command = _command(work / ("new" if root == ROOT else "old"), *cases, "--force")
    environment = _kept(work) | ({"CASEBOOK_CORES": cores} if cores else {})
    return _after(_emptied(work), command, environment, root)


def _after(first: str, command: list[str], environment: dict[str, str], root: Path = ROOT) -> Side:
    return Side(["sh", "-c", f"{first}; exec {shlex.join(command)}"], root, environment)


def rules(work: Path, before: Path) -> Iterator[Match]:
    """Itemsets of 200,000 baskets of 500 products, with a support of .005."""
    miners = [miner for miner in MINERS if miner != "pyfim" or _installed("pyfim")]
    contests = [(f"itemsets, against {miner}", "ours", miner) for miner in miners]
    yield Match({"ours": _way("rules")} | {miner: _way(miner) for miner in miners}, contests)


def views(work: Path, before: Path) -> Iterator[Match]:
    """Cleaning and single view of the health case, against DuckDB by hand and, up to MOST_OF_PANDAS, pandas."""
    for millions, n in MEMBERS.items():
        measured(_way("members", str(n)))
        asked, few = f"single view of {millions} million rows, against", float(millions) <= MOST_OF_PANDAS
        ways = ["duckdb", *(["pandas"] if few else [])]
        sides = {"ours": _way("view", str(n))} | {way: _way(f"view-{way}", str(n)) for way in ways}
        left_out = () if few else (f"{asked} pandas: left out, since each million takes it 1.9 GB",)
        yield Match(sides, [(f"{asked} {way}", "ours", way) for way in ways], left_out)


def recommending(work: Path, before: Path) -> Iterator[Match]:
    """Ten products for each of 50,000 customers, of 2,000, from a million purchases."""
    yield _match("recommendations by ALS, against implicit used directly", _way("als"), _way("implicit"))


def rendering(work: Path, before: Path) -> Iterator[Match]:
    """The page of a report that was made, against nbconvert's lab template."""
    made = [sys.executable, "run_reports.py", "wine", "-o", str(work / "page")]
    measured(Side(made))
    folder = str(work / "page" / "wine" / "default")
    yield _match("the wine report's page, against nbconvert's lab", _way("page", folder), _way("lab", folder))


def _match(asked: str, ours: Side, theirs: Side) -> Match:
    return Match({"ours": ours, "theirs": theirs}, [(asked, "ours", "theirs")])


def _way(name: str, *arguments: str) -> Side:
    return Side([sys.executable, str(ROOT / "benchmarks" / "ways.py"), name, *arguments], environment=ONE_THREAD)


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


PARTS: dict[str, Callable[[Path, Path], Iterator[Match]]] = {
    "reports": reports,
    "rules": rules,
    "views": views,
    "recommending": recommending,
    "rendering": rendering,
}


def main() -> None:
    """Run the contests and write their ratios."""
    command = argparse.ArgumentParser(description="Write benchmarks/RESULTS.md.")
    command.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)} (default: all)")
    command.add_argument("--runs", type=int, default=3, help="how often each side runs")
    typed = command.parse_args()
    lines = _head(typed.runs)
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "before"
        subprocess.run(
            ["git", "worktree", "add", "--detach", before, BEFORE], cwd=ROOT, check=True, capture_output=True
        )
        try:
            for root in (ROOT, before):  # as after the first report that a user makes
                subprocess.run([sys.executable, "-m", "compileall", "-q", "helpers"], cwd=root, check=True)
            for name in typed.parts or PARTS:
                for match in PARTS[name](Path(folder), before):
                    for line in rows(match, typed.runs):
                        lines.append(line)
                        print(line, flush=True)
                    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", before], cwd=ROOT, check=True)


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _head(runs: int) -> list[str]:
    packages = ", ".join(f"{name} {_installed(name)}" for name in NAMED if _installed(name))
    return [
        "# What it costs beside other ways",
        "",
        f"Made by `make bench` on {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"{_memory() / 2**30:.0f} GiB, Python {platform.python_version()}; {packages}. "
        f"Both sides ran in turn; runs of each side: {runs}. "
        "Numbers are ratios of ours to theirs, so that less than 1 is for us; the last column is the memory of our "
        "largest process. Of reports all is counted from the command on, of the rest what comes after imports and "
        "data.",
        "",
        "| contest | time | lowest to highest | CPU time | memory | our peak |",
        "|---|---|---|---|---|---|",
    ]


if __name__ == "__main__":
    main()
