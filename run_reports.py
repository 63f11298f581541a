"""Make the reports of Customer Casebook: python run_reports.py --help."""

import argparse
import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def parser() -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(
        prog="run_reports.py", description="Run case studies and render their reports.", allow_abbrev=False
    )
    add = command.add_argument
    add("cases", nargs="*", metavar="CASE", help="the cases to run (default: all)")
    add("-s", "--scenario", default="default", metavar="NAME", help="params/<case>/NAME.yaml (default: default)")
    add("-p", "--param", action="append", default=[], metavar="NAME=VALUE", help="override a parameter, repeatable")
    add("-f", "--params", type=Path, metavar="FILE", help="overrides from a YAML file")
    add("--sweep", action="append", default=[], metavar="NAME=V1,V2,...", help="one run a value, and a comparison")
    add("--name", help="the run's folder (default: the scenario, with a digest of the overrides)")
    add("--data-dir", type=Path, default=ROOT / "data", metavar="DIR", help="where relative data files are looked up")
    add("-o", "--out", type=Path, default=ROOT / "reports", metavar="DIR", help="default: reports/ of the repository")
    add("-j", "--jobs", type=_at_least_one, metavar="N", help="reports at once (default: number of cores)")
    add("--timeout", type=_at_least_one, metavar="SECONDS", help="for one cell (default: none)")
    add("--share", action="store_true", help="leave customers out, for a copy to hand on (folder: ...+share)")
    add("--force", action="store_true", help="run what is up to date too")
    add("--doctor", action="store_true", help="say what would be read of the data, in seconds; no report is made")
    add("--save", metavar="NAME", help="with --doctor: keep it as the scenario params/<case>/NAME.yaml")
    add("--list", action="store_true", help="list cases and scenarios; with CASE, its parameters")
    return command


def _at_least_one(text: str) -> int:
    if not (text.isdecimal() and len(text) < 8 and int(text) > 0):
        raise argparse.ArgumentTypeError(
            f"{text[:40]!r} is not allowed: it must be a whole number, at least 1 and at most 9,999,999"
        )
    return int(text)


def main() -> int:
    from helpers.reporting.command import list_cases, make
    from helpers.reporting.requests import Wish

    typed = parser().parse_intermixed_args()
    if typed.list:
        return list_cases(tuple(typed.cases))
    wish = Wish(
        cases=tuple(typed.cases),
        scenario=typed.scenario,
        params=tuple(typed.param),
        params_file=typed.params,
        sweep=tuple(typed.sweep),
        name=typed.name,
        data_dir=typed.data_dir,
        share=typed.share,
        doctor=typed.doctor,
    )
    if typed.doctor:
        from helpers.reporting.doctor import examine

        return examine(wish, typed.save)
    return make(wish, typed.out, typed.jobs, typed.timeout, typed.force)


if __name__ == "__main__":
    for name in {"SIGINT", "SIGTERM", "SIGHUP"} & set(dir(signal)):
        if signal.getsignal(getattr(signal, name)) != signal.SIG_IGN:
            signal.signal(getattr(signal, name), lambda number, _: os._exit(128 + number))
    try:
        sys.exit(main())
    except KeyboardInterrupt as stopped:
        sys.exit(getattr(stopped, "status", 130))
