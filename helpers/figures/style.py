"""What do all pictures have in common?

One palette that colour-blind readers can tell apart, one set of type sizes, a transparent ground and text in
the colour of the page, so that light and dark both work.
"""

import io
import re
import warnings
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform

from helpers.figures.drawing import Drawing
from helpers.figures.lettering import measure_once
from helpers.figures.svg import lean
from helpers.keeping import kept

INK = "#010203"  # stands for the page's text colour and becomes `currentColor`
# Okabe and Ito (2008), without black, in an order whose neighbours differ in lightness too.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
SEQUENTIAL = "viridis"
WIDTH = 8.0
FRAME = 0.05  # inches around a picture
GRID = "rgba(128, 128, 128, 0.3)"

STYLE: Any = {
    "font.size": 10,
    "font.family": "sans-serif",
    "axes.titlesize": 11,
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.grid": False,
    "grid.color": INK,
    "grid.alpha": 0.15,
    "grid.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.prop_cycle": cycler(color=PALETTE),
    "patch.facecolor": PALETTE[0],
    "svg.fonttype": "none",
    "text.parse_math": False,  # a dollar in a name is a dollar
}
mpl.rcParams.update(STYLE)
measure_once()


def canvas(height: float = 4.0, columns: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure of the page's width and `height` inches, with its axes from left to right."""
    fig = Figure(figsize=(WIDTH, height), layout="constrained")
    axes = fig.subplots(1, columns, squeeze=False)
    return fig, list(axes.flat)


def empty(message: str) -> Figure:
    """Return a picture that only says why there is nothing to draw."""
    fig, (ax,) = canvas(height=1.2)
    ax.text(0.5, 0.5, message, ha="center", va="center", style="italic")
    ax.set_axis_off()
    return fig


def interactive_layout(**options: object) -> dict[str, object]:
    """Return the layout that all interactive figures share; the page gives the colour of the text."""
    axis = {"gridcolor": GRID, "zerolinecolor": GRID, "linecolor": GRID, "automargin": True}
    shared = {
        "template": "none",
        "font": {"size": 13},
        "margin": {"l": 20, "r": 20, "t": 20, "b": 40},
        "colorway": PALETTE,
        "xaxis": axis,
        "yaxis": axis,
        "hoverlabel": {"align": "left"},
    }
    return shared | options


def to_svg(fig: Figure, name: str) -> str:
    """Return a figure as SVG that stands in a page among others.

    The same figure gives the same bytes. Ids carry the figure's name, and INK becomes `currentColor`.
    """
    return _svg(Drawing(fig), name)


@kept
def _svg(drawing: Drawing, name: str) -> str:
    buffer = io.StringIO()
    nothing = dict.fromkeys(["Date", "Creator", "Format", "Type"])
    with mpl.rc_context({"svg.hashsalt": name}):
        dpi, frame = drawing.figure.dpi, _laid_out(drawing.figure)
        _set_line_by_line(drawing.figure)
        drawing.figure.savefig(buffer, format="svg", metadata=nothing, bbox_inches=frame, dpi=dpi)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor")
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    return re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", lean(svg))


def _laid_out(fig: Figure) -> Bbox | None:
    """Set the parts of a figure in their places, as SVG measures them; return a frame where the figure is too small.

    `savefig` would draw the whole figure for that, once more.
    """
    fig.dpi = FigureCanvasSVG(fig).fixed_dpi
    engine = fig.get_layout_engine()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        if engine:
            engine.execute(fig)
    fig.set_layout_engine(None)
    return None if engine and not told else fig.get_tightbbox().padded(FRAME)


def _set_line_by_line(fig: Figure) -> None:
    """Let each line of a heading or a tick's label begin, end or stand in the middle where the whole text does.

    A page draws letters of other widths than those that matplotlib sets the lines by.
    """
    for ax in fig.axes:
        texts = [ax.title]
        for name, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
            inside = [text for text in axis.get_ticklabels() if _is_in_view(ax, name, text)]
            if any("\n" in text.get_text() for text in inside):
                texts += inside
                axis.get_tightbbox()  # which moves what the axis is called beside its ticks' labels, where it stays
                axis.set_label_coords(*axis.label.get_position(), axis.label.get_transform())
        for text in texts:
            lines = text.get_text().split("\n")
            if len(lines) > 1 and text.get_rotation() == 0:
                _set_lines(fig, text, lines)


def _is_in_view(ax: Axes, axis: str, label: Text) -> bool:
    low, high = sorted(getattr(ax, f"get_{axis}lim")())
    return bool(low <= label.get_position()["xy".index(axis)] <= high)


def _set_lines(fig: Figure, text: Text, lines: list[str]) -> None:
    box, side = text.get_window_extent(), text.get_horizontalalignment()
    x = {"left": box.x0, "center": (box.x0 + box.x1) / 2, "right": box.x1}[side]
    how: dict[str, Any] = {
        "font": text.get_fontproperties(),
        "color": text.get_color(),
        "transform": IdentityTransform(),
    }
    for place, line in enumerate(lines):
        y = box.y1 - (place + 0.5) * box.height / len(lines)
        fig.text(x, y, line, ha=side, va="center", **how)
    text.set_visible(False)
