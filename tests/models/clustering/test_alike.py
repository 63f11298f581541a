"""Where customers are alike, they are cut into no more clusters than there are kinds of them."""

import pandas as pd
import pytest

from helpers.errors import Unanswerable
from helpers.models.clustering.methods import most_clusters
from helpers.models.clustering.number import survey_numbers


def points(*kinds: float) -> pd.DataFrame:
    return pd.DataFrame({"x": list(kinds) * 20, "y": 1.0})


def test_there_are_no_more_clusters_than_customers_who_differ() -> None:
    assert most_clusters(points(1.0, 2.0, 3.0), 6) == 3
    assert most_clusters(points(1.0), 6) == 1
    assert most_clusters(pd.DataFrame({"x": range(60)}), 5) == 5


def test_customers_who_are_all_alike_are_said_to_be() -> None:
    alike = points(1.0)
    with pytest.raises(Unanswerable, match="With 20 customers, who are all alike in every measure, there is nothing"):
        survey_numbers(alike, most_clusters(alike, 6), 2, 1)
