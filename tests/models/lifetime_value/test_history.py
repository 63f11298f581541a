import pandas as pd
import pytest

from helpers.errors import CasebookError
from helpers.models.lifetime_value.history import histories
from tests.models.lifetime_value.simulated import orders


def test_a_history_by_hand() -> None:
    table = histories(
        orders(
            ("a", "2024-01-01 23:00", 10),
            ("a", "2024-01-11 01:00", 5),
            ("a", "2024-01-11 20:00", 15),
            ("a", "2024-01-31 12:00", 60),
            ("a", "2024-02-01 00:00", 1000),
            ("b", "2024-01-31 18:00", 7),
            ("c", "2024-02-02", 7),
        ),
        pd.Timestamp("2024-01-31"),
    )
    assert table.loc["a"].to_dict() == {"frequency": 2, "recency": 30, "age": 30, "orders": 3, "mean_value": 30}
    assert table.loc["b"].to_dict() == {"frequency": 0, "recency": 0, "age": 0, "orders": 1, "mean_value": 7}
    assert table.index.tolist() == ["a", "b"]
    assert table.index.name == "customer"


def test_no_order_by_the_end_is_said() -> None:
    with pytest.raises(CasebookError, match="There is no order on or before 2023-12-31"):
        histories(orders(("a", "2024-01-01", 1)), pd.Timestamp("2023-12-31"))
