"""In which encoding is a text file written?

UTF-8 proves itself. Other encodings are guessed by charset-normalizer from the words that are not plain ASCII; where
it does not clearly see another, it is the one of Western spreadsheets.
"""

import re
from functools import partial
from typing import IO

from charset_normalizer import from_bytes

CHUNK = 1_000_000  # bytes
MOST_WORDS = 5_000
WESTERN = "cp1252"
EUROPEAN = [WESTERN, "cp1250", "cp1254", "cp1257"]
FOREIGN = ["gb18030", "cp932", "big5", "euc_kr", "cp1251", "cp1253", "cp1255", "cp1256", "cp1250"]
MARKS = {b"\xff\xfe\x00\x00": "utf-32", b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
COMMON = re.compile(r"[\x00-\x7fÀ-ÖØ-öø-ÿ£€§°²³½¼¾ªº®™©ŒœŠšŽžŸ‘’‚“”„–—…•·¡¿«»´\xa0]*")
CENTRAL_EUROPE = {"Croatian", "Czech", "Hungarian", "Polish", "Romanian", "Slovak", "Slovene"}
BETWEEN = re.compile(rb"[\s,;\"'\d]+")


def encoding_of(content: IO[bytes]) -> str:
    """Return the encoding of a text file; ValueError says that it holds what no text holds.

    Examples
    --------
    >>> from io import BytesIO
    >>> [encoding_of(BytesIO("£5".encode(name))) for name in ("utf-8", "cp1252", "utf-16")]
    ['utf-8', 'cp1252', 'utf-16']
    """
    start = content.read(CHUNK)
    content.seek(0)
    if not start.strip():
        raise ValueError("it holds no text")
    marked = next((name for mark, name in MARKS.items() if start.startswith(mark)), None) or _without_mark(start)
    if marked and marked != "utf-8":
        return marked
    is_utf8, rest = True, b""
    for chunk in iter(partial(content.read, CHUNK), b""):
        if b"\0" in chunk:
            raise ValueError("it holds NUL bytes, as no text does")
        if is_utf8 and (rest or not chunk.isascii()):
            is_utf8, rest = _continues(rest + chunk)
    content.seek(0)
    if is_utf8 and not rest:
        return "utf-8"
    guess = _guessed(_strange_words(content))
    content.seek(0)
    return guess


def _strange_words(content: IO[bytes]) -> list[bytes]:
    """Return some of the words of a text that are not plain ASCII, each once."""
    words: set[bytes] = set()
    for line in content:
        if len(words) > MOST_WORDS:
            break
        if not line.isascii():
            words.update(word for word in BETWEEN.split(line) if not word.isascii())
    return sorted(words)


def _without_mark(start: bytes) -> str | None:
    """Tell UTF-16 without a mark by the zeros between the letters."""
    zeros = [start[place::2].count(0) / max(1, len(start) // 2) for place in (0, 1)]
    if max(zeros) < 0.3:
        return None
    return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"


def _continues(chunk: bytes) -> tuple[bool, bytes]:
    """Say whether bytes are UTF-8, and return the end of them if it is the start of a letter."""
    try:
        chunk.decode("utf-8")
        return True, b""
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.end == len(chunk):
            return True, chunk[error.start :]
    try:
        chunk.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False, b""
    raise ValueError("it holds half of a letter of two parts (a lone surrogate), as no text does")


def _guessed(words: list[bytes]) -> str:
    """Guess among the encodings of Europe, unless most words look as no word in Europe does."""
    foreign = 2 * sum(map(_is_foreign, words)) >= len(words)
    matches = from_bytes(b"\n".join(words), cp_isolation=FOREIGN if foreign else EUROPEAN)
    best = matches.best()
    if best is None or foreign or WESTERN in best.could_be_from_charset:
        return best.encoding if best is not None and foreign else WESTERN
    western = next((match for match in matches if match.encoding == WESTERN), None)
    if western is None:
        return best.encoding if best.coherence else WESTERN
    clearer = western.chaos > best.chaos or western.coherence < best.coherence
    return best.encoding if clearer or best.language in CENTRAL_EUROPE else WESTERN


def _is_foreign(word: bytes) -> bool:
    """Say whether most letters of a word are not ASCII, or are none that Western spreadsheets know."""
    high = sum(letter > 0x7F for letter in word)
    return (high >= 2 and high > 0.6 * len(word)) or not COMMON.fullmatch(word.decode(WESTERN, "replace"))
