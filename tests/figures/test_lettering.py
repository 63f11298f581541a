import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure
from matplotlib.textpath import TextToPath

from helpers.figures import lettering, style  # noqa: F401

FONTS = [
    {},
    {"size": 17},
    {"weight": "bold", "size": 8.5},
    {"family": "monospace"},
    {"family": "serif", "style": "italic"},
]


def boxes() -> list[tuple[float, ...]]:
    """Return where texts of several fonts lie in a picture."""
    fig = Figure()
    FigureCanvasSVG(fig)
    fig.dpi = FigureCanvasSVG.fixed_dpi
    said = ["lamp", "Ångström, 20 %", "two\nlines", "three\n\nlines", "", "$x^2$"]
    texts = [fig.text(0.5, 0.5, text, rotation=turn, **font) for text in said for turn in (0, 30) for font in FONTS]
    return [text.get_window_extent().bounds for text in texts]


@pytest.fixture
def as_matplotlib_has_it(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, ...]]:
    monkeypatch.delattr(RendererSVG, "_get_font_height_metrics")
    measured = lambda _, text, font, ismath: TextToPath().get_text_width_height_descent(text, font, ismath)  # noqa: E731
    monkeypatch.setattr(RendererSVG, "get_text_width_height_descent", measured)
    found = boxes()
    monkeypatch.undo()
    return found


def test_texts_take_the_room_that_matplotlib_gives_them(as_matplotlib_has_it: list[tuple[float, ...]]) -> None:
    assert boxes() == as_matplotlib_has_it
    assert boxes() == as_matplotlib_has_it


def test_fonts_are_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes()
    monkeypatch.setattr(lettering, "get_font", None)
    monkeypatch.setattr(lettering, "text_to_path", None)
    boxes()


def test_a_font_without_tables_is_measured_by_its_letters(
    monkeypatch: pytest.MonkeyPatch, as_matplotlib_has_it: list[tuple[float, ...]]
) -> None:
    font = type("Plain", (), {"get_sfnt_table": lambda self, name: None})
    lettering._heights.cache_clear()
    monkeypatch.setattr(lettering, "get_font", lambda files: font())
    widths = [(x, width) for x, _, width, _ in boxes()[::2]]
    assert widths == [(x, width) for x, _, width, _ in as_matplotlib_has_it[::2]]
    lettering._heights.cache_clear()
