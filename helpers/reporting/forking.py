"""What is a kernel that begins as a copy of one process with libraries, but without helpers?

Apart from libraries that are there, it is as a new one: it has its own session, environment, folder and chance, and
ends with whom it was made for. That one process forks only while it has one thread; a copy of more becomes a new
process at once.
"""

import atexit
import gc
import importlib
import io
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from weakref import WeakSet

KERNEL = "ipykernel.kernelapp"
BACKEND = "module://matplotlib_inline.backend_inline"  # what a kernel lets matplotlib find when it is imported
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")  # of linear algebra, the first that says it
MOST_SAID = 1 << 17  # bytes of a message
ALL_TOLD = b"."
PATIENCE = 5  # seconds for a thread of a kernel to end
MOST_NEW = 10_000  # objects between looks for garbage among them; a table or a picture makes thousands
FILES = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom)  # that may hold what is not yet on disk
ALONE = {THREADS[0]: "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}  # keep libraries from starting threads


def serve() -> None:
    """Import the libraries that stdin says, and fork a kernel at each request after ALL_TOLD, until nobody can ask.

    A library is told by a line "module" or "module:name".
    """
    from unittest.mock import patch

    requests = socket.socket(fileno=0)
    os.environ |= ALONE | {"MPLBACKEND": os.environ.get("MPLBACKEND", BACKEND)}
    before = set(os.environ)
    gc.disable()  # what is imported stays, and to look through it again and again is a quarter of the time
    with without("debugpy"):
        importlib.import_module("ipykernel.debugger")
    importlib.import_module(KERNEL)
    with patch("scipy._lib._array_api.FunctionDoc", _AsItIs):  # to read all documentation is a third of its import
        while (told := requests.recv(MOST_SAID)) not in (ALL_TOLD, b""):
            for place in told.decode().split():
                module, _, name = place.partition(":")
                with suppress(Exception):  # which the kernel will say where it needs it
                    __import__(module, fromlist=[name])  # some import what is behind a name when it is asked for
    set_by_libraries = {name: os.environ[name] for name in os.environ.keys() - before}
    gc.freeze()
    signal.signal(signal.SIGCHLD, _bury)
    alone = has_one_thread()
    while handles := socket.recv_fds(requests, 1, 1)[1]:
        line = Connection(handles[0])
        if os.fork() == 0:
            requests.detach()
            return _be_kernel(line, set_by_libraries, alone)
        line.close()
    return None


@contextmanager
def without(module: str) -> Iterator[None]:
    """Let what is imported meanwhile go without a module that costs much and serves no report."""
    known = sys.modules.setdefault(module, None)  # type: ignore[arg-type]
    try:
        yield
    finally:
        if known is None:
            del sys.modules[module]


class _AsItIs(dict[str, list[str]]):
    """What a function says of itself, for scipy, which adds a note to that: without the note, and not read."""

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__(Notes=[])
        self.text = function.__doc__ or ""

    def __str__(self) -> str:
        return f"\n{self.text}"


def has_one_thread() -> bool:
    """Say whether a copy of this process would be whole."""
    return len(list(Path("/proc/self/task").iterdir())) == 1


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
        os.execve(command[0], command, env | {"JPY_PARENT_PID": str(os.getppid())})  # with which it ends
    gc.set_threshold(MOST_NEW)
    gc.enable()
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()
    for name in [name for name in sys.modules if name.partition(".")[0] == "helpers"]:
        del sys.modules[name]
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    from threadpoolctl import threadpool_limits

    cores = len(os.sched_getaffinity(0))
    for api, names in (("blas", THREADS), ("openmp", THREADS[1:])):
        told = (int(env[name]) for name in names if env.get(name, "").isdecimal())
        threadpool_limits(min(next(told, cores), cores), user_api=api)
    sys.orig_argv, sys.argv = command, [str(importlib.import_module("ipykernel_launcher").__file__), *command[3:]]
    importlib.import_module(KERNEL).launch_new_instance()
    _end()


def _end() -> None:
    """End this kernel as Python ends, but leave what libraries hold in memory to the system."""
    threading._shutdown()  # type: ignore[attr-defined]
    if control := importlib.import_module(KERNEL).IPKernelApp.instance().control_thread:
        control.stop()
        control.join(PATIENCE)  # it may still say something, for which it would wait long once others have ended
    files = WeakSet(thing for thing in gc.get_objects() if issubclass(type(thing), FILES))  # opened since the fork
    gc.freeze()  # or the shell would look through all for what it may free
    atexit._run_exitfuncs()
    vars(sys.modules["__main__"]).clear()  # which closes what cells have left open, and writes it into its file
    for file in files:  # that are held by what holds itself
        with suppress(OSError, ValueError):
            file.flush()
    os._exit(0)


def _end_with(line: Connection) -> None:
    """End with all that this process has started when nobody is at the other end of a line."""
    with suppress(EOFError, OSError):
        line.recv()
    os.killpg(0, signal.SIGKILL)
