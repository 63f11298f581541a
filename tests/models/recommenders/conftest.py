import pandas as pd
import pytest

from helpers.models.recommenders.interactions import Known, known_before
from tests.models.recommenders.shops import FEW, UNTIL, customers_of_three_groups, with_tastes


@pytest.fixture
def known() -> Known:
    return known_before(FEW, UNTIL)


@pytest.fixture
def tastes() -> pd.DataFrame:
    return with_tastes(60)


@pytest.fixture
def bought() -> pd.DataFrame:
    return customers_of_three_groups()
