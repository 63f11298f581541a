"""How is a notebook's code run, whatever other kernels and networks there are or are not?

By the Python that runs this, spoken to through files and not through a network. A kernel that is installed elsewhere
under the same name is not asked, and IPython's settings in the user's home are not read.
"""

import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from subprocess import DEVNULL, TimeoutExpired
from typing import Any

import zmq.asyncio
from jupyter_client import AsyncKernelManager
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from traitlets.config import Config

from helpers.cores import number
from helpers.reporting.forked import fork
from helpers.reporting.forking import THREADS
from helpers.reporting.stopping import sockets_of

LONGEST = 80  # letters of a socket's path, that systems take
OFTEN = 5  # milliseconds between tries to reach a kernel that begins
PATIENCE = 5  # seconds for a kernel to end that was told to
ARGUMENTS = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
_ending: list[Any] = []  # processes of kernels that were told to end


class OwnClient(AsyncKernelClient):
    """Speaks to a kernel as soon as it answers; what it says of its start need not be waited for."""

    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.reconnect_ivl = OFTEN  # its sockets are there a little later than it
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        until = time.monotonic() + (timeout or math.inf)
        while time.monotonic() < until and await self.is_alive():
            self.kernel_info()
            with suppress(Empty):
                if (await self.get_shell_msg(timeout=1))["msg_type"] == "kernel_info_reply":
                    await self.get_iopub_msg(timeout=0.2)  # since it hears who is there a little later
                    return
        raise RuntimeError("the kernel died before it answered, or did not answer in time")


class OwnKernel(AsyncKernelManager):
    """A kernel of this Python."""

    client_factory = OwnClient

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(argv=ARGUMENTS, display_name="Python", language="python")

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        started: Any = self.provisioner
        options["env"] = dict.fromkeys(THREADS, str(number())) | options["env"]
        with suppress(OSError, EOFError):  # nobody answers
            if process := fork(kernel_cmd, options["env"], options.get("cwd", Path.cwd())):
                started.process = process
                started.pid = started.pgid = process.pid
                return
        await super()._async_launch_kernel(kernel_cmd, **options | {"stdout": DEVNULL, "stderr": DEVNULL})

    async def _async_finish_shutdown(self, *_: object, **__: object) -> None:
        """Go on as soon as a kernel has heard that it is to end, and leave it to `own_kernel` to wait for that."""
        kernel: Any = self
        await kernel._control_socket.poll(PATIENCE * 1000)
        _ending.append(kernel.provisioner.process)


@contextmanager
def own_kernel() -> Iterator[dict[str, object]]:
    """Give the options by which papermill starts a kernel of this Python, for one notebook, and wait for its end."""
    with tempfile.TemporaryDirectory(prefix=sockets_of(os.getpid()), ignore_cleanup_errors=True) as folder:
        os.environ["IPYTHONDIR"] = folder
        place = str(Path(folder) / "k")
        by_file = os.name != "nt" and len(place) <= LONGEST
        how = {"connection_file": f"{place}.json", "transport": "ipc" if by_file else "tcp"}
        try:
            yield {"kernel_manager_class": OwnKernel, "config": Config({"ConnectionFileMixin": how})}
        finally:
            while _ending:
                _wait_for_end(_ending.pop())


def _wait_for_end(process: Any) -> None:
    with suppress(TimeoutExpired):
        process.wait(PATIENCE)
    if process.poll() is None:
        process.kill()
        process.wait()
