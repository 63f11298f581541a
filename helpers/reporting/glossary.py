"""What does a term mean that the page uses?

The terms and their explanations are data (glossary.yaml), one source for all reports. A page explains those that it
uses, at its end, and the first mention of each in the author's text leads there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from re import Match

import yaml

LEFT_ALONE = r"<(?P<tag>a|code|pre|math|h\d|script)\b.*?</(?P=tag)>|<[^>]+>"
PROSE = r'<div class="prose">.*?</div>'


@dataclass(frozen=True)
class Term:
    """A term with other words for it, and what it means."""

    name: str
    means: str
    also: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """The place in the page where it is explained."""
        return "term-" + re.sub(r"\W+", "-", self.name.lower()).strip("-")


@cache
def terms() -> dict[str, Term]:
    """Return the terms by each of their words; in small letters, but for what is written in capitals alone."""
    read = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    found = [Term(one["term"], one["means"], tuple(one.get("also", []))) for one in read]
    return {word if word.isupper() else word.lower(): term for term in found for word in [term.name, *term.also]}


@cache
def _pattern() -> re.Pattern[str]:
    """Return what matches a word of the terms, of several the longest; a plural too."""
    words = (
        re.escape(word).replace(r"\ ", r"\s").replace("'", "(?:'|&#39;|&#x27;)")
        for word in sorted(terms(), key=len, reverse=True)
    )
    forms = "|".join(word if word.isupper() else f"(?i:{word})" for word in words)
    return re.compile(rf"(?<![\w/-])(?P<word>{forms})(?P<plural>e?s)?(?![\w/-])")


def _term(found: Match[str]) -> Term:
    word = re.sub(r"\s", " ", unescape(found["word"]))
    return terms().get(word) or terms()[word.lower()]


def used(body: str) -> list[Term]:
    """Return the terms that the text of a page uses, by name."""
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", body, flags=re.DOTALL)
    return sorted({_term(found) for found in _pattern().finditer(text)}, key=lambda term: term.name.lower())


def linked(body: str) -> str:
    """Return the page's body, where the first mention of a term in the author's text leads to its explanation."""
    told: set[Term] = set()

    def lead(found: Match[str]) -> str:
        term = _term(found)
        if term in told:
            return found[0]
        told.add(term)
        return f'<a class="term" href="#{term.slug}">{found[0]}</a>'

    def in_prose(prose: Match[str]) -> str:
        return "".join(part if is_tag else _pattern().sub(lead, part) for is_tag, part in _parts(prose[0]))

    return re.sub(PROSE, in_prose, body, flags=re.DOTALL)


def _parts(html: str) -> Iterator[tuple[bool, str]]:
    """Yield HTML in pieces, each with whether it is to be left alone: a tag, or what stands in a link, in code ..."""
    end = 0
    for found in re.finditer(LEFT_ALONE, html, flags=re.DOTALL):
        yield False, html[end : found.start()]
        yield True, found[0]
        end = found.end()
    yield False, html[end:]
