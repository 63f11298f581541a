"""How does a kernel start without importing what a thousand kernels before it have imported?

As a copy of one process that has imported the libraries, but no helpers. It lives as long as the command or a process
that makes a report, and forks only while it has one thread; a copy of more becomes a new process at once. Where there
is no such process, kernels start as ever. Apart from libraries that are there, a copy is as a new process: it has
its own session, environment, folder and chance, and ends with whom it was made for.
"""

import atexit
import gc
import importlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from subprocess import DEVNULL

import psutil

from helpers.closure import ROOT
from helpers.reporting.stopping import STARTED_ELSEWHERE

SERVE = f"import sys; del sys.path[0]; from {__name__} import serve; serve(sys.argv[1:])"
KERNEL = "ipykernel.kernelapp"
BACKEND = "module://matplotlib_inline.backend_inline"  # what a kernel lets matplotlib find when it is imported
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")  # of linear algebra, the first that says it
ALONE = {THREADS[0]: "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}  # keep libraries from starting threads
_lines: list[socket.socket] = []  # to the process that this one may ask


@contextmanager
def server(libraries: list[str]) -> Iterator[socket.socket | None]:
    """Give the line to a process from which kernels with `libraries` are forked, or None where there can be none."""
    if not (libraries and _can_fork()):
        yield None
        return
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-c", SERVE, KERNEL, *libraries]
    process = subprocess.Popen(
        command, stdin=theirs.fileno(), stdout=DEVNULL, stderr=DEVNULL, start_new_session=True, env=environment()
    )
    theirs.close()
    try:
        with ours:
            yield ours
    finally:
        process.kill()
        process.wait()


def _can_fork() -> bool:
    """Say whether this system lets a process be watched by one that is not its parent, and forks safely."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


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


def serve(libraries: list[str]) -> None:
    """Import libraries and fork a kernel at each request on stdin, until nobody can ask."""
    os.environ |= ALONE | {"MPLBACKEND": os.environ.get("MPLBACKEND", BACKEND)}
    before = set(os.environ)
    for name in libraries:
        with suppress(Exception):  # which the kernel will say where it needs it
            importlib.import_module(name)
    set_by_libraries = {name: os.environ[name] for name in os.environ.keys() - before}
    gc.freeze()
    signal.signal(signal.SIGCHLD, _bury)
    alone = len(list(Path("/proc/self/task").iterdir())) == 1
    requests = socket.socket(fileno=0)
    while handles := socket.recv_fds(requests, 1, 1)[1]:
        line = Connection(handles[0])
        if os.fork() == 0:
            requests.detach()
            return _be_kernel(line, set_by_libraries, alone)
        line.close()
    return None


def _bury(*_: object) -> None:
    """Let kernels that are over go."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _be_kernel(line: Connection, set_by_libraries: dict[str, str], alone: bool) -> None:
    """Become the kernel that is asked for on a line, in a process that was forked where it was `alone`."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    command, env, folder = line.recv()
    with Path(os.devnull).open("r+b", buffering=0) as nothing:
        for standard in range(3):
            os.dup2(nothing.fileno(), standard)
    os.chdir(folder)
    os.environ.clear()
    os.environ |= set_by_libraries | env
    line.send(os.getpid())
    if not alone:
        os.execve(command[0], command, env)
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()
    for name in [name for name in sys.modules if name.partition(".")[0] == "helpers"]:
        del sys.modules[name]
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    from threadpoolctl import threadpool_limits

    told = (int(env[name]) for name in THREADS if env.get(name, "").isdecimal())
    cores = len(os.sched_getaffinity(0))
    threadpool_limits(min(next(told, cores), cores), user_api="blas")
    sys.orig_argv, sys.argv = command, [str(importlib.import_module("ipykernel_launcher").__file__), *command[3:]]
    importlib.import_module(KERNEL).launch_new_instance()
    _end()


def _end() -> None:
    """End this kernel as Python ends, but leave what libraries hold in memory to the system."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    vars(sys.modules["__main__"]).clear()  # which closes the files that cells have left open
    gc.collect()
    os._exit(0)


def _end_with(line: Connection) -> None:
    """End with all that this process has started when nobody is at the other end of a line."""
    with suppress(EOFError, OSError):
        line.recv()
    os.killpg(0, signal.SIGKILL)
