"""Is a picture one that was drawn before?"""

import hashlib
import pickle
from dataclasses import dataclass
from types import FunctionType, SimpleNamespace
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.transforms import TransformNode


@dataclass(frozen=True)
class Drawing:
    """A figure that has not been drawn, told by all that it holds and by the settings that it is drawn with.

    One that holds a function without a name cannot be told.
    """

    figure: Figure

    def __reduce__(self) -> tuple[Any, ...]:
        digest = hashlib.sha256()
        pickler = _Pickler(SimpleNamespace(write=digest.update), protocol=5)
        pickler.dump(self.figure)
        named = [pickler.named[name] for name in sorted(pickler.named)]
        return Drawing, (digest.hexdigest(), str(mpl.rcParams), named)


class _Pickler(pickle.Pickler):
    """Writes figures alike that are made alike, and notes the functions and classes that they name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.named: dict[str, object] = {}

    def reducer_override(self, value: object) -> Any:
        if isinstance(value, (type, FunctionType)):
            self.named[f"{value.__module__}.{value.__qualname__}"] = value
        elif isinstance(value, TransformNode):
            # without what depends on it, which it holds by places in memory
            return type(value).__new__, (type(value),), vars(value) | {"_parents": None}
        return NotImplemented
