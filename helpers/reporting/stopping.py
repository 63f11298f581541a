"""What happens when the command is told to stop, or dies?

The command alone hears Ctrl-C, SIGTERM and SIGHUP. Each process that makes a report listens to it, and ends with its
kernel and all that it has not finished: when it is told so, and when the command is gone.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psutil

from helpers.reporting.folders import COMMITTING, remove_staging

STARTED_ELSEWHERE: list[psutil.Process] = []  # for this process, but as the child of another
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]

_HOLDING = threading.Event()
_HEARD: list[int] = []  # signals that came while they were held back


class Stopped(KeyboardInterrupt):
    """The command was told to stop, by a signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number  # as shells tell it


def hear_signals() -> None:
    """Raise Stopped in this process when it is told to stop; what nohup lets it ignore, it ignores."""
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, _: FrameType | None) -> None:
    if _HOLDING.is_set():  # and another thread has let it in
        _HEARD.append(number)
    else:
        raise Stopped(number)


@contextmanager
def signals_held_back() -> Iterator[None]:
    """Let signals that mean to stop wait, also for the processes that are started meanwhile."""
    _HOLDING.set()
    before = _mask("SIG_BLOCK", SIGNALS)
    try:
        yield
    finally:
        _HOLDING.clear()
        _mask("SIG_SETMASK", before)
        _raise_what_was_heard()


@contextmanager
def signals_let_in() -> Iterator[None]:
    """Hear signals that are held back, and those that come."""
    try:
        _HOLDING.clear()
        _raise_what_was_heard()
        _mask("SIG_UNBLOCK", SIGNALS)
        yield
    finally:
        _HOLDING.set()
        _mask("SIG_BLOCK", SIGNALS)


def _raise_what_was_heard() -> None:
    if _HEARD:
        raise Stopped(_HEARD.pop())


def _mask(how: str, signals: Iterable[int]) -> Iterable[int]:
    """Change which signals wait, where the system has that, and return which did."""
    return signal.pthread_sigmask(getattr(signal, how), signals) if sys.platform != "win32" else ()


def end_with(line: Connection, folder: Path) -> None:
    """Leave signals to the command at the other end of a line, and end with it, or when it says anything."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL if number == signal.SIGTERM else lambda *_: None)
    _mask("SIG_UNBLOCK", SIGNALS)
    threading.Thread(target=_listen, args=(line, folder), daemon=True).start()


def _listen(line: Connection, folder: Path) -> None:
    with suppress(EOFError, OSError):
        line.recv()
    end_now(folder)


def end_now(folder: Path) -> NoReturn:
    """End this process, all that it has started and all that it has not finished of the run in `folder`."""
    COMMITTING.acquire()  # for good: what is being put in its place gets there, and nothing after it
    while started := _started():
        for process in started:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(started, timeout=1)
    forget(folder, os.getpid())
    os._exit(1)


def _started() -> list[psutil.Process]:
    """Return the processes that are there and that this one, or another for it, has started."""
    found = psutil.Process().children(recursive=True)
    for process in STARTED_ELSEWHERE:
        with suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:  # which is over, and another's to bury
                found += [process, *process.children(recursive=True)]
    return found


def forget(folder: Path, process: int) -> None:
    """Remove what a process that is over or ending has left of the run in `folder`, and its sockets."""
    remove_staging(folder, process)
    for sockets in Path(tempfile.gettempdir()).glob(f"{sockets_of(process)}*"):
        shutil.rmtree(sockets, ignore_errors=True)


def sockets_of(process: int) -> str:
    """Return how the names of the folders begin where a process speaks with its kernel."""
    return f"casebook-{process}-"
