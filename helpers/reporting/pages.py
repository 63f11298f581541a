"""How does a page become one file that asks the network for nothing?"""

import base64
import hashlib
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from helpers.wording import count

TEMPLATES = Path(__file__).parent / "template"


def page(template: str, extra_scripts: tuple[str, ...] = (), **values: Any) -> str:
    """Return a page made from one of this project's templates.

    Parameters
    ----------
    template : str
        The template's file name.
    extra_scripts : tuple of str
        Scripts that the page adds to itself while it is open.
    **values
        What the template shows.

    Notes
    -----
    The Content-Security-Policy allows the inlined scripts by their hashes, inlined styles and pictures, and
    nothing else.
    """
    policy = "POLICY-STANDS-HERE"
    html = _environment().get_template(template).render(policy=policy, style=asset("style.css"), **values)
    scripts = [*re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL), *extra_scripts]
    return html.replace(policy, content_security_policy(scripts), 1)


def content_security_policy(scripts: list[str]) -> str:
    """Return the policy that lets exactly these scripts run."""
    hashes = " ".join(f"'sha256-{_sha256(script)}'" for script in scripts) or "'none'"
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        f"base-uri 'none'; form-action 'none'"
    )


def asset(name: str) -> Markup:
    """Return a style sheet or script of the project, to stand in a page as it is."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"thousands": count, "day": _day}
    return environment


def _day(timestamp: str) -> str:
    made = datetime.fromisoformat(timestamp)
    return f"{made.day} {made:%B %Y, %H:%M}"
