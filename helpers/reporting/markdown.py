"""How does the text of a notebook become HTML, with formulas that need no script?

Only what an author wrote in a Markdown cell comes here; computed sentences are plain text (`helpers.wording`). HTML
in it is shown as text.
"""

import html
import re
from functools import cache
from re import Match
from typing import Any
from xml.etree.ElementTree import tostring

import mistune
from latex2mathml.converter import Converter

# As in Pandoc: no space inside the dollars, no digit after them, so that prices stay prices.
INLINE_MATH = r"\$(?=\S)(?P<inline_math_text>[^$\n]*?[^\s$])\$(?!\d)"
BLOCK_MATH = r"^ {0,3}\$\$(?P<block_math_text>[\s\S]+?)\$\$[ \t]*$"


class _Renderer(mistune.HTMLRenderer):
    """HTML with MathML for formulas and headings that can be linked to."""

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        if level == 1:
            return ""  # the page's own title
        plain = html.unescape(re.sub("<[^>]+>", "", text)).lower()
        slug = re.sub(r"[^\w]+", "-", plain).strip("-")
        return f'<h{level} id="{slug}">{text}</h{level}>\n'

    def inline_math(self, text: str) -> str:
        return _formula(f"${text}$", text, "inline")

    def block_math(self, text: str) -> str:
        return _formula(f"$${text}$$", text, "block")


def _formula(source: str, text: str, display: str) -> str:
    """Return a formula as MathML, or its source as text where it is none."""
    try:
        formula = Converter(display=display).convert_to_element(text)
    except Exception:  # the converter raises whatever comes, IndexError among it
        return html.escape(source)
    for part in formula.iter():
        part.text = html.unescape(part.text or "") or None  # the converter writes signs as entities
    if display == "block":
        formula.set("tabindex", "0")  # what is too wide scrolls, by keyboard as well
    return tostring(formula, encoding="unicode")


def _formulas(md: mistune.Markdown) -> None:
    def inline(_: Any, found: Match[str], state: Any) -> int:
        state.append_token({"type": "inline_math", "raw": found.group("inline_math_text")})
        return found.end()

    def block(_: Any, found: Match[str], state: Any) -> int:
        state.append_token({"type": "block_math", "raw": found.group("block_math_text")})
        return found.end() + 1

    md.inline.register("inline_math", INLINE_MATH, inline, before="link")
    md.block.register("block_math", BLOCK_MATH, block, before="list")


@cache
def _parser() -> mistune.Markdown:
    return mistune.create_markdown(renderer=_Renderer(escape=True), plugins=[_formulas, "table"])


def markdown(text: str) -> str:
    """Return Markdown as HTML; formulas become MathML, and a heading of level one is left out."""
    return str(_parser()(text))
