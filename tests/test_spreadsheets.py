import pandas as pd
import pytest

from helpers.spreadsheets import GUARDED, guarded, unguarded

TEXTS = [
    "",
    "'",
    "''",
    "=1",
    "'=1",
    "''=1",
    "+49 30",
    "-",
    "@x",
    "\tx",
    "\r\nx",
    "a=1",
    " =1",
    "'a",
    "−5",
    "'\t",
    "=\n'=",
]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_put_on_is_taken_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in tuple("=+-@\t\r"), "nothing is left that would run"
    assert pd.Series([guarded(text)]).str.replace(GUARDED, r"\1", regex=True).to_list() == [text]
