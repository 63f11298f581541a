"""How are many reports made at once, so that one that dies takes no other with it?"""

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from socket import socket

from helpers.reporting.forked import ask_by
from helpers.reporting.records import Outcome
from helpers.reporting.requests import Request
from helpers.reporting.stopping import end_now, end_with, forget, leave_signals_to_others

PATIENCE = 10  # seconds in which a process ends that is told to
STOPPED = Outcome(0.0, "it was stopped")  # what nobody is told


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
    resource_tracker.ensure_running()  # which would let the thread that starts it hear signals
    stopping = threading.Event()
    lines: dict[str, Connection] = {}

    def make(request: Request) -> Outcome:
        if stopping.is_set():
            return STOPPED
        process, lines[request.label] = _start(request, out, timeout, kernels)
        outcome = None
        if stopping.is_set():
            lines[request.label].close()
        with suppress(EOFError, OSError):
            while not isinstance(outcome := lines[request.label].recv(), Outcome):
                tell(request, outcome)
        outcome = _end(process, request, out, outcome, stopping)
        if outcome is not STOPPED:
            ended(request, outcome)
        return outcome

    pool = ThreadPoolExecutor(jobs, initializer=leave_signals_to_others)
    try:
        return list(pool.map(make, requests))
    except BaseException:
        stopping.set()
        for line in list(lines.values()):
            with suppress(OSError):
                line.send(None)
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _start(
    request: Request, out: Path, timeout: int | None, kernels: socket | None
) -> tuple[BaseProcess, Connection]:
    """Start the process that makes a report, and return it with the line to it."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(request, out, timeout, theirs, kernels))
    process.start()
    theirs.close()
    return process, ours


def _end(process: BaseProcess, request: Request, out: Path, outcome: object, stopping: threading.Event) -> Outcome:
    """Wait until a process has ended, clear up what it left if it died, and return what became of the report."""
    process.join(PATIENCE if stopping.is_set() else None)
    if process.is_alive():
        process.kill()
        process.join()
    if isinstance(outcome, Outcome):
        return outcome
    forget(out / request.label, process.pid or 0)
    if stopping.is_set():
        return STOPPED
    from helpers.reporting.running import give_up

    return give_up(request, out, f"the process that made the report ended with status {process.exitcode}")


def _work(request: Request, out: Path, timeout: int | None, line: Connection, kernels: socket | None) -> None:
    folder = out / request.label
    end_with(line, folder)
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
