from pathlib import Path

import pytest

from helpers.errors import CasebookError
from helpers.reporting.cases import read_values
from helpers.reporting.yaml_texts import of_file


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("columns: {customer: No, invoice: 2011-12-01}", {"columns": {"customer": "No", "invoice": "2011-12-01"}}),
        ("columns:\n  customer: 007\n  invoice: 'Order #'\n", {"columns": {"customer": "007", "invoice": "Order #"}}),
        ("seed: 2  # of the sample\nlabel: pounds # as ever\n", {"seed": 2, "label": "pounds"}),
        ("seed: 2 #two\nk: ~\nshare: 0.5\nflag: true\n", {"seed": 2, "k": None, "share": 0.5, "flag": True}),
        ("# a line\n", None),
    ],
)
def test_a_file_says_what_stands_in_it(text: str, value: object) -> None:
    assert of_file(text) == value


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("columns: {invoice: Order #, customer: No}", "'Order'"),
        ("columns:\n  invoice: Order #\n  customer: No\n", "'Order'"),
        ("data: Sales #2.csv", "'Sales'"),
        ("columns: {invoice: Order #", "'Order'"),
    ],
)
def test_a_text_that_a_comment_would_cut_off_is_to_be_quoted(tmp_path: Path, text: str, cut: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(CasebookError, match=f"the # after {cut} would begin a comment: put the whole text in quotes"):
        read_values(path)
