"""How much room does a text take in a picture?

matplotlib measures a text, and looks for its font, each time that it lays out or draws a picture. Here what a font
and a text measure is found once.
"""

from functools import lru_cache
from typing import Any

from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.textpath import text_to_path


@lru_cache
def _heights(font: FontProperties) -> tuple[float, float, float] | tuple[None, None, None]:
    """Return how far a font reaches above and below its line, and what stands between lines, in points.

    As matplotlib takes them from the font's own tables; without these it measures letters instead.
    """
    file: Any = get_font(fontManager._find_fonts_by_props(font))
    names = {"OS/2": ("sTypoAscender", "sTypoDescender", "sTypoLineGap"), "hhea": ("ascent", "descent", "lineGap")}
    for table, (above, below, between) in names.items():
        if found := file.get_sfnt_table(table):
            scale = 1 / file.get_sfnt_table("head")["unitsPerEm"] * font.get_size_in_points()
            return found[above] * scale, -found[below] * scale, found[between] * scale
    return None, None, None


@lru_cache(10_000)
def _size(text: str, font: FontProperties, ismath: bool) -> tuple[float, float, float]:
    return text_to_path.get_text_width_height_descent(text, font, ismath)


def measure_once() -> None:
    """Let matplotlib's renderer of SVG ask here what a font and a text measure."""
    renderer: Any = RendererSVG
    renderer._get_font_height_metrics = lambda _, font: _heights(font.copy())
    renderer.get_text_width_height_descent = lambda _, text, font, ismath: _size(text, font.copy(), ismath)
