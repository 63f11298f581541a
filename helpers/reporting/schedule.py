"""How are many reports made at once, so that one that dies takes no other with it?"""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from helpers.reporting.records import Outcome
from helpers.reporting.requests import Request


def make_reports(
    requests: list[Request],
    out: Path,
    jobs: int,
    timeout: int | None,
    tell: Callable[[Request, str], None],
    ended: Callable[[Request, Outcome], None],
) -> list[Outcome]:
    """Make each report in `out`, in a process of its own and `jobs` at a time; return the outcomes in their order.

    One cell may take `timeout` seconds. `tell` is told where each report stands, and `ended` how it ended.
    """
    context = multiprocessing.get_context("spawn")

    def make(request: Request) -> Outcome:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(request, out, timeout, sender))
        process.start()
        sender.close()
        outcome = None
        with suppress(EOFError):
            while not isinstance(outcome := receiver.recv(), Outcome):
                tell(request, outcome)
        process.join()
        if not isinstance(outcome, Outcome):
            from helpers.reporting.running import give_up

            outcome = give_up(request, out, f"the process that made the report ended with status {process.exitcode}")
        ended(request, outcome)
        return outcome

    pool = ThreadPoolExecutor(jobs)
    try:
        return list(pool.map(make, requests))
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown()


def _work(request: Request, out: Path, timeout: int | None, sender: Connection) -> None:
    from helpers.reporting.running import give_up, make_report

    with suppress(KeyboardInterrupt):
        try:
            outcome = make_report(request, out, timeout, sender.send)
        except Exception as error:
            outcome = give_up(request, out, f"{type(error).__name__}: {error}")
        sender.send(outcome)
