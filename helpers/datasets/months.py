"""Which month is Jänner, août or Mai?

Spreadsheets write dates in the language of their user. Babel knows the names of the months in it.
"""

import re
from collections.abc import Iterable
from functools import cache

import pandas as pd
from babel import Locale

LANGUAGES = ("en", "de", "de_AT", "fr", "es", "it", "pt", "nl", "da", "sv", "nb", "fi", "pl", "cs", "sk", "hu", "ro",
             "hr", "sl", "sr_Latn", "bg", "lt", "lv", "et", "tr", "ru", "uk", "el", "ca", "id", "ms")  # fmt: skip
ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORD = re.compile(r"[^\W\d_]{2,}\.?")
HALVES = {"am", "pm", "utc", "gmt"}
ASIAN = str.maketrans({"年": "-", "月": "-", "日": ""})


def in_english(texts: pd.Series) -> pd.Series:
    """Return texts of dates with the names of months in English, shortened, and without the names of days.

    The language is the one that knows all words; where none does, or two disagree, the texts are left as they are.

    Examples
    --------
    >>> list(in_english(pd.Series(["Mo, 4. Jänner 2022", "4. Mai 2022"])))
    ['4. Jan 2022', '4. May 2022']
    """
    plain = texts.str.translate(ASIAN)
    words = {word.lower().rstrip(".") for text in plain for word in WORD.findall(text)} - HALVES
    if not words:
        return plain
    readings = {tuple(sorted(own.items())) for own in (_only(_readings(one), words) for one in LANGUAGES) if own}
    if len(readings) != 1:
        return plain
    known = dict(readings.pop())
    return plain.map(lambda text: _translated(text, known))


def _only(read: dict[str, str], words: Iterable[str]) -> dict[str, str]:
    found = {word: read[word] for word in words if word in read}
    return found if len(found) == len(set(words)) else {}


def _translated(text: str, known: dict[str, str]) -> str:
    def name(match: re.Match[str]) -> str:
        return known.get(match[0].lower().rstrip("."), match[0])

    return re.sub(r"\s+", " ", WORD.sub(name, text)).strip(" ,")


@cache
def _readings(language: str) -> dict[str, str]:
    """Return the names of months in a language to the English ones, those of days and particles to nothing."""
    locale = Locale.parse(language)
    read = {}
    for shapes in (locale.days, locale.months):
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated", "short"):
                for number, name in shapes[form].get(width, {}).items():
                    read[name.lower().rstrip(".")] = ENGLISH[number - 1] if shapes is locale.months else ""
    return {**read, "de": "", "sept": "Sep"} if language in ("es", "pt", "ca", "en") else read
