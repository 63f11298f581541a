"""What has each customer bought, how often and how lately, and what came back: who is worth a place among the best?

Each feature has a unit, a formula and a scale on which customers are compared; they are data, in
features.csv beside this module.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis import _

from helpers.cases.loyalty.cleaning import Trade
from helpers.errors import CasebookError
from helpers.features.rfm import dealt_anew, enough_customers, snapshot_of
from helpers.features.scaling import standardised
from helpers.keeping import kept

SCALES: dict[str, Callable[[pd.Series], pd.Series]] = {
    "log": np.log,
    "log1p": lambda values: np.sign(values) * np.log1p(np.abs(values)),
    "none": lambda values: values,
}
# What the published recipe takes, in its order; the study writes what came back as negative.
RECIPE = ["purchases", "date_range", "frequency", "ticket", "quantity", "products"]
RECIPE += ["returned_per_line", "lines_returned", "quantity_returned"]
NEGATIVE = ["returned_per_line", "quantity_returned"]


def feature_table() -> pd.DataFrame:
    """Return a row for each feature: feature, unit, formula, scaling (log, log1p or none) and its reason."""
    return pd.read_csv(Path(__file__).with_suffix(".csv"), keep_default_na=False)


def weeks_ahead(given: int | None, usual: int, holdout_days: int) -> int:
    """Return the weeks to forecast: those that are given, or the usual ones if so many can be tried on the last days.

    Weeks that are given and cannot be tried raise CasebookError.
    """
    if given is None:
        return max(1, min(usual, holdout_days // 7 - 1))
    least = 7 * (given + 1)
    if holdout_days < least:
        raise CasebookError(
            f"holdout_days is {holdout_days}: to try a forecast of horizon_weeks = {given} on whole weeks of them, "
            f"at least {least} are needed"
        )
    return given


def days_covered(raw: ir.Table) -> int:
    """Return how many days there are from the first line to the last, both among them."""
    return (snapshot_of(raw) - raw.date.min().execute().date()).days


def lines_of_customers(raw: ir.Table) -> dict[str, int]:
    """Return how many lines have a customer (rows), and on how many of these something came back (returns)."""
    known = raw.drop_null("customer")
    counted = known.aggregate(rows=_.count(), returns=(_.quantity < 0).sum().fill_null(0)).execute()
    return counted.iloc[0].astype(int).to_dict()


@kept
def customers_on(day: date, traded: Trade) -> pd.DataFrame:
    """Return `loyalty_features` as they are at the beginning of a day; too few customers raise CasebookError."""
    return enough_customers(loyalty_features(traded.purchases, traded.returns, day))


def dealt_customers(day: date, traded: Trade, kept: list[str], seed: int) -> pd.DataFrame:
    """Return `prepared` features as they would be on a day if orders were dealt by chance, by `dealt_anew`."""
    purchases, returns = dealt_anew([traded.purchases, traded.returns], seed)
    return prepared(loyalty_features(purchases, returns, day))[kept]


def loyalty_features(purchases: ir.Table, returns: ir.Table, reference: date) -> pd.DataFrame:
    """Return the features of `feature_table` of each customer whose net revenue is above 0; sums of money are exact.

    The lines have customer, invoice, product, date, quantity (negative in returns, whose features are positive) and
    price. Orders count as they were placed, also those that came back as a whole. Days are counted back from the
    reference, and lines from this day on are left out; for what was known on an earlier day, `purchases` and
    `returns` must be made of the lines up to it.
    """
    before = _.date < ibis.date(reference)
    table = _bought(purchases.filter(before)).left_join(_returned(returns.filter(before)), "customer")
    filled = {name: table[name].fill_null(0) for name in ("lines_returned", "units_back", "money_back")}
    net = table.mutate(**filled).mutate(net=_.spent - _.money_back).filter(_.net > 0)
    names = feature_table()["feature"].tolist()
    return _ratios(net, reference).select("customer", *names).order_by("customer").execute().set_index("customer")


def _bought(lines: ir.Table) -> ir.Table:
    """Return by customer the sums of what was bought, from the sums of each order."""
    orders = lines.group_by("customer", "invoice").aggregate(
        day=_.date.min().date(),
        last=_.date.max().date(),
        products=_["product"].nunique(),
        units=_.quantity.sum(),
        spent=(_.quantity * _.price).sum(),
    )
    return orders.group_by("customer").aggregate(
        first=_.day.min(),
        last=_.last.max(),
        days=_.day.nunique(),
        purchases=_.count(),
        products=_.products.sum(),
        units=_.units.sum(),
        spent=_.spent.sum(),
    )


def _returned(lines: ir.Table) -> ir.Table:
    return lines.group_by("customer").aggregate(
        lines_returned=_.count(), units_back=-_.quantity.sum(), money_back=-(_.quantity * _.price).sum()
    )


def _ratios(table: ir.Table, reference: date) -> ir.Table:
    """Return the features from the sums; whole numbers and decimals become floats only here."""
    since = table["last"].delta(table["first"], unit="day")
    money = table.mutate(
        recency=ibis.date(reference).delta(table["last"], unit="day"),
        gap=ibis.ifelse(table["days"] > 1, since / (table["days"] - 1), 0.0),
        date_range=ibis.ifelse(since > 0, since, ibis.date(reference).delta(table["first"], unit="day")),
        revenue=table["net"].cast("float64"),
        revenue_returned=table["money_back"].cast("float64"),
        quantity_returned=table["units_back"].cast("int64"),
        quantity=(table["units"] - table["units_back"]).cast("int64"),
        basket_size=table["units"] / table["purchases"],
        products=table["products"] / table["purchases"],
    )
    return money.mutate(
        frequency=_.purchases / _.date_range,
        ticket=_.revenue / _.purchases,
        returned_per_line=ibis.ifelse(_.lines_returned > 0, _.revenue_returned / _.lines_returned, 0.0),
    )


def spread(features: pd.DataFrame) -> pd.DataFrame:
    """Return lowest, low, median, high and highest of each feature; low and high are its 5th and 95th percentile."""
    found = features.quantile([0, 0.05, 0.5, 0.95, 1]).T
    return found.set_axis(["lowest", "low", "median", "high", "highest"], axis="columns").rename_axis("feature")


def rescaled(features: pd.DataFrame) -> pd.DataFrame:
    """Return the features on the scales of `feature_table`."""
    scaling = feature_table().set_index("feature")["scaling"]
    return pd.DataFrame({name: SCALES[scaling[name]](features[name]) for name in features})


def prepared(features: pd.DataFrame) -> pd.DataFrame:
    """Return the features on the scales of `feature_table`, standardised; a constant feature becomes 0."""
    return standardised(rescaled(features))


def recipe_features(features: pd.DataFrame) -> pd.DataFrame:
    """Return the nine features of the published recipe, not scaled, with what came back as the study writes it."""
    return features[RECIPE].assign(**{name: -features[name] for name in NEGATIVE})
