"""How does a kernel begin at once? It is forked from a process that has imported its libraries already.

That process (`helpers.reporting.forking`) lives as long as the command or a process that makes a report. Where there
can be none, or it answers no more, kernels start as ever.
"""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Pipe
from pathlib import Path
from subprocess import DEVNULL

import psutil

from helpers.closure import ROOT
from helpers.cores import can_fork
from helpers.reporting.forking import ALL_TOLD
from helpers.reporting.stopping import STARTED_ELSEWHERE

SERVE = """
import sys
sys.path = [*filter(None, sys.path)]  # without the folder where the command is typed
from helpers.reporting.forking import serve
serve()
"""
_lines: list[socket.socket] = []  # to the process that this one may ask


@contextmanager
def server(libraries: Iterable[list[str]]) -> Iterator[socket.socket | None]:
    """Give the line to a process from which kernels with `libraries` are forked, or None where there can be none.

    It begins to import these while the next ones are found out. Each is told once: of what waits to be heard, a line
    holds little.
    """
    if not can_fork():
        yield None
        return
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        stdin=theirs.fileno(),
        stdout=DEVNULL,
        stderr=DEVNULL,
        start_new_session=True,
        env=environment(),
    )
    theirs.close()
    try:
        with ours:
            told: set[str] = set()
            with suppress(OSError):  # which those who ask for a kernel will meet
                for some in libraries:
                    if new := [library for library in some if library not in told]:
                        ours.send("\n".join(new).encode())
                    told.update(new)
                ours.send(ALL_TOLD)
            yield ours
    finally:
        process.kill()
        process.wait()


def environment() -> dict[str, str]:
    """Return the environment of a kernel, which finds the helpers of this project."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}


def ask_by(line: socket.socket | None) -> None:
    """Let `fork` in this process ask by a line to a server."""
    _lines[:] = filter(None, [line])


def fork(command: list[str], env: dict[str, str], folder: Path | str) -> "Forked | None":
    """Return the kernel that a command would start, forked, or None where there is no server to ask.

    OSError or EOFError where it is there no more.
    """
    return Forked(_lines[0], command, env, folder) if _lines else None


class Forked:
    """A kernel that was forked, to be asked as a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, server: socket.socket, command: list[str], env: dict[str, str], folder: Path | str) -> None:
        self.line, theirs = Pipe()  # which tells the kernel when nobody is there
        with theirs:
            socket.send_fds(server, [b"k"], [theirs.fileno()])
        self.line.send((command, env, folder))
        self.pid: int = self.line.recv()
        self.end = os.pidfd_open(self.pid)
        STARTED_ELSEWHERE.append(psutil.Process(self.pid))

    def wait(self, timeout: float | None = None) -> int | None:
        return 1 if select.select([self.end], [], [], timeout)[0] else None

    def poll(self) -> int | None:
        return self.wait(0)

    def send_signal(self, number: int) -> None:
        signal.pidfd_send_signal(self.end, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)
