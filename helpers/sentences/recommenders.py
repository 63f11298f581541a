"""What does the trial of the recommenders say in words, and how far can it be trusted?

The method that is judged was chosen before the trial. Of the others only their own intervals are told, which are not
corrected for how many they are. The tables are those of `helpers.models.recommenders.comparison.compare`.
"""

from typing import Any

import pandas as pd

from helpers.certainty import FALSE_DISCOVERIES
from helpers.models.recommenders.comparison import LEAD
from helpers.models.recommenders.trial import Trial
from helpers.sentences.pieces import by_ends, interval
from helpers.wording import Formatter, capitalised, count, fixed, heading, listing, number, percent

FEW = 30  # customers; an interval from fewer is not to be relied on
NOBODY = "nothing can be judged: nobody bought before the trial and any of these after it began."


def signed(value: float, decimals: int = 3) -> str:
    """Return a measure or a difference of two with a minus sign where it is negative.

    Examples
    --------
    >>> signed(0.0214), signed(-0.0214), signed(-0.0001)
    ('0.021', '−0.021', '0.000')
    """
    return fixed(decimals)(value).replace("-", "−")


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
    drawn = f" (of {number(row.buyers)}, evenly spread)" if row.buyers > row.customers else ""
    return f"{count(row.customers, 'customer')}{drawn} bought {each}{missed if row.never_sold else ''}"


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
        f"{' So few say little.' if row['customers'] < FEW else ''}"
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


def on_lead(rows: pd.DataFrame, offered: str = "", periods: pd.DataFrame | None = None) -> str:
    """Say whether the chosen method beats the best that does without it, and whether it did so in other periods too.

    Parameters
    ----------
    rows : DataFrame
        Of one offer and measure, from `compare_with_best`.
    offered : str
        What is offered, where that is to be said.
    periods : DataFrame, optional
        Of all offers, from `lead_in_periods`.
    """
    if told := _undecided(rows, offered):
        return told
    row, subject = _winner(rows), _subject(rows, offered)
    rival = f"{row['rival']}, the best simple list of the earlier day"
    if {signed(row[f"{LEAD}{end}"]) for end in ("", "_low", "_high")} == {signed(0)}:
        return f"{subject} is as good as {rival}, to three decimals of the {heading(row['measure'])}."
    others = _in_other_periods(row, periods)
    found = _verdict(row, others)
    return f"{subject} ⟦{found}⟧ than {rival}: {_difference(row)}. {_in_periods(others)}"


def on_leads_in_hits(table: pd.DataFrame) -> str:
    """Say by how much the chosen method leads in the hits of each list, by measures like hit@3."""
    rows = table[table["winner"].astype(bool) & table["measure"].str.startswith("hit@")]
    return f"{capitalised('; '.join(_difference(row) for _, row in rows.iterrows()))}."


def on_better_list(rows: pd.DataFrame, offered: str, periods: pd.DataFrame | None = None) -> str:
    """Say in plain words what `on_lead` says in figures."""
    if told := _undecided(rows, offered):
        return told
    row = _winner(rows)
    others = _in_other_periods(row, periods)
    said = f"For {offered}, the list by {row['method']} ⟦{_verdict(row, others)}⟧ than the best simple one."
    n = count(len(others), "earlier period")
    return f"{said} It was ahead in {(others > 0).sum()} of {n}." if len(others) else said


def _undecided(rows: pd.DataFrame, offered: str) -> str:
    """Say why the chosen method is not to be set beside a simple list; nothing where it is."""
    about = f"for {offered} " if offered else ""
    if rows.empty:
        return capitalised(f"{about}{NOBODY}")
    row = _winner(rows)
    if row["method"] == row["rival"]:
        was = "was best on the earlier day, and is itself a simple list"
        return f"{_subject(rows, offered)} {was}: ⟦none that learns more⟧ was better."
    if row["customers"] < FEW:
        n = count(row["customers"], "customer")
        return f"Whether {row['method']} is better {about}than {row['rival']} cannot be told from {n}."
    return ""


def _subject(rows: pd.DataFrame, offered: str) -> str:
    method = _winner(rows)["method"]
    return f"For {offered}, {method}" if offered else capitalised(method)


def _in_other_periods(row: pd.Series, periods: pd.DataFrame | None) -> pd.Series:
    return pd.Series(dtype=float) if periods is None else periods.loc[periods["offered"] == row["offered"], LEAD]


def _difference(row: pd.Series) -> str:
    """Say how large the lead is: in customers of a hundred, where the measure is a hit rate like hit@3."""
    if not row["measure"].startswith("hit@"):
        return f"the difference in {heading(row['measure'])} is {signed(row[LEAD])}{_between(row, LEAD, signed)}"
    n = row["measure"].removeprefix("hit@")
    offers = "the first offer" if n == "1" else f"one of the first {n} offers"
    of_100 = _of_100(row[LEAD])
    return f"the difference is {of_100} in 100 customers{_between(row, LEAD, _of_100)} who bought {offers}"


def _of_100(share: float) -> str:
    return signed(100 * share, 1)


def _verdict(row: pd.Series, others: pd.Series) -> str:
    ahead, behind = by_ends(row, "is better", "", "", LEAD), by_ends(row, "", "is worse", "", LEAD)
    if others.empty:
        return ahead.replace("is", "was") or behind.replace("is", "was") or "was not surely better"
    if ahead and (others <= 0).any():
        return "was better in the last period, and is not surely better"
    return ahead or behind or "is not surely better"


def _in_periods(others: pd.Series) -> str:
    if others.empty:
        return "This speaks of one period."
    span = f"{signed(others.min())} to {signed(others.max())}"
    before = f"In the {count(len(others))} periods" if len(others) > 1 else "In the period"
    ahead = f"ahead in {(others > 0).sum()}" if len(others) > 1 else "ahead" if others.iloc[0] > 0 else "not ahead"
    return f"{before} before these it was {ahead} ({span if len(others) > 1 else signed(others.iloc[0])})."


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
