"""What is known of each customer on a day?

All times are in days. Several orders on one day count as one purchase, since they are mostly one order in parts;
"orders" are such days throughout.
"""

import pandas as pd

from helpers.errors import Unanswerable


def histories(orders: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Return what is known of each customer at the end of a day.

    The table, by customer, holds frequency (days with an order, after the first), recency (days from the first of
    them to the last), age (days from the first to `end`), orders (days with an order) and mean_value (of all these
    days, the first among them, where some implementations take repeat orders only). `orders` has customer, date and
    value, a row for each order. Those after `end` are left out, and so are customers who first ordered after it;
    Unanswerable where none is left.

    Examples
    --------
    Two orders on one day count as one purchase:

    >>> days = pd.to_datetime(["2024-01-01 12:00", "2024-01-31 09:00", "2024-01-31 17:00"])
    >>> orders = pd.DataFrame({"customer": "Ann", "date": days, "value": [10.0, 15.0, 5.0]})
    >>> histories(orders, pd.Timestamp("2024-03-01")).to_dict("index")
    {'Ann': {'frequency': 1, 'recency': 30, 'age': 60, 'orders': 2, 'mean_value': 15.0}}
    """
    dated = orders.assign(day=orders["date"].dt.normalize())
    days = dated.groupby(["customer", "day"], observed=True, as_index=False)["value"].sum()
    end = pd.Timestamp(end).normalize()
    known = days[days["day"] <= end].groupby("customer")
    if not len(known):
        raise Unanswerable(f"There is no order on or before {end:%Y-%m-%d}.")
    first, last, n = known["day"].min(), known["day"].max(), known.size()
    return pd.DataFrame(
        {
            "frequency": n - 1,
            "recency": (last - first).dt.days,
            "age": (end - first).dt.days,
            "orders": n,
            "mean_value": known["value"].mean(),
        }
    )
