"""What has each member of the sponsor network bought, for the question of what sets the top sponsors apart?"""

import numpy as np
import pandas as pd

from helpers.cases.health.naming import starter_amount


def network_customers(
    view: pd.DataFrame, segments: pd.Series, earlier: list[pd.DataFrame], latest: pd.DataFrame
) -> pd.DataFrame:
    """Return what the comparisons of sponsors need of each customer.

    Parameters
    ----------
    view : DataFrame, by member
        The single view of the whole time.
    segments : Series, by member
        The name of each customer's segment.
    earlier : list of DataFrame, by member
        The single views of the half-years before the last one.
    latest : DataFrame, by member
        That of the last half-year.

    Returns
    -------
    DataFrame, by member
        revenue, segment, starter_only (bought a single item once, for the most common amount), active (bought in the
        last half-year), before (bought in an earlier one) and centres (how many were visited).
    """
    single = (view["frequency"] == 1) & (view["total_quantity"] == 1)
    return pd.DataFrame(
        {
            "revenue": view["total_amount"],
            "segment": segments[view.index],
            "starter_only": single & (view["total_amount"] == starter_amount(view)),
            "active": view.index.isin(latest.index),
            "before": np.logical_or.reduce([view.index.isin(each.index) for each in earlier]),
            "centres": view["visit_centres"],
        }
    )


def join_dates(members: pd.DataFrame) -> pd.Series:
    """Return when each member joined, by member; missing where it is not known."""
    return pd.to_datetime(members.set_index("member")["join_date"])
