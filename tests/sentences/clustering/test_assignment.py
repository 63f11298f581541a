import pandas as pd

from helpers.sentences.clustering.assignment import on_assignment
from tests.sentences.clustering.test_choice import plain


def test_the_assignment_names_the_hardest_segment() -> None:
    rows = [("accuracy", "all", 0.95), ("kappa", "all", 0.9), ("F1", "Loyal", 0.96), ("F1", "Insiders", 0.7)]
    table = pd.DataFrame(rows, columns=["measure", "segment", "agreement"]).assign(prototypes=1, low=0.6, high=0.97)
    text = plain(on_assignment(table, 1))
    assert text.startswith("With 1 prototype a segment, **95.0 %** of the customers held out")
    assert "cut from all customers, those held out among them" in text
    assert "segment Insiders, with an F1 of 0.70, and is often mistaken." in text
    fine = on_assignment(table.assign(agreement=0.99), 1)
    assert "told apart well too" in fine
