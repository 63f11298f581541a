"""What does the trial of the recommenders say in words, and how far can it be trusted?

The method that is judged was chosen before the trial. Of the others only their own intervals are told, which are not
corrected for how many they are.
"""

from typing import Any

import pandas as pd

from helpers.models.recommenders.comparison import signed
from helpers.models.recommenders.methods import ALL, NEW
from helpers.models.recommenders.trial import Trial
from helpers.wording import count, listing, number, percent

FEW = 30  # customers; an interval from fewer is not to be relied on
OFTEN = "simply showing what the customer has ordered most often"
NAMES = {
    "over_popular": "simply showing what most customers bought in the last 30 days",
    "over_own": f"{OFTEN} (of those as often, the latest first)",
    "over_own_popular": f"{OFTEN} (of those as often, what most customers bought in the last 30 days first)",
}


def judged(trial: Trial) -> str:
    """Say who was recommended what, by what it is judged, and what no method could have known."""
    day, days = f"{trial.split:%-d %B %Y}", count(trial.holdout_days, "day")
    if not trial.tested["customers"].any():
        return f"The recommenders cannot be judged: nobody bought before {day} and again afterwards."
    rows = [f"of **{row.offered}**, {_customers(row)}" for row in trial.tested.itertuples()]
    return (
        f"From what was bought before {day}, every method recommended {count(trial.k, 'product')} to the same "
        f"customers. It is judged by what these bought in the {days} from then on: {'; '.join(rows)}."
    )


def _customers(row: Any) -> str:
    if not row.customers:
        return "nobody bought any"
    missed = f" ({percent(row.never_sold / row.relevant)} of it never sold before, which all methods miss)"
    each = f"{number(row.relevant / row.customers, 2)}{' each on average' if row.customers > 1 else ''}"
    return f"{count(row.customers, 'customer')} bought {each}{missed if row.never_sold else ''}"


def findings(table: pd.DataFrame, k: int) -> list[str]:
    """Return what there is to say of the trial, a finding of at most two sentences each.

    Parameters
    ----------
    table : DataFrame
        Of `compare`.
    k : int
        How many products were recommended.
    """
    if table.empty:
        return ["The recommenders cannot be judged: nobody bought both before the trial and after it began."]
    said = [winner(table, NEW, k), against(table, NEW, "over_popular")]
    said += [against(table, ALL, lead) for lead in ("over_own", "over_own_popular")]
    return list(dict.fromkeys(said))


def winner(table: pd.DataFrame, offered: str, k: int) -> str:
    """Say how good the method is that was chosen before the trial, and whether another was better.

    Parameters
    ----------
    table : DataFrame
        Of `compare`.
    offered : str
        What may be recommended.
    k : int
        How many products are.
    """
    rows = table[table["offered"] == offered]
    if rows.empty:
        return _nobody(offered)
    row = _winner(rows)
    better = [f"{other.method} ({signed(other.ndcg)})" for other in rows[rows["ndcg"] > row["ndcg"]].itertuples()]
    rest = f"higher is that of {listing(better)}" if better else "no other method has a higher one"
    value, low, high = (signed(row[name]) for name in ("ndcg", "ndcg_low", "ndcg_high"))
    places = f"the {count(k)} places" if k > 1 else "the one place"
    return (
        f"For **{offered}**, **{row['method']}**, the method chosen before the trial, has an NDCG@{k} of **{value}** "
        f"(95 % interval {low} to {high}); {rest}. Of {places} in a customer's list, {percent(row['precision'], 1)} "
        f"held a product that the customer then bought."
    )


def against(table: pd.DataFrame, offered: str, lead: str) -> str:
    """Say whether the chosen method beats a baseline that is hard to beat, and how the other methods stand.

    Parameters
    ----------
    table : DataFrame
        Of `compare`.
    offered : str
        What may be recommended.
    lead : str
        over_popular, over_own or over_own_popular.
    """
    rows = table[table["offered"] == offered]
    if rows.empty:
        return _nobody(offered)
    if rows[lead].isna().all():
        return f"{NAMES[lead].capitalize()} is no way to recommend {offered}."
    row = _winner(rows)
    if row["customers"] < FEW:
        return (
            f"Whether {row['method']} recommends {offered} better than {NAMES[lead]} cannot be told from "
            f"{count(row['customers'], 'customer')}."
        )
    others = rows[rows["collaborative"] & ~rows["winner"]]
    return f"{_verdict(row, offered, lead)} {_others(others, lead)}".rstrip()


def _winner(rows: pd.DataFrame) -> pd.Series:
    return rows[rows["winner"].astype(bool)].iloc[0]


def _verdict(row: pd.Series, offered: str, lead: str) -> str:
    value, low, high = (row[f"{lead}{end}"] for end in ("", "_low", "_high"))
    if {signed(value), signed(low), signed(high)} == {signed(0)}:
        return f"For {offered}, {row['method']} is as good as {NAMES[lead]}, to three decimals of the NDCG."
    found = "**is better** than" if low > 0 else "**is worse** than" if high < 0 else "**is not surely better** than"
    return (
        f"For {offered}, {row['method']} {found} {NAMES[lead]}: the difference in NDCG is {signed(value)} (95 % "
        f"interval {signed(low)} to {signed(high)})."
    )


def _others(others: pd.DataFrame, lead: str) -> str:
    """Say of the other methods that learn from other customers which are better, worse or neither."""
    better, worse = others[f"{lead}_low"] > 0, others[f"{lead}_high"] < 0
    groups = {"better than that": better, "worse than that": worse, "undecided": ~better & ~worse}
    words = [
        f"{word} {'is' if which.sum() == 1 else 'are'} {listing(others.loc[which, 'method'])}"
        for word, which in groups.items()
        if which.any()
    ]
    return f"Of the other methods that learn from other customers, {'; '.join(words)}." if words else ""


def _nobody(offered: str) -> str:
    return f"For {offered} nothing can be judged: nobody bought before the trial and any of these after it began."
