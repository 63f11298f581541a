"""How does a picture become SVG that weighs little?

What matplotlib writes has six decimals for each number, and for each of a thousand dots how it is painted.
"""

import re

DOTS = re.compile(
    r'(?:<use xlink:href="(#[^"]+)" x="[^"]+" y="[^"]+" style="([^"]+)"/>)(?:<use xlink:href="\1"[^>]* style="\2"/>)+'
)
FONTS = re.compile(r"font-family: [^;\"]+")


def lean(svg: str) -> str:
    """Return the same picture in fewer bytes: two decimals, no white space between tags, dots alike as one path.

    >>> lean('<path d="M 0.123456 12.345678 \\nL 3 4"/>\\n <text>0.123456</text>')
    '<path d="M0.1235 12.35L3 4"/><text>0.123456</text>'
    """
    svg = re.sub(r"<[^>]+>", lambda tag: _lean_tag(tag[0]), svg)
    return DOTS.sub(_as_one_path, re.sub(r">\s+<", "><", svg))


def _lean_tag(tag: str) -> str:
    tag = FONTS.sub("font-family: sans-serif", re.sub(r"\d+\.\d{3,}", _rounded, tag))
    return re.sub(r' d="[^"]*"', lambda path: " d" + re.sub(r"\s*([A-Za-z])\s*", r"\1", path[0][2:]), tag)


def _rounded(found: re.Match[str]) -> str:
    number = float(found[0])
    return f"{round(number, 2 if number >= 1 else 4):g}"


def _as_one_path(found: re.Match[str]) -> str:
    """Return dots of one kind as the marks on a line that is not drawn; each still covers those before it."""
    dot, paint = found[1], found[2]
    places = "L".join(f"{x} {y}" for x, y in re.findall(r' x="([^"]+)" y="([^"]+)"', found[0]))
    name = f"{dot[1:]}-{found.start()}"
    painted = f'<use xlink:href="{dot}" style="{paint}"/>'
    marker = f'<marker id="{name}" markerUnits="userSpaceOnUse" overflow="visible">{painted}</marker>'
    return f'{marker}<path d="M{places}" style="fill: none; stroke: none; marker: url(#{name})"/>'
