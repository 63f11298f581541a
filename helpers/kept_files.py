"""Where does a user keep what need not be made again, safe from others and whole?"""

import hashlib
import os
import pickle
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from helpers.errors import CasebookError

CACHE = "CASEBOOK_CACHE"
MOST_BYTES = 2_000_000_000  # of all results together; what was not used for longest goes first
LARGEST = MOST_BYTES // 10  # of one result
_written: list[int] = []  # bytes of what this process has written since it last made room


def cache_root() -> Path:
    """Return the folder of all that is kept for this user, which CACHE may name; it may not exist yet."""
    import platformdirs

    named = os.environ.get(CACHE)
    if named:
        try:
            return Path(named).expanduser().resolve()
        except RuntimeError as error:  # no such user, or links that lead in a circle
            raise CasebookError(f"the environment variable {CACHE} is {named!r}: {error}") from None
    return platformdirs.user_cache_path("customer-casebook", appauthor=False)


def results_folder() -> Path:
    """Return the folder of kept results, made where it is not there.

    Results are read as objects, which could be any code: CasebookError where another user owns the folder, or can
    write to it; OSError where it cannot be made.
    """
    folder = cache_root() / "results"
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if folder.is_symlink() or state.st_uid != os.geteuid() or state.st_mode & 0o022:
        raise CasebookError(
            f"{folder} keeps results, and is not yours alone to write: remove it, or let the environment variable "
            f"{CACHE} name another folder."
        )
    return folder


def write_kept(path: Path, content: bytes) -> None:
    """Write a file that other processes read and write too: what they see of it is whole."""
    with tempfile.NamedTemporaryFile(prefix=".", dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)
    _written.append(len(content))


def read_object(path: Path) -> Any:
    """Return what `write_object` has written; ValueError where it is not whole."""
    whole = path.read_bytes()
    if hashlib.sha256(whole[32:]).digest() != whole[:32]:
        raise ValueError(path)
    os.utime(path)
    return pickle.loads(whole[32:])


def write_object(path: Path, value: object) -> None:
    """Write a value of at most LARGEST bytes, with a digest that tells whether it is whole."""
    content = pickle.dumps(value, protocol=5)
    if len(content) <= LARGEST:
        write_kept(path, hashlib.sha256(content).digest() + content)


def make_room(at_times: bool = False) -> None:
    """Remove what was not used for longest, and what writers that were killed have left, beyond MOST_BYTES.

    All files are looked at for that; `at_times` only where this process has written much since it last did.
    """
    if at_times and sum(_written) < MOST_BYTES // 100:
        return
    _written.clear()
    states = []
    for path in results_folder().iterdir():
        with suppress(FileNotFoundError):  # another process has removed it
            states.append((path.stat(), path))
    left = sum(state.st_size for state, _ in states)
    for state, path in sorted(states, key=lambda one: one[0].st_mtime):
        if left <= MOST_BYTES:
            break
        path.unlink(missing_ok=True)
        left -= state.st_size
