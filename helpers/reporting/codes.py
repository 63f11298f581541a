"""Which code stands for a customer in what is made to share, and how is it put in the place of the name?

The same code in all reports of a user: it is made with a key that stays in the user's configuration folder.
"""

import hashlib
import hmac
import html
import os
import re
import secrets
from collections.abc import Iterable
from typing import Any

from platformdirs import user_config_path

from helpers.errors import CasebookError
from helpers.wording import PERSON

LONG_NUMBER = 5  # digits from which a number in a text that is a customer's number is taken for it


def share_key() -> bytes:
    """Return the key of this user's codes; the first call makes it, in a file that only its owner may read."""
    path = user_config_path("customer-casebook", appauthor=False) / "share.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    except OSError as error:
        raise CasebookError(f"the key for --share cannot be made in {path}: {error.strerror}") from None
    if path.stat().st_mode & 0o077:
        raise CasebookError(f"the key for --share may be read by others: say chmod 600 {path}")
    key = path.read_text(encoding="utf-8").strip()
    if len(key) < 32:
        raise CasebookError(f"the key for --share in {path} is too short: delete it, and a new one is made")
    return key.encode()


def code_of(name: object, key: bytes) -> str:
    """Return the code that stands for a customer.

    >>> code_of("Garley", b"key"), code_of("Garley", b"another key")
    ('c-b847333a0a', 'c-bc68d1864d')
    """
    return "c-" + hmac.new(key, str(name).encode(), hashlib.sha256).hexdigest()[:10]


class Codes:
    """The codes of all customers of a report.

    A name is found in a text by its first word, so that half a million of them cost no more than a few. Names of
    less than three letters, and numbers of less than LONG_NUMBER digits, might be anything, and names that the
    author's `own_text` uses might be meant there too, as in "Fisher's test": such are only taken for customers where
    they are marked or stand alone.
    """

    def __init__(self, names: Iterable[str], key: bytes, own_text: str = "") -> None:
        self.key = key
        self.names = frozenset(names)
        self.unsure = {name for name in self.names if _is_short(name) or _is_used(name, own_text)}
        self.starts: dict[str, list[tuple[str, str]]] = {}
        for name in self.names - self.unsure:
            _enter(self.starts, name, self.code(name))

    def code(self, name: object) -> str:
        return code_of(name, self.key)

    def hide(self, text: str, further: Iterable[str] = ()) -> str:
        """Return a text with codes for marked names, for names that are known, and for `further` ones."""
        alone = html.unescape(text.strip())
        if alone in self.names and not _is_short(alone):
            return text.replace(text.strip(), self.code(alone))
        text = re.sub(PERSON, lambda found: self.code(found[1]), text)
        more: dict[str, list[tuple[str, str]]] = {}
        for name in further:
            _enter(more, name, self.code(name))
        parts, end = [], 0
        for word in re.finditer(r"\w+", text):
            for name, code in [*more.get(word[0], ()), *self.starts.get(word[0], ())]:
                start = word.start() - _offset(name)
                if start >= end and _stands(name, text, start):
                    parts += [text[end:start], code]
                    end = start + len(name)
                    break
        return "".join([*parts, text[end:]])

    def hide_between_tags(self, markup: str, further: Iterable[str] = (), ticks: bool = False) -> str:
        """Return HTML or SVG with its texts hidden, but for tags and, with `ticks`, round numbers at an axis."""
        further = set(further)
        text = r">(?!\d+000<)([^<]+)<" if ticks else r">([^<]+)<"
        return re.sub(text, lambda found: f">{self.hide(found[1], further)}<", markup)

    def hide_all(self, content: Any, further: Iterable[str] = ()) -> Any:
        """Return what JSON can hold with all its texts hidden, but for numbers that are packed."""
        if isinstance(content, str):
            return self.hide(content, further)
        if isinstance(content, dict):
            return {key: value if key == "bdata" else self.hide_all(value, further) for key, value in content.items()}
        return [self.hide_all(one, further) for one in content] if isinstance(content, list) else content


def _is_short(name: str) -> bool:
    return len(name) < (LONG_NUMBER if name.isdigit() else 3)


def _is_used(name: str, own_text: str) -> bool:
    return not name.isdigit() and name in own_text


def _enter(starts: dict[str, list[tuple[str, str]]], name: str, code: str) -> None:
    """Enter a name, as it stands in texts of all kinds, under its first word; longer ones go first."""
    for written in {name, html.escape(name), html.escape(name, quote=False), name.replace("'", "&#39;")}:
        if first := re.search(r"\w+", written):
            several = starts.setdefault(first[0], [])
            several.append((written, code))
            several.sort(key=lambda pair: -len(pair[0]))


def _offset(name: str) -> int:
    found = re.search(r"\w", name)
    return found.start() if found else 0


def _stands(name: str, text: str, start: int) -> bool:
    """Say whether a name stands in a text from `start`, not as a part of a longer word or number."""
    end = start + len(name)
    if start < 0 or not text.startswith(name, start):
        return False
    after = re.match(r"\w|[.,]\d", text[end : end + 2]) if name[-1:].isalnum() else None
    part = r"\d[.,]$" if name.isdigit() else r"\w$"
    return not after and not (name[0].isalnum() and re.search(part, text[max(start - 2, 0) : start]))
