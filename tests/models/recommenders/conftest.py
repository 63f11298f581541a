import pandas as pd
import pytest

from helpers.models.recommenders.interactions import Interactions, interactions
from tests.models.recommenders.shops import FEW, UNTIL, with_tastes


@pytest.fixture
def known() -> Interactions:
    return interactions(FEW, UNTIL)


@pytest.fixture
def tastes() -> pd.DataFrame:
    return with_tastes(60)
