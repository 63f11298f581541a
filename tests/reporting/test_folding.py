import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.reporting.folding import folded


def outline(*cells: nbformat.NotebookNode) -> list[tuple[str, str, bool]]:
    """Return of each cell its source, what it folds and whether a fold ends before it."""
    found = folded(new_notebook(cells=list(cells))).cells
    return [(cell.source, cell.metadata.get("folds", ""), cell.metadata.get("ends", False)) for cell in found]


def test_a_heading_of_the_fourth_level_folds_up_to_the_next_heading() -> None:
    deep = new_markdown_cell("Before.\n\n#### How we know\n\nBy counting.")
    assert outline(new_markdown_cell("## A\ntext"), deep, new_code_cell("1"), new_markdown_cell("### B")) == [
        ("## A\ntext", "", False),
        ("Before.\n\n", "", False),
        ("\nBy counting.", "#### How we know", False),
        ("1", "", False),
        ("### B", "", True),
    ]


def test_two_folds_follow_one_another_and_the_last_one_ends_with_the_notebook() -> None:
    assert outline(new_markdown_cell("#### One\na\n#### Two\nb")) == [
        ("a\n", "#### One", False),
        ("b", "#### Two", True),
        ("", "", True),
    ]


def test_a_heading_in_a_code_block_is_none() -> None:
    text = "text\n```\n#### not this\n```\nmore"
    assert outline(new_markdown_cell(text), new_code_cell("#### nor this")) == [
        (text, "", False),
        ("#### nor this", "", False),
    ]


def test_the_notebook_itself_stays_as_it_is() -> None:
    notebook = new_notebook(cells=[new_markdown_cell("#### One\na")])
    folded(notebook)
    assert [cell.source for cell in notebook.cells] == ["#### One\na"]
    assert notebook.cells[0].metadata == {}


def test_a_fold_whose_code_ran_and_showed_nothing_is_left_out() -> None:
    said = nbformat.v4.new_output("stream", text="said")
    ran, spoke = (new_code_cell("1", execution_count=1, outputs=outputs) for outputs in ([], [said]))
    fold, after = new_markdown_cell("#### Line by line\ntext"), new_markdown_cell("## B")
    start = new_markdown_cell("## A")
    assert outline(start, fold, ran, after) == [("## A", "", False), ("## B", "", False)]
    assert outline(start, ran, fold, ran) == [("## A", "", False), ("1", "", False)]
    between = outline(new_markdown_cell("#### One\na"), fold, ran, after)
    assert between == [("a", "#### One", False), ("## B", "", True)]
    for shown in ([ran, spoke], [new_code_cell("1")], []):  # something is shown, or nothing was run
        assert ("text", "#### Line by line", False) in outline(start, fold, *shown, after)
