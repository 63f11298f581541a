import numpy as np
import pandas as pd
import pytest

from helpers.features.scaling import log_standardised, standardised

FRAME = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.0, np.e - 1, np.e**2 - 1], "same": [4.0, 4.0, 4.0]})


def test_columns_have_mean_0_and_deviation_1() -> None:
    table = standardised(FRAME)
    assert table["a"].to_numpy() == pytest.approx([-np.sqrt(1.5), 0, np.sqrt(1.5)])
    assert table["same"].tolist() == [0, 0, 0]


def test_logarithms_make_equal_steps_of_equal_ratios() -> None:
    assert log_standardised(FRAME)["b"].to_numpy() == pytest.approx([-np.sqrt(1.5), 0, np.sqrt(1.5)])
