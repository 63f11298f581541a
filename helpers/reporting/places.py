"""Where does a path lead that a person typed, and to what?"""

import stat
from pathlib import Path

from helpers.errors import CasebookError, brief, reason

KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
    stat.S_IFREG: "a file",
}


def located(name: str, typed: str, folder: Path) -> Path:
    """Return the full path that was typed for a parameter, below `folder` where it is relative."""
    if not typed.strip():
        raise CasebookError(f"{name} is empty: it must be 'sample', a file or a folder")
    try:
        path = (folder / Path(typed).expanduser()).resolve()
        path.stat()
    except FileNotFoundError:
        return path
    except (OSError, RuntimeError, ValueError) as error:
        raise CasebookError(f"{name}={brief(typed)} cannot be read: {_why(error, typed)}") from None
    return path


def _why(error: Exception, typed: str) -> str:
    if isinstance(error, RuntimeError):
        user = typed.partition("/")[0]
        return f"there is no user {user[1:]!r}" if typed.startswith("~") else "its symbolic links lead in a circle"
    return reason(error)


def here() -> Path:
    """Return the folder where the command is typed; one that is gone raises CasebookError."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise CasebookError(
            "the folder in which the command was typed does not exist any more: go to another"
        ) from None


def kind_of(path: Path) -> str:
    """Return what stands at a path, in words."""
    return KINDS.get(stat.S_IFMT(path.stat().st_mode), "no file")
