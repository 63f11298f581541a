"""How is a person told what is wrong with a request or with data?

In a sentence that names the thing, the value, what was allowed and the nearest match.
"""

import errno
import os
from collections.abc import Iterable
from difflib import get_close_matches

FULL = (os.strerror(errno.ENOSPC), os.strerror(errno.EDQUOT))


class CasebookError(ValueError):
    """A fault that the user can mend; its message is a sentence for them."""


class Unanswerable(CasebookError):
    """What these data cannot answer, and why in a sentence; a report goes on without it."""


def reason(error: Exception | str) -> str:
    """Return why something could not be done, in words; that a disk is full is said as such.

    >>> reason(OSError(errno.ENOSPC, "No space left on device", "x.csv")), reason(OSError(errno.EACCES, "denied"))
    ('the disk is full (No space left on device)', 'denied')
    """
    said = str((error.strerror if isinstance(error, OSError) else None) or error)
    return f"the disk is full ({said})" if any(text in said for text in FULL) else said


def brief(value: object, most: int = 200) -> str:
    """Return a value as it stands in a sentence, of a long one only its start.

    >>> brief([1, 2]), brief("a" * 300, most=3)
    ('[1, 2]', 'aaa... (300 letters)')
    """
    text = str(value)
    return text if len(text) <= most else f"{text[:most]}... ({len(text):,} letters)"


def nearest(name: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed name that is most like `name`, whatever its case, or None."""
    by_folded = {option.casefold(): option for option in allowed}
    matches = get_close_matches(name.casefold()[:200], by_folded, n=1, cutoff=0.5)
    return by_folded[matches[0]] if matches else None


def unknown(kind: str, name: str, allowed: Iterable[str], where: str = "") -> CasebookError:
    """Return the error for the name of some kind that is not among the allowed ones `where`, as in "of case 'wine'".

    >>> str(unknown("parameter", "min_suport", ["min_support", "seed"]))
    "unknown parameter 'min_suport': did you mean 'min_support'? Choose from min_support, seed."
    """
    options = sorted(allowed)
    guess = nearest(name, options)
    hint = f"did you mean {guess!r}? " if guess else ""
    place = f" {where}" if where else ""
    return CasebookError(f"unknown {kind} {brief(name)!r}{place}: {hint}{_choices(options)}")


def _choices(options: list[str]) -> str:
    if not options:
        return "There are none."
    if len(options) > 25:
        return f"There are {len(options):,}, from {options[0]} to {options[-1]}."
    return f"Choose from {', '.join(options)}."
