import numpy as np
import pytest
from scipy import sparse

from helpers.models.recommenders.likeness import nearest_among


def _rows(n: int, halves: bool) -> sparse.csr_matrix:
    """Return rows of few values, some columns of which most rows hold, the last column first in each row."""
    rng = np.random.default_rng(n)
    held = rng.random((n, 60)) < np.geomspace(0.9, 0.01, 60)
    values = rng.integers(1, 3, held.shape) / 2 if halves else rng.random(held.shape)
    table = sparse.csr_matrix((held * values).astype(np.float32))
    return sparse.csr_matrix(sparse.identity(n, np.float32) @ table)


def _by_sorting(likeness: np.ndarray, own: np.ndarray, n: int) -> np.ndarray:
    kept = np.zeros_like(likeness)
    for i, row in enumerate(likeness):
        ranked = sorted((j for j in range(len(row)) if j != own[i]), key=lambda j: (-row[j], j))[:n]
        kept[i, ranked] = row[ranked]
    return kept


@pytest.mark.parametrize("n", [1, 7, 100, 600])
@pytest.mark.parametrize("halves", [True, False], ids=["ties", "hardly any ties"])
def test_the_nearest_are_those_of_the_whole_product_to_the_last_bit(
    n: int, halves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, others = _rows(90, halves), _rows(500, halves)
    own = np.where(np.arange(90) % 3, np.arange(90), -1)
    expected = _by_sorting((asked @ others.T.tocsr()).toarray(), own, n)
    find = nearest_among(others, n)
    assert (find(asked, own).toarray() == expected).all()
    monkeypatch.setattr("helpers.models.inference.batches.CELLS", 15_000)
    in_parts = find(asked, own)
    assert (in_parts.toarray() == expected).all()
    assert in_parts.nnz == np.count_nonzero(expected)


def test_of_equally_like_rows_the_first_are_found_and_no_row_is_its_own() -> None:
    others = sparse.csr_matrix(np.array([[1, 1], [1, 1], [0, 1], [1, 1], [1, 1], [0, 0]], np.float32))
    found = nearest_among(others, 2)(others[[0, 2, 5]], np.array([0, -1, 5]))
    assert found.toarray().tolist() == [[0, 2, 0, 2, 0, 0], [1, 1, 0, 0, 0, 0], [0] * 6]
    assert found.has_sorted_indices
    assert nearest_among(others, 2)(others[:0], np.array([], dtype=int)).shape == (0, 6)
