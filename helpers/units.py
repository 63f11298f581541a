"""In which unit is a column or a key figure, and how is it written?

A name says its unit: what ends in `_share` is a share, `revenue` an amount of money, `p_value` a p-value. What stands
here holds in every table, tile and report; only exceptions are told to the table itself. The ends of an interval are
written as what they surround.
"""

import re
from collections.abc import Iterable, Mapping

from helpers.wording import Formatter, fixed, number, p_value, percent

ENDS = r"_(low|high|lowest|highest|before|after|min|max)$"
FRONTS = r"^(mean|median|null|published|reproduced|best|bootstrap|wilson|first|own|later|past|top)_"
SHARES = {"share", "support", "confidence", "coverage", "covered", "explained_variance", "hit_rate", "gain_share"}
MONEY = {
    *("revenue", "spent", "income", "ticket", "monetary", "amount", "price", "profit", "prize", "prize_each"),
    *("expected_value", "returned_per_line", "revenue_returned", "order_size", "visit_size", "discount_amount"),
    *("total_amount", "predicted"),
}
P_VALUES = {"p_value", "q_value", "p_floor", "corrected"}
INDICES = {
    "lift",
    "size_lift",
    "jaccard",
    "weakest",
    "silhouette",
    "silhouette_in_features",
    "agreement",
    "correlation",
    "rank_correlation",
}
FINE = {"importance", "shadow_importance", "r2", "r2_gain", "rank_gain"}
FOLLOWERS = {"low", "high", "at_least"}


def writer(name: str, money: Formatter) -> Formatter | None:
    """Return how values of a name are written, or None where the name says no unit.

    Parameters
    ----------
    name : str
        Of a column or a key figure.
    money : formatter
        Of amounts.

    Examples
    --------
    >>> writer("buyers_share", str)(0.456), writer("q_value", str)(0.0312), writer("lift_high", str)(2)
    ('46\xa0%', '.031', '2.00')
    >>> writer("customers", str) is None
    True
    """
    stem = _stem(name)
    if stem in P_VALUES:
        return p_value
    if stem in SHARES or stem.endswith("_share") or stem.startswith("share_"):
        return percent
    if stem in MONEY or stem.endswith("_revenue"):
        return money
    if stem in FINE:
        return fixed(3)
    return fixed(2) if stem in INDICES else None


def _stem(name: str) -> str:
    """Return a name without what says that it is an end, a mean or somebody's."""
    shorter = re.sub(FRONTS, "", re.sub(ENDS, "", name))
    return name if shorter == name else _stem(shorter)


def writers(names: Iterable[str], formats: Mapping[str, Formatter], money: Formatter) -> dict[str, Formatter]:
    """Return how the columns of a table are written, as far as their names or `formats` say.

    `low`, `high` and `at_least` are written as the column before them.
    """
    found: dict[str, Formatter] = {}
    before = None
    for name in names:
        if name not in FOLLOWERS:
            before = formats.get(name) or writer(name, money)
        if chosen := formats.get(name) or before:
            found[name] = chosen
    return found


def key_figure(name: str, value: float, money: Formatter) -> str:
    """Return a key figure as it is shown, by what its name says.

    Examples
    --------
    >>> key_figure("buyers_share", 0.456, str), key_figure("rules", 15, str), key_figure("mean_age", 3.2449, str)
    ('46\xa0%', '15', '3.24')
    """
    return (writer(name, money) or number)(value)
