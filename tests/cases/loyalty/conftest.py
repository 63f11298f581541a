"""The published data, cleaned once for all tests of the case."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import ibis.expr.types as ir
import pandas as pd
import pytest

from helpers.cases.loyalty.cleaning import Trade, trade
from helpers.cases.loyalty.features import loyalty_features
from helpers.datasets.retail import read_retail

NOT_PRODUCTS = r"\D*|C2|gift_.*"


@pytest.fixture(scope="session")
def real_lines(real_data: Callable[[str], Path]) -> ir.Table:
    return read_retail(real_data("online_retail.parquet"), {})


@pytest.fixture(scope="session")
def published_trade(real_lines: ir.Table) -> Trade:
    return trade(real_lines, "published", NOT_PRODUCTS)


@pytest.fixture(scope="session")
def published_features(published_trade: Trade) -> pd.DataFrame:
    return loyalty_features(published_trade.purchases, published_trade.returns, date(2011, 12, 10))


@pytest.fixture(scope="session")
def netted_trade(real_lines: ir.Table) -> Trade:
    return trade(real_lines, "netted", NOT_PRODUCTS)
