"""Where does a user keep what need not be made again, safe from others and whole?"""

import os
import tempfile
from pathlib import Path

from helpers.errors import CasebookError

CACHE = "CASEBOOK_CACHE"


def cache_root() -> Path:
    """Return the folder of all that is kept for this user, which CACHE may name; it may not exist yet."""
    import platformdirs

    named = os.environ.get(CACHE)
    if named:
        return Path(named).expanduser().resolve()
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
