"""Where is a generated sample kept, so that it is generated once?

In the user's cache folder, or in the folder that the environment variable CASEBOOK_CACHE names. A sample is written
whole to a folder beside its place and then renamed, so that nobody ever sees half of it.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from filelock import FileLock

from helpers.errors import CasebookError
from helpers.kept_files import CACHE, cache_root


def digest(parameters: Mapping[str, object], sources: Iterable[Path]) -> str:
    """Return hexadecimal digits that change with the parameters and with the content of the generator's files."""
    known = hashlib.sha256(repr(sorted(parameters.items())).encode())
    for source in sorted(sources, key=lambda path: path.name):
        known.update(source.name.encode() + b"\0" + hashlib.sha256(source.read_bytes()).digest())
    return known.hexdigest()[:16]


def kept(name: str, write: Callable[[Path], None]) -> Path:
    """Return the folder of that name below the cache's root; if it is not there, let `write` fill an empty one first.

    Where two processes ask at once, one writes and the other waits. CasebookError where the cache cannot be written.
    """
    place = cache_root() / name
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(place.with_name(f"{place.name}.lock")):
            if not place.is_dir():
                _write_whole(place, write)
    except OSError as error:
        raise CasebookError(
            f"The sample cannot be kept in {place.parent} ({error.strerror or error}); "
            f"let the environment variable {CACHE} name a folder that can be written."
        ) from error
    return place


def _write_whole(place: Path, write: Callable[[Path], None]) -> None:
    for left in place.parent.glob(f"{place.name}.part-*"):  # of a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    part = Path(tempfile.mkdtemp(prefix=f"{place.name}.part-", dir=place.parent))
    try:
        write(part)
        part.chmod(0o755)
        part.rename(place)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
