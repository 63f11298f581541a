"""What does the trial of the recommenders say in words, and how far can it be trusted?

The method that is judged was chosen before the trial. Of the others only their own intervals are told, which are not
corrected for how many they are. The tables are those of `helpers.models.recommenders.comparison.compare`.
"""

from typing import Any

import pandas as pd

from helpers.certainty import FALSE_DISCOVERIES
from helpers.models.recommenders.trial import Trial
from helpers.sentences.pieces import by_ends, interval
from helpers.wording import Formatter, capitalised, count, fixed, heading, listing, number, percent

FEW = 30  # customers; an interval from fewer is not to be relied on
NOBODY = "nothing can be judged: nobody bought before the trial and any of these after it began."


def signed(value: float) -> str:
    """Return a measure or a difference of two with three decimals and a minus sign where it is negative.

    Examples
    --------
    >>> signed(0.0214), signed(-0.0214), signed(-0.0001)
    ('0.021', '−0.021', '0.000')
    """
    return fixed(3)(value).replace("-", "−")


def on_trial(trial: Trial, split: pd.Timestamp, days: int) -> str:
    """Say who was recommended what, by what it is judged, and what no method could have known."""
    day = f"{split:%-d %B %Y}"
    if not trial.tested["customers"].any():
        return f"The recommenders cannot be judged: nobody bought before {day} and again afterwards."
    rows = [f"of ⟦{row.offered}⟧, {_customers(row)}" for row in trial.tested.itertuples()]
    return (
        f"From what was bought before {day}, every method recommended {count(trial.k, 'product')} to the same "
        f"customers. It is judged by what these bought in the {count(days, 'day')} from then on: {'; '.join(rows)}."
    )


def _customers(row: Any) -> str:
    if not row.customers:
        return "nobody bought any"
    missed = f" ({percent(row.never_sold / row.relevant)} of it never sold before, which all methods miss)"
    each = f"{number(row.relevant / row.customers, 2)}{' each on average' if row.customers > 1 else ''}"
    return f"{count(row.customers, 'customer')} bought {each}{missed if row.never_sold else ''}"


def on_choice(tuning: pd.DataFrame, k: int) -> str:
    """Say which method was chosen on the earlier day, and on what ground; `tuning` is of one offer."""
    row = tuning[tuning["winner"]].iloc[0]
    if not row["customers"]:
        return f"On the earlier day nobody could be judged, so {row['method']} is used for want of anything better."
    rest = ", although it learns nothing of the customer's purchases" if row["baseline"] else ""
    return (
        f"On the earlier day, of {count(len(tuning), 'method and setting', 'methods and settings')}, "
        f"⟦{row['method']}⟧ ({row['setting']}) had the highest NDCG@{k} ({signed(row['ndcg'])}, from "
        f"{count(row['customers'], 'customer')}) and was chosen{rest}."
        f"{' So few say little.' if row['customers'] < FEW else ''}"
    )


def on_winner(table: pd.DataFrame, offered: str, k: int) -> str:
    """Say how good the method chosen before the trial is when `k` products are recommended, and which are better.

    The measures of the table are ndcg and precision.
    """
    rows = table[(table["offered"] == offered) & (table["measure"] == "ndcg")]
    if rows.empty:
        return f"For {offered} {NOBODY}"
    row = _winner(rows)
    better = [f"{other.method} ({signed(other.value)})" for other in rows[rows["value"] > row["value"]].itertuples()]
    rest = f"higher is that of {listing(better)}" if better else "no other method has a higher one"
    places = f"the {count(k)} places" if k > 1 else "the one place"
    held = _winner(table[(table["offered"] == offered) & (table["measure"] == "precision")])["value"]
    return (
        f"For ⟦{offered}⟧, ⟦{row['method']}⟧, the method chosen before the trial, has an NDCG@{k} of "
        f"⟦{signed(row['value'])}⟧{_between(row, 'value', signed)}; {rest}. Of {places} in a customer's list, "
        f"{percent(held, 1)} held a product that the customer then bought."
    )


def _winner(rows: pd.DataFrame) -> pd.Series:
    return rows[rows["winner"].astype(bool)].iloc[0]


def _between(row: pd.Series, name: str, write: Formatter) -> str:
    return "" if pd.isna(row[f"{name}_low"]) else f" ({interval(row, write, name)})"


def on_hit_rates(table: pd.DataFrame) -> str:
    """Say how often the chosen method's lists held what was bought later, by measures like hit@3, and what not."""
    if table.empty:
        return "No hit rate can be told: nobody in the audience bought anything new afterwards."
    rows = table[table["winner"].astype(bool) & table["measure"].str.startswith("hit@")]
    rates = [_rate(row) for _, row in rows.iterrows()]
    few = " So few say little." if rows["customers"].iloc[0] < FEW else ""
    return (
        f"The hit rate of ⟦{rows['method'].iloc[0]}⟧ is {listing(rates)}.{few} A hit is a product that the "
        f"customer bought without being offered it. The rate therefore measures how relevant the offers are, and not "
        f"what they would add."
    )


def _rate(row: pd.Series) -> str:
    n = row["measure"].removeprefix("hit@")
    first = "the first offer" if n == "1" else f"the first {n}"
    return f"⟦{percent(row['value'])}⟧{_between(row, 'value', percent)} for {first}"


def on_lead(rows: pd.DataFrame, lead: str, rival: str, kind: str, offered: str = "") -> str:
    """Say whether the chosen method beats a rival, and how the other methods stand.

    Parameters
    ----------
    rows : DataFrame
        Of one offer and measure.
    lead, rival : str
        The column of the lead over the rival, and the rival in words, as in `offering what sells best`.
    kind : str
        What the methods have in common that are no baselines, as in `that learn from other customers`.
    offered : str
        What is offered, where that is to be said.
    """
    about = f"for {offered} " if offered else ""
    if rows.empty:
        return capitalised(f"{about}{NOBODY}")
    if rows[lead].isna().all():
        return f"{capitalised(rival)} is no way to recommend {offered or 'anything'}."
    row = _winner(rows)
    if row["customers"] < FEW:
        return (
            f"Whether {row['method']} is better {about}than {rival} cannot be told from "
            f"{count(row['customers'], 'customer')}."
        )
    others = rows[~rows["winner"].astype(bool) & ~rows["baseline"].astype(bool)]
    whose = f"{'the' if row['baseline'] else 'the other'} methods {kind}"
    return f"{_verdict(row, lead, rival, offered)} {_others(others, lead, whose)}".rstrip()


def _verdict(row: pd.Series, lead: str, rival: str, offered: str) -> str:
    if pd.isna(row[lead]):
        return f"The method chosen amounts to {rival}."
    subject = f"For {offered}, {row['method']}" if offered else capitalised(row["method"])
    measure = heading(row["measure"])
    if {signed(row[f"{lead}{end}"]) for end in ("", "_low", "_high")} == {signed(0)}:
        return f"{subject} is as good as {rival}, to three decimals of the {measure}."
    found = by_ends(row, "is better", "is worse", "is not surely better", lead)
    difference = f"{signed(row[lead])}{_between(row, lead, signed)}"
    return f"{subject} ⟦{found}⟧ than {rival}: the difference in {measure} is {difference}."


def _others(others: pd.DataFrame, lead: str, whose: str) -> str:
    """Say which of the other methods are better than a rival, worse or neither."""
    better, worse = others[f"{lead}_low"] > 0, others[f"{lead}_high"] < 0
    groups = {"better than that": better, "worse than that": worse, "undecided": ~better & ~worse}
    words = [
        f"{word} {'is' if which.sum() == 1 else 'are'} {listing(others.loc[which, 'method'])}"
        for word, which in groups.items()
        if which.any()
    ]
    return f"Of {whose}, {'; '.join(words)}." if words else ""


def on_hidden(rows: pd.DataFrame, lead: str, things: str) -> str:
    """Say which methods find the hidden `things` better than the baseline, and how often.

    The rows are of one hit rate with a single baseline, `lead` is the column of the lead over it, and q_value its
    p-value, corrected for how many leads were looked at.
    """
    beside, own = (rows[rows["baseline"].astype(bool) == baseline] for baseline in (True, False))
    name, base = beside["method"].iloc[0], percent(beside["value"].iloc[0])
    sure = (own[lead] > 0) & (own["q_value"] < FALSE_DISCOVERIES)
    if not sure.any():
        return f"Over {things}, no method is surely better than the {name}, which hit {base} of the hidden ones."
    words = [f"{row.method} {percent(row.value)}" for row in own[sure].itertuples()]
    rest = "" if sure.all() else f" Not surely better: {listing(own.loc[~sure, 'method'])}."
    return f"Over {things}, the {name} hit {base} of the hidden ones; better are {listing(words)}.{rest}"
