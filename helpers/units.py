"""In which unit is a column or a key figure, and how is it written?

A name says its unit: what ends in `_share` is a share, what ends in `_revenue` is money; others stand in units.csv
beside this module. That holds in every table, tile and report, and only exceptions are told to the table itself. The
ends of an interval are written as what they surround.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from helpers.wording import Formatter, fixed, number, p_value, percent

ENDS = r"_(low|high|new|lowest|highest|before|after|min|max|of_a_customer)$"
FRONTS = r"^(mean|median|null|published|reproduced|best|bootstrap|wilson|first|own|later|past|top)_"
FOLLOWERS = {"low", "high", "at_least"}
UNITS = pd.read_csv(Path(__file__).with_suffix(".csv"), index_col="name")["unit"].to_dict()


def writer(name: str, money: Formatter) -> Formatter | None:
    """Return how values of a column or key figure are written, amounts by `money`; None where its name says no unit.

    >>> writer("buyers_share", str)(0.456), writer("q_value", str)(0.0312), writer("lift_high", str)(2)
    ('46\xa0%', '.031', '2.00')
    >>> writer("customers", str) is None
    True
    """
    written = {"share": percent, "money": money, "p-value": p_value, "index": fixed(2), "fine": fixed(3)}
    stem = _stem(name)
    if stem.endswith("_share") or stem.startswith("share_"):
        return percent
    return money if stem.endswith("_revenue") else written.get(UNITS.get(stem, ""))


def _stem(name: str) -> str:
    """Return a name without what says that it is an end, a mean or somebody's."""
    shorter = re.sub(FRONTS, "", re.sub(ENDS, "", name))
    return name if shorter == name else _stem(shorter)


def writers(names: Iterable[str], formats: Mapping[str, Formatter], money: Formatter) -> dict[str, Formatter]:
    """Return how the columns of a table are written, as far as their names or `formats` say.

    FOLLOWERS are written as the column before them, and `formats` of a name hold for what is derived from it.

    >>> written = writers(["buyers_share", "low", "high", "rules"], {}, str)
    >>> {name: write(0.25) for name, write in written.items()}
    {'buyers_share': '25\xa0%', 'low': '25\xa0%', 'high': '25\xa0%'}
    """
    found: dict[str, Formatter] = {}
    before = None
    for name in names:
        own = formats.get(name) or formats.get(_stem(name))
        if name not in FOLLOWERS:
            before = own or writer(name, money)
        if chosen := own or before:
            found[name] = chosen
    return found


def key_figure(name: str, value: float, money: Formatter) -> str:
    """Return a key figure as it is shown, by what its name says.

    >>> key_figure("buyers_share", 0.456, str), key_figure("rules", 15, str), key_figure("mean_age", 3.2449, str)
    ('46\xa0%', '15', '3.24')
    """
    return (writer(name, money) or number)(value)
