"""What of a cell's names can another kernel go on with?

The runner of a report asks this of a kernel; no cell of a notebook does.
"""

import io
import pickle
from pathlib import Path
from types import FunctionType
from typing import Any

from IPython.core.getipython import get_ipython

from helpers.keeping import TOLD_BY_CONTENT
from helpers.kept_files import LARGEST, read_object, write_object
from helpers.reporting.answering import GUARD

HOLD_ALL = TOLD_BY_CONTENT | {"pyarrow"}  # whose objects hold all that they are
VALUE, MISSING = "value", "missing"


def hand_on(path: str, names: list[str]) -> list[str]:
    """Write what this kernel's cells have made under `names`, as far as that is possible; return for which it is.

    What the data cannot answer is handed on as such. What stands for something elsewhere (a path, a table of an
    engine) is not.
    """
    made, missing = _made(), _missing()
    if used_up := [name for name in names if hasattr(made.get(name), "__next__")]:
        raise TypeError(f"{used_up} can be read only once")
    handed: dict[str, tuple[str, Any]] = {name: (MISSING, missing[name]) for name in names if name in missing}
    for name in made.keys() & set(names) - handed.keys():
        content = _packed(made[name])
        if content is not None:
            handed[name] = (VALUE, content)
    if sum(len(content) for _, content in handed.values()) > LARGEST * 0.9:
        return []
    write_object(Path(path), handed)
    return sorted(handed)


def take_over(parts: list[tuple[str, list[str]]]) -> None:
    """Take names of files that `hand_on` has written; OSError, ValueError or KeyError where they are not there."""
    made, missing = _made(), _missing()
    for path, names in parts:
        handed = read_object(Path(path))
        for name in names:
            kind, content = handed[name]
            missing.pop(name, None)
            if kind == MISSING:
                missing[name] = content
            else:
                made[name] = pickle.loads(content)


def _made() -> dict[str, Any]:
    shell: Any = get_ipython()
    return shell.user_ns


def _missing() -> dict[str, str]:
    return _made()[GUARD].missing if GUARD in _made() else {}


def _packed(value: object) -> bytes | None:
    stream = io.BytesIO()
    try:
        _Pickler(stream, protocol=5).dump(value)
    except Exception:  # pickle raises what it likes
        return None
    return stream.getvalue()


class _Pickler(pickle.Pickler):
    """Writes values that hold all that they are."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, type | FunctionType) and value.__module__.partition(".")[0] not in HOLD_ALL:
            raise pickle.PicklingError(f"{value} may stand for what lies elsewhere")
        return NotImplemented
