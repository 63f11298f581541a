"""Where does a user keep what need not be made again, safe from others and whole?"""

import hashlib
import os
import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

from helpers.errors import CasebookError

CACHE = "CASEBOOK_CACHE"
MOST_BYTES = 2_000_000_000  # of all results together; what was not used for longest goes first
LARGEST = MOST_BYTES // 10  # of one result
DIGEST = hashlib.sha256().digest_size
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
    with _in_place_of(path) as file:
        file.write(content)


@contextmanager
def _in_place_of(path: Path) -> Iterator[IO[bytes]]:
    with tempfile.NamedTemporaryFile(prefix=".", dir=path.parent, delete=False) as file:
        try:
            yield file
        except BaseException:
            Path(file.name).unlink()
            raise
        _written.append(file.tell())
    Path(file.name).replace(path)


def read_object(path: Path) -> Any:
    """Return what `write_object` has written; ValueError where it is not whole."""
    whole = memoryview(path.read_bytes())
    if hashlib.sha256(whole[:-DIGEST]).digest() != whole[-DIGEST:]:
        raise ValueError(path)
    os.utime(path)
    return pickle.loads(whole[:-DIGEST])


class _TooLarge(Exception):
    """A result has more than LARGEST bytes."""


def write_object(path: Path, value: object) -> None:
    """Write a value of at most LARGEST bytes, with a digest that tells whether it is whole."""
    digest = hashlib.sha256()
    with suppress(_TooLarge), _in_place_of(path) as file:

        def write(part: bytes) -> None:
            digest.update(part)
            file.write(part)
            if file.tell() > LARGEST:
                raise _TooLarge

        pickle.Pickler(SimpleNamespace(write=write), protocol=5).dump(value)
        file.write(digest.digest())


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
