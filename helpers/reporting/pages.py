"""How does a page become one file that asks the network for nothing?"""

import base64
import hashlib
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from helpers.wording import as_html, count, heading

TEMPLATES = Path(__file__).parent / "template"


def page(template: str, scripts: tuple[str, ...] = (), **values: Any) -> str:
    """Return a page made from one of this project's templates, which shows `values`.

    Its policy allows `scripts` by their hashes, inlined styles and pictures, and nothing else: a script that came in
    with the data would not run.
    """
    policy = content_security_policy(scripts)
    return read(template).render(policy=policy, style=asset("style.css"), **values)


@cache
def read(template: str) -> Template:
    """Return one of this project's templates."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"thousands": count, "day": _day, "sentence": sentence, "heading": heading}
    return environment.get_template(template)


def content_security_policy(scripts: tuple[str, ...]) -> str:
    """Return the policy that lets exactly these scripts run."""
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    hashes = " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        f"base-uri 'none'; form-action 'none'"
    )


def asset(name: str) -> Markup:
    """Return a style sheet or script of the project, to stand in a page as it is."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def sentence(text: str) -> Markup:
    """Return a computed sentence as it stands in a page."""
    return Markup(as_html(text))


def with_prefix(svg: str, prefix: str) -> str:
    """Return a picture whose ids begin with `prefix`, so that it can stand in a page beside others and its like."""
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}", svg)


def _day(timestamp: str | datetime) -> str:
    made = datetime.fromisoformat(timestamp) if isinstance(timestamp, str) else timestamp
    return f"{made.day} {made:%B %Y, %H:%M}"
