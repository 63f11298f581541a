"""How are many reports made at once, so that one that dies takes no other with it?

Each is made by a copy of this process, which has imported what that needs. Where a copy would not be whole (this
process has several threads, or the system is no Linux), a new process makes it.
"""

import gc
import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from socket import socket
from typing import Any

from helpers.cores import CORES, can_fork
from helpers.remembered import known_uses
from helpers.reporting.forked import ask_by
from helpers.reporting.forking import has_one_thread, without
from helpers.reporting.order import shares_of_cores
from helpers.reporting.records import Outcome
from helpers.reporting.requests import Request
from helpers.reporting.stopping import end_now, end_with, forget, signals_held_back, signals_let_in

PATIENCE = 10  # seconds in which a process ends that is told to


@dataclass(frozen=True)
class _Making:
    """A report that is being made, and the process that makes it."""

    place: int
    request: Request
    process: BaseProcess


def make_reports(
    requests: list[Request],
    out: Path,
    jobs: int,
    timeout: int | None,
    tell: Callable[[Request, str], None],
    ended: Callable[[Request, Outcome], None],
    kernels: socket | None = None,
) -> list[Outcome]:
    """Make each report in `out`, in a process of its own and `jobs` at a time; return the outcomes in their order.

    One cell may take `timeout` seconds. `tell` is told where each report stands, and `ended` how it ended; `kernels`
    leads to what forks them, if any. Where it is interrupted, what is not finished is ended, and leaves nothing.
    """
    waiting, shares = list(enumerate(requests)), shares_of_cores(len(requests), jobs)
    outcomes: dict[int, Outcome] = {}
    lines: dict[Connection, _Making] = {}  # to the processes that are at work
    _get_ready()
    with signals_held_back():
        try:
            while waiting or lines:
                while waiting and len(lines) < jobs:
                    os.environ[CORES] = shares.pop(0)  # for the process that begins
                    _start(*waiting.pop(0), lines, out, timeout, kernels)
                for line in _that_say_something(lines):
                    making, said = lines[line], _heard(line)
                    if isinstance(said, str):
                        tell(making.request, said)
                        continue
                    del lines[line]
                    outcomes[making.place] = _ended(making, out, said)
                    ended(making.request, outcomes[making.place])
        except BaseException:
            _stop(lines, out, ended)
            raise
    return [outcomes[place] for place in range(len(requests))]


def _get_ready() -> None:
    """Do once for all reports what the first one costs more than others."""
    gc.disable()
    with without("pyarrow.fs"):  # by which papermill would read notebooks from clusters
        from helpers.reporting.running import versions
    from helpers.reporting.rendering import get_ready

    get_ready({})
    versions()
    known_uses()
    gc.freeze()  # what stays to the end: copies and the end itself need not look through it
    gc.enable()


def _start(
    place: int,
    request: Request,
    lines: dict[Connection, _Making],
    out: Path,
    timeout: int | None,
    kernels: socket | None,
) -> None:
    """Start the process that makes a report, and note the line to it."""
    is_copy = can_fork() and has_one_thread()
    if not is_copy:
        resource_tracker.ensure_running()  # which would let the signals through that are held back
    context: Any = multiprocessing.get_context("fork" if is_copy else "spawn")
    ours, theirs = context.Pipe()
    of_others = [ours, *lines] if is_copy else []  # that a copy holds too, and would keep open
    process = context.Process(target=_work, args=(request, out, timeout, theirs, kernels, of_others))
    process.start()
    theirs.close()
    lines[ours] = _Making(place, request, process)


def _that_say_something(lines: dict[Connection, _Making]) -> list[Any]:
    """Wait for signals, and until processes say something or are gone; return the lines to these."""
    with signals_let_in():
        return wait(list(lines))


def _heard(line: Connection) -> object:
    """Return what the process at the other end of a line says, or None where nobody is there."""
    with suppress(EOFError, OSError):
        return line.recv()
    return None


def _ended(making: _Making, out: Path, said: object) -> Outcome:
    """Wait until a process has ended, clear up what it left if it died, and return what became of the report."""
    making.process.join()
    if isinstance(said, Outcome):
        return said
    forget(out / making.request.label, making.process.pid or 0)
    from helpers.reporting.running import give_up

    died = f"the process that made the report ended with status {making.process.exitcode}"
    return give_up(making.request, out, died)


def _stop(lines: dict[Connection, _Making], out: Path, ended: Callable[[Request, Outcome], None]) -> None:
    """End all that is at work, with what it has not finished."""
    for line in lines:
        with suppress(OSError):
            line.send(None)
    for line, making in lines.items():
        making.process.join(PATIENCE)
        if making.process.is_alive():
            making.process.kill()
            making.process.join()
        while isinstance(said := _heard(line), str):
            pass
        if isinstance(said, Outcome):
            ended(making.request, said)
        else:
            forget(out / making.request.label, making.process.pid or 0)


def _work(
    request: Request,
    out: Path,
    timeout: int | None,
    line: Connection,
    kernels: socket | None,
    of_others: list[Connection],
) -> None:
    folder = out / request.label
    end_with(line, folder)
    for other in of_others:
        other.close()
    ask_by(kernels)
    from helpers.reporting.running import give_up, make_report

    def tell(said: object) -> None:
        try:
            line.send(said)
        except OSError:  # nobody is there to hear it
            end_now(folder)

    try:
        outcome = make_report(request, out, timeout, tell)
    except Exception as error:
        outcome = give_up(request, out, f"{type(error).__name__}: {error}")
    tell(outcome)
