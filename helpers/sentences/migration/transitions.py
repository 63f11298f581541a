"""Who stays, who moves and who lapses, and how much of it is made by the measurement, in words?"""

from collections.abc import Mapping

import pandas as pd

from helpers.models.migration.transitions import ALL, FIRST_SEEN, LAPSED, LEFT, MOVED, STAYED
from helpers.models.migration.window_artefact import Artefact
from helpers.sentences.pieces import by_ends, ends, tenths
from helpers.wording import count, listing, percent

CHANCE = (
    "A customer near the border of a segment crosses it by chance, with one visit more or less: not every move is a "
    "change of habit."
)


def on_return(table: pd.DataFrame) -> str:
    """Say in short how many bought again in the last step, and in which segments most and least, from `retention`."""
    if table.empty:
        return "There is no second period to which customers could return."
    last = table[table["segment"] == ALL].iloc[-1]
    again = f"⟦{percent(last['retained_share'])}⟧ of the customers of {last['period_before']} bought again in"
    best, worst = best_and_worst(table)
    if best["retained_low"] <= worst["retained_high"]:
        return f"{again} {last['period_after']}. No segment surely returned more often than another."
    shares = {row["segment"]: percent(row["retained_share"]) for row in (best, worst)}
    for name, before in _step_before(table, list(shares)).items():
        shares[name] += f", a step before {percent(before)}"
    return (
        f"{again} {last['period_after']}. ⟦{best['segment']}⟧ return most often ({shares[best['segment']]}), "
        f"⟦{worst['segment']}⟧ most seldom ({shares[worst['segment']]})."
    )


def _step_before(table: pd.DataFrame, segments: list[str]) -> pd.Series:
    """Return the shares of segments that were retained in the step before the last, where there was one."""
    ends = table["period_after"].unique()
    rows = table[table["period_after"].eq(ends[-2] if len(ends) > 1 else None) & table["segment"].isin(segments)]
    return rows.set_index("segment")["retained_share"]


def on_retention(table: pd.DataFrame) -> str:
    """Say how many customers bought again in the next period, in all and by segment, from `retention`."""
    if table.empty:
        return "There is no second period to which customers could return."
    totals = table[table["segment"] == ALL]
    words = listing(
        f"{_share(row, 'retained_share', 'retained')} of the {count(row['customers'], 'customer')} of "
        f"{row['period_before']} bought again in {row['period_after']}"
        for _, row in totals.iterrows()
    )
    return f"{words}. {_by_segment(table)}"


def _share(row: pd.Series, share: str, interval: str = "") -> str:
    return f"{tenths(row[share])} ({ends(row, tenths, interval)})"


def _by_segment(table: pd.DataFrame) -> str:
    """Name the segments that are retained best and worst in the last step, if their intervals are apart."""
    best, worst = best_and_worst(table)
    if best["retained_low"] <= worst["retained_high"]:
        return "By segment there is no sure difference in the last step."
    return (
        f"In the last step ⟦{best['segment']}⟧ return most often, {_share(best, 'retained_share', 'retained')}, "
        f"and ⟦{worst['segment']}⟧ most seldom, {_share(worst, 'retained_share', 'retained')}."
    )


def best_and_worst(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the segments that are retained most and least often in the last step."""
    last = table[(table["period_after"] == table["period_after"].iloc[-1]) & (table["segment"] != ALL)]
    best, worst = (last.loc[getattr(last["retained_share"], way)()] for way in ("idxmax", "idxmin"))
    return best, worst


def on_moves(moves: pd.DataFrame) -> str:
    """Say what became of the customers in the last step, from `transitions`.

    Examples
    --------
    >>> step = {"period_before": "2022-H1", "period_after": "2022-H2"}
    >>> moves = pd.DataFrame({"kind": [STAYED, MOVED, LEFT], "customers": [70, 20, 10]} | step)
    >>> print(on_moves(moves))
    From 2022-H1 to 2022-H2, 70.0 % of the customers stayed in their segment, 20.0 % moved to another one and 10.0 %
    lapsed. Nobody was seen in 2022-H2 for the first time since the start of 2022-H1. A customer near the border of a
    segment crosses it by chance, with one visit more or less: not every move is a change of habit.
    """
    if moves.empty:
        return "There is no second period to which customers could move."
    last = moves[moves["period_after"] == moves["period_after"].iloc[-1]]
    kinds = last.groupby("kind")["customers"].sum().reindex([STAYED, MOVED, LEFT, FIRST_SEEN], fill_value=0)
    names = last[["period_before", "period_after"]].iloc[0]
    of = kinds[[STAYED, MOVED, LEFT]].sum()
    shares = [percent(kinds[kind] / of, 1) if of else percent(float("nan")) for kind in (STAYED, MOVED, LEFT)]
    return (
        f"From {names['period_before']} to {names['period_after']}, {shares[0]} of the customers stayed in their "
        f"segment, {shares[1]} moved to another one and {shares[2]} lapsed. {_first_seen(moves, kinds[FIRST_SEEN])} "
        f"{CHANCE}"
    )


def _first_seen(moves: pd.DataFrame, n: int) -> str:
    first, last = moves["period_before"].iloc[0], moves["period_after"].iloc[-1]
    if not n:
        return f"Nobody was seen in {last} for the first time since the start of {first}."
    return (
        f"{count(n, 'customer')} bought in {last} for the first time since the start of {first}; what was bought "
        "before that is not looked at."
    )


def on_artefact(found: Artefact, ways: Mapping[str, str]) -> str:
    """Say what the centres of the whole span make of customers in a period, and compare the shares that move.

    Of the ways that are set against the whole span, the first is told; `ways` says in words by what each measures.
    """
    return f"{_on_span(found.against_span)} {_on_moved(found.moves, ways)}"


def _on_span(table: pd.DataFrame) -> str:
    if table.empty:
        return ""
    own = table[table["way"] == table["way"].iloc[0]]
    row = own.loc[own["periods"].idxmax()]
    those = f"those who bought in {count(row['periods'], 'period')}"
    return (
        f"With centres of the whole span, {those} are in another cluster in a period than in the whole span in "
        f"{tenths(row['differs_share'])} of the cases ({ends(row, tenths)}). That is no movement, since a period "
        f"is a part of the span.{_direction(row)}"
    )


def _direction(row: pd.Series) -> str:
    """Say whether a period puts customers into clusters that spend less; nothing where no customer differs."""
    if not row["differs"]:
        return ""
    verdict = by_ends(
        row,
        "customers seem to fall",
        "customers do not seem to fall, but to rise",
        "neither direction is surely the more frequent one",
        "lower",
        at=0.5,
    )
    share = f"{tenths(row['lower_share'])} of these cases ({ends(row, tenths, 'lower')})"
    return f" In {share} the cluster of the period is one that spends less: {verdict}."


def _on_moved(moves: pd.DataFrame, ways: Mapping[str, str]) -> str:
    """Compare the shares that move in the last step; which way gives more is said as it comes out."""
    if moves.empty:
        return ""
    last = moves[moves["period_after"] == moves["period_after"].iloc[-1]].set_index("way")
    told = {name: last.loc[way] for way, name in ways.items() if way in last.index}
    words = listing(f"{_share(row, 'moved_share')} by {name}" for name, row in told.items())
    return (
        f"Of the {count(last['both'].iloc[0], 'customer')} who bought in both of the last periods, another segment "
        f"is given to {words}. A table of those alone leaves out {percent(last['vanished_share'].iloc[0], 1)} of the "
        f"customers of the earlier period, who are {LAPSED} here."
    )
