import pandas as pd
import pytest

from helpers.models.lifetime_value.holdout import MODEL, OWN_RATE, SAME_RATE
from tests.models.lifetime_value.simulated import simulate


@pytest.fixture(scope="module")
def staying() -> pd.DataFrame:
    return simulate(600, seed=1, leaving=False)


@pytest.fixture
def predictions() -> pd.DataFrame:
    """Return four customers whose errors are easily counted."""
    forecasts = {MODEL: [1.0, 1.0, 2.0, 4.0], SAME_RATE: [2.0, 2.0, 2.0, 2.0], OWN_RATE: [0.0, 0.0, 3.0, 9.0]}
    return pd.DataFrame({"frequency": [0, 0, 1, 9], **forecasts, "actual": [0, 2, 2, 4]}, index=list("abcd"))
