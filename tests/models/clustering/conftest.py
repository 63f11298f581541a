import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="module")
def planted() -> tuple[pd.DataFrame, pd.Series]:
    """Return 300 rows of three features in four far groups, and the groups by size."""
    rng = np.random.default_rng(0)
    truth = np.repeat([1, 2, 3, 4], [120, 80, 60, 40])
    centres = np.array([[0, 0, 0], [7, 0, 0], [0, 7, 0], [0, 0, 7]])[truth - 1]
    index = pd.Index([f"c{i}" for i in range(300)])
    return pd.DataFrame(centres + rng.normal(0, 0.7, (300, 3)), index, list("abc")), pd.Series(truth, index)


@pytest.fixture(scope="module")
def cloud() -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(5).normal(size=(300, 6)), columns=list("abcdef"))
