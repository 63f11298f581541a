"""How does a run's folder change, so that nothing good and nothing of the user's is lost?

A run is made in a staging folder beside its own and takes its place whole; what is the user's own moves along. What
is begun here is ended, also when the process is told to stop (`COMMITTING`).
"""

import os
import re
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from filelock import FileLock

from helpers.errors import CasebookError
from helpers.reporting.freshness import read_run, tables_of

TABLES = "tables"
PICTURE = "picture.svg"  # the one that carries the answer, for the index
OURS = {"report.html", "notebook.ipynb", "run.json", PICTURE, TABLES, "failed.html", "failed.json"}
COMMITTING = threading.RLock()


def check_place(folder: Path) -> None:
    """Raise CasebookError where something else stands in the place of a run's folder, or another user's is there."""
    for path in (folder.parent, folder):
        if path.exists() and not path.is_dir():
            raise CasebookError(
                f"{path} is a file, and a folder is to be made there: move it, or choose another --out"
            )
    if folder.is_symlink():
        raise CasebookError(
            f"{folder} is a symbolic link, and a run's folder is to be made there: move it, or choose another --name"
        )
    for path in (folder.parent, folder, folder / TABLES):
        if path.is_dir() and not os.access(path, os.W_OK | os.X_OK):
            raise CasebookError(
                f"{path} belongs to another user or may not be changed: choose another --out, or let its owner say "
                "chmod g+w"
            )


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a run's folder for one process at a time, whichever command and user started it.

    The lock lies beside the folder, and goes.
    """
    path = folder.with_name(f".{folder.name}.lock")
    with FileLock(path, mode=0o666):  # so that another user can wait for it too
        try:
            yield
        finally:
            with suppress(OSError):
                path.unlink()


@contextmanager
def staging_for(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside `folder`, and clear away what interrupted runs have left."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder):
        put_right(folder)
    staging = _beside(folder)
    (staging / TABLES).mkdir(parents=True)
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def put_right(folder: Path) -> None:
    """End a swap that was interrupted, and remove what processes that are gone have left beside `folder`."""
    old = _old(folder)
    if old.exists() and not folder.exists():
        old.rename(folder)
    elif old.exists():
        _move_own(old, folder)
        shutil.rmtree(old, ignore_errors=True)
    for left in folder.parent.glob(f".{folder.name}@*"):
        owner = re.search(r"@(\d+)-\w+$", left.name)
        if owner and not psutil.pid_exists(int(owner.group(1))):
            _remove(left)


def remove_staging(folder: Path, process: int) -> None:
    """Remove what a process that is over or ending has left beside `folder`."""
    for left in folder.parent.glob(f".{folder.name}@{process}-*"):
        _remove(left)


def swap_in(staging: Path, folder: Path) -> None:
    """Put a whole new folder in the place of an old one, with what is the user's own there."""
    with COMMITTING, alone(folder):
        check_place(folder)
        put_right(folder)
        if folder.exists():
            folder.rename(_old(folder))
        staging.rename(folder)
        put_right(folder)


def hand_over(staging: Path, folder: Path, *names: str) -> None:
    """Move files of a staging folder to `folder`, each in the place of an old one."""
    with COMMITTING, alone(folder):
        check_place(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            (staging / name).replace(folder / name)


def write_whole(path: Path, text: str) -> None:
    """Write a file beside its place and rename it, so that there is always a whole one."""
    put_right(path)
    new = _beside(path)
    try:
        new.write_text(text, encoding="utf-8", newline="")
        new.replace(path)
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)


def _move_own(old: Path, new: Path) -> None:
    """Move what is the user's own, and not a run's, from an old folder of a run to the new one."""
    ours = OURS | {f"{TABLES}/{name}.csv" for name in tables_of(read_run(old / "run.json"))}
    tables = (old / TABLES).iterdir() if (old / TABLES).is_dir() else ()
    for path in [*old.iterdir(), *tables]:
        name = path.relative_to(old).as_posix()
        if name not in ours and not (new / name).exists():
            path.rename(new / name)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}@{os.getpid()}-{secrets.token_hex(4)}")


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
