"""How are the cells of a notebook run: side by side where they can be, and not at all where nothing has changed?

What a cell shows, and what it hands on, is kept by all that it comes from (`helpers.reporting.flow`). What is not
kept runs as soon as what it needs is there, in up to two kernels. Papermill sees one notebook that was run from top
to bottom; one whose order cannot be told is run so.
"""

import ast
import asyncio
import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.log import logger

from helpers.cores import number
from helpers.errors import CasebookError
from helpers.keeping import KEEPING, USE
from helpers.kept_files import make_room, read_object, results_folder, write_object
from helpers.reporting.flow import NoFlow, Step, steps_of
from helpers.reporting.forking import THREADS
from helpers.reporting.kernel import own_kernel
from helpers.reporting.records import TABLES_FOLDER

BY_FLOW = "by flow"
MOST_KERNELS = 2
FEW = 20  # cells that one kernel runs as soon as two would start
SHOWN = ".shown"  # ends the name of a kept file with what a cell shows; one without holds what it hands on
USUAL = 0.05  # seconds of a cell of which nothing is known
LONG = 0.5  # seconds of a cell that no second kernel makes once more
HANDING_ON = "__import__('helpers.reporting.handing_on', fromlist=['all'])"


class ByFlow(NBClientEngine):
    """Runs cells by their flow where that can be told, and else as papermill does; writes the notebook at the end."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        basis: Mapping[str, str],
        seconds: Mapping[str, float],
        ends: ExitStack,
        **options: Any,
    ) -> None:
        """Run a notebook, of which `basis` says what it comes from and `seconds`, by source, what cells took last.

        Its kernels are told to end, and waited for where `ends` does.
        """
        path, nb_man.output_path = nb_man.output_path, None
        try:
            if not _ran_by_flow(nb_man, kernel_name, basis, seconds, ends, options):
                super().execute_managed_notebook(nb_man, kernel_name, **options, **ends.enter_context(own_kernel()))
        except BaseException:
            nb_man.output_path = path  # where papermill writes it now; else it does so in the end
            raise


papermill_engines.register(BY_FLOW, ByFlow)


def _ran_by_flow(
    nb_man: NotebookExecutionManager,
    kernel_name: str,
    basis: Mapping[str, str],
    seconds: Mapping[str, float],
    ends: ExitStack,
    options: dict[str, Any],
) -> bool:
    """Run a notebook by its flow; say so where that could not be told or kept to, and nothing was done."""
    code = [(i, cell.source) for i, cell in enumerate(nb_man.nb.cells) if cell.cell_type == "code"]
    steps = steps_of(code, basis) if KEEPING in os.environ else None
    if steps is None:
        return False
    try:
        asyncio.run(Cells(nb_man, kernel_name, steps, seconds, results_folder(), options).run(ends))
        make_room()
    except (NoFlow, OSError, CasebookError):
        tables = Path(os.environ[TABLES_FOLDER])
        shutil.rmtree(tables)
        tables.mkdir()
        nb_man.notebook_start()
        return False
    return True


class Kernel:
    """A kernel, the cell that made what it holds under each name, and the folder in which it leaves tables."""

    def __init__(self, client: PapermillNotebookClient, tables: Path, n_threads: int) -> None:
        self.client, self.tables, self.n_threads = client, tables, n_threads
        self.holds: dict[str, int] = {}

    async def start(self) -> None:
        self.tables.mkdir()
        env = dict.fromkeys(THREADS, str(self.n_threads)) | os.environ | {TABLES_FOLDER: str(self.tables)}
        self.client.km = self.client.create_kernel_manager()
        await self.client.async_start_new_kernel(env=env)
        await self.client.async_start_new_kernel_client()

    async def stop(self) -> None:
        if self.client.kc is not None:
            await self.client._async_cleanup_kernel()
        shutil.rmtree(self.tables, ignore_errors=True)

    async def execute(self, cell: NotebookNode, step: Step) -> None:
        await self.client.async_execute_cell(cell, step.index)
        self.holds |= dict.fromkeys(step.makes, step.index)

    async def ask(self, expression: str) -> Any:
        """Return the value of an expression in the kernel; NoFlow where it has none."""
        client: Any = self.client
        asked = client.kc.execute("", silent=True, store_history=False, user_expressions={"it": expression})
        reply = await client.async_wait_for_reply(await ensure_async(asked))
        said = reply["content"].get("user_expressions", {}).get("it", {})
        if said.get("status") != "ok":
            raise NoFlow(said.get("evalue"))
        return ast.literal_eval(said["data"]["text/plain"])


def _seconds_from(steps: list[Step], seconds: Mapping[int, float]) -> dict[int, float]:
    """Return for each cell how long it takes, with what must come after it, until all that hangs on it is done."""
    after = {step.index: 0.0 for step in steps}
    for step in reversed(steps):
        after[step.index] += seconds.get(step.index) or USUAL
        for maker in step.needs.values():
            after[maker] = max(after[maker], after[step.index])
    return after


class Cells:
    """The cells of a notebook while they are run."""

    def __init__(
        self,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        steps: list[Step],
        seconds: Mapping[str, float],
        folder: Path,
        options: dict[str, Any],
    ) -> None:
        self.nb_man, self.cells, self.folder = nb_man, nb_man.nb.cells, folder
        self.tables = Path(os.environ[TABLES_FOLDER])
        self.settings = {
            name: value for name, value in options.items() if name in PapermillNotebookClient.class_trait_names()
        }
        self.at_cell = self.settings.pop("on_cell_start")
        self.settings |= {"kernel_name": kernel_name, "log": logger, "timeout": options["execution_timeout"]}
        self.steps = {step.index: step for step in steps}
        self.wanted: dict[int, set[str]] = {step.index: set() for step in steps}
        for step in steps:
            for name, maker in step.needs.items():
                self.wanted[maker].add(name)
        known = {step.index: seconds.get(self.cells[step.index].source, 0.0) for step in steps}
        self.seconds_from = _seconds_from(steps, known)
        self.handed: dict[int, set[str]] = {}  # what a kernel can take over of a cell that another has run
        self.done = {step.index for step in steps if step.prepares or self._was_kept(step)}
        self.waiting = [step for step in steps if step.index not in self.done]
        self.n_kernels = max(1, min(number(), MOST_KERNELS, len(self.waiting) // FEW))
        self.n_running = 0
        self.failures: dict[int, Exception] = {}
        self.changed = asyncio.Condition()

    async def run(self, ends: ExitStack) -> None:
        self.kernels = kernels = [
            self._kernel(ends.enter_context(own_kernel()), place) for place in range(self.n_kernels)
        ]
        try:
            started = await asyncio.gather(*(kernel.start() for kernel in kernels), return_exceptions=True)
            if failed := [one for one in started if isinstance(one, BaseException)]:
                raise failed[0]
            await asyncio.gather(*(self._work(kernel, place == 0) for place, kernel in enumerate(kernels)))
            if not self.failures:
                await self._finish(kernels[0].client)
        finally:
            await asyncio.gather(*(kernel.stop() for kernel in kernels), return_exceptions=True)
        if self.failures:
            self._fail()
        self._count()

    def _kernel(self, options: dict[str, object], place: int) -> Kernel:
        client = PapermillNotebookClient(self.nb_man, **self.settings, **options)
        client.nb = NotebookNode(self.nb_man.nb, cells=list(self.cells))
        n_threads = max(1, number() // self.n_kernels)
        return Kernel(client, self.tables.with_name(f".{self.tables.name}-{place}"), n_threads)

    async def _work(self, kernel: Kernel, first: bool) -> None:
        """Let a kernel prepare itself, and then run what nobody else runs until nothing is left to it."""
        for step in self.steps.values():
            if step.prepares and first:
                await self._try(kernel, step)
            elif step.prepares:
                with suppress(Exception):  # which the first kernel tells
                    await kernel.execute(deepcopy(self.cells[step.index]), step)
        while (free := await self._next(kernel)) is not None:
            await self._try(kernel, free)
            async with self.changed:
                self.done.add(free.index)
                self.n_running -= 1
                self.changed.notify_all()

    async def _next(self, kernel: Kernel) -> Step | None:
        """Return the cell that is ready for a kernel on which most hangs, or None after the last one."""
        async with self.changed:
            while any(step.index < self._end() for step in self.waiting):
                ready = self._ready()
                near = [step for step in ready if self._is_near(kernel, step)]
                if free := near or ([] if self.n_running else ready):
                    step = max(free, key=lambda step: (self._is_for(kernel, step), self.seconds_from[step.index]))
                    self.waiting.remove(step)
                    self.n_running += 1
                    return step
                await self.changed.wait()
        return None

    def _ready(self) -> list[Step]:
        """Return the cells that nobody runs and all that they need is there for."""
        end = self._end()
        return [step for step in self.waiting if step.index < end and self.done.issuperset(step.needs.values())]

    def _end(self) -> int:
        """Return from where on no cell is run: the first one that failed, or the end."""
        return min(self.failures, default=len(self.cells))

    def _is_for(self, kernel: Kernel, step: Step) -> bool:
        """Say whether no other kernel can run a cell as soon."""
        return not any(self._is_near(other, step) for other in self.kernels if other is not kernel)

    def _is_near(self, kernel: Kernel, step: Step) -> bool:
        """Say whether a kernel has what a cell needs, or can have it without long making what another has made."""
        durations = (self.cells[place].metadata.papermill["duration"] for place in self._to_repeat(kernel, step))
        return sum(duration or 0.0 for duration in durations) < LONG

    def _to_repeat(self, kernel: Kernel, step: Step) -> set[int]:
        """Return the cells that a kernel would have to run once more, for what it cannot take over of them."""
        found, waiting = set[int](), {step.index}
        while waiting:
            needs = self.steps[waiting.pop()].needs.items()
            missing = {name: maker for name, maker in needs if kernel.holds.get(name) != maker}
            new = {maker for name, maker in missing.items() if name not in self.handed.get(maker, ())} - found
            waiting |= new
            found |= new
        return found

    async def _try(self, kernel: Kernel, step: Step) -> None:
        try:
            await self._bring(kernel, step)
            await self._run(kernel, step)
            await self._keep(kernel, step)
        except Exception as failure:
            self.failures[step.index] = failure

    async def _bring(self, kernel: Kernel, step: Step) -> None:
        """Let a kernel hold all that a cell needs: taken over, or else made once more."""
        for _ in range(2 * len(self.steps)):
            lacking: dict[int, list[str]] = {}
            for name, maker in step.needs.items():
                if kernel.holds.get(name) != maker:
                    lacking.setdefault(maker, []).append(name)
            if not lacking:
                return
            there = {
                maker: names for maker, names in lacking.items() if self.handed.get(maker, set()).issuperset(names)
            }
            if there:
                await self._take_over(kernel, there)
            else:
                await self._again(kernel, self.steps[min(lacking)])
        raise NoFlow

    async def _take_over(self, kernel: Kernel, parts: dict[int, list[str]]) -> None:
        files = [(str(self._file(self.steps[maker])), names) for maker, names in parts.items()]
        try:
            await kernel.ask(f"{HANDING_ON}.take_over({files!r})")
        except NoFlow:  # it is there no more, or not whole
            self.handed |= {maker: set() for maker in parts}
            return
        for maker, names in parts.items():
            kernel.holds |= dict.fromkeys(names, maker)

    async def _again(self, kernel: Kernel, step: Step) -> None:
        await self._bring(kernel, step)
        try:
            await kernel.execute(deepcopy(self.cells[step.index]), step)
        except CellExecutionError:
            raise NoFlow from None
        for path in kernel.tables.iterdir():
            path.unlink()

    async def _run(self, kernel: Kernel, step: Step) -> None:
        cell = self.cells[step.index]
        self.at_cell(cell=cell, cell_index=step.index)
        self.nb_man.cell_start(cell, step.index)
        try:
            await kernel.execute(cell, step)
        except CellExecutionError as error:
            self.nb_man.cell_exception(cell, cell_index=step.index, exception=error)
            raise
        finally:
            self.nb_man.cell_complete(cell, cell_index=step.index)

    async def _keep(self, kernel: Kernel, step: Step) -> None:
        """Keep what a cell shows and hands on."""
        written = {path.name: path.read_text(encoding="utf-8") for path in kernel.tables.iterdir()}
        for name in written:
            if (self.tables / name).exists():  # a notebook says that its own way
                raise NoFlow
            (kernel.tables / name).rename(self.tables / name)
        if step.prepares:
            return
        handed = []
        if names := sorted(self.wanted[step.index]):
            handed = await kernel.ask(f"{HANDING_ON}.hand_on({str(self._file(step))!r}, {names!r})")
        self.handed[step.index] = set(handed)
        kept = {"outputs": self.cells[step.index].outputs, "tables": written, "handed": handed}
        write_object(self._file(step).with_suffix(SHOWN), kept)

    def _was_kept(self, step: Step) -> bool:
        """Say whether a cell was kept, and put what it shows in its place."""
        if os.environ[KEEPING] != USE:
            return False
        try:
            kept = read_object(self._file(step).with_suffix(SHOWN))
            cell = self.cells[step.index]
            cell.outputs, self.handed[step.index] = kept["outputs"], set(kept["handed"])
            for name, text in kept["tables"].items():
                with (self.tables / name).open("x", encoding="utf-8", newline="") as file:
                    file.write(text)
        except (OSError, ValueError, KeyError, TypeError):
            return False
        cell.metadata.papermill |= {"status": self.nb_man.COMPLETED, "exception": False, "duration": 0.0}
        return True

    def _file(self, step: Step) -> Path:
        return self.folder / step.key

    async def _finish(self, client: Any) -> None:
        info = await client.async_wait_for_reply(await ensure_async(client.kc.kernel_info()))
        self.nb_man.nb.metadata["language_info"] = info["content"]["language_info"]

    def _fail(self) -> None:
        """Leave the notebook as it is when the first cell that failed ends it."""
        first = min(self.failures)
        self.at_cell(cell=self.cells[first], cell_index=first)
        for cell in self.cells[first + 1 :]:
            cell.metadata.papermill |= {"status": self.nb_man.PENDING, "duration": None}
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        if not isinstance(self.failures[first], CellExecutionError):
            raise self.failures[first]

    def _count(self) -> None:
        """Number cells in their order, as one kernel would have."""
        code = [cell for cell in self.cells if cell.cell_type == "code" and cell.source.strip()]
        for count, cell in enumerate(code, start=1):
            if cell.metadata.papermill["status"] != self.nb_man.PENDING:
                cell.execution_count = count
                for output in cell.outputs:
                    with suppress(KeyError):
                        output["execution_count"] = count if output["execution_count"] else None
