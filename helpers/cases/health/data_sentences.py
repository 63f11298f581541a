"""What was done to the network's transactions, in words?"""

from collections.abc import Sequence

import pandas as pd

from helpers.cases.health.dates import AS_WRITTEN, OTHER_MONTH, SWAPPED, TEXT, UNREADABLE
from helpers.wording import count, listing, percent

MOSTLY_PAID = 0.9  # share of the total amount from which paid amounts would measure customers as well


def on_cleaning(audit: pd.DataFrame) -> str:
    """Say how many rows are left and which steps took the most, from `CleanHealth.audit`."""
    read, left = int(audit["rows_before"].iloc[0]), int(audit["rows_after"].iloc[-1])
    steps = audit.assign(lost=audit["rows_before"] - audit["rows_after"]).sort_values(
        "lost", ascending=False, kind="stable"
    )
    words = [f"{row.step} ({count(row.lost)})" for row in steps[steps["lost"] > 0].head(3).itertuples()]
    what = f"; most went with: {listing(words)}" if words else ""
    return f"Of {count(read, 'row')}, {count(left)} ({percent(left / read)}) are left{what}."


def on_products(json_faults: pd.DataFrame) -> str:
    """Say what was wrong with the product lists, from `CleanHealth.json_faults`."""
    if json_faults.empty:
        return "Every product list that is there can be used."
    words = [f"{row.fault} ({count(row.rows)})" for row in json_faults.itertuples()]
    total = json_faults["rows"].sum()
    verb = "is" if total == 1 else "are"
    return f"{count(total, 'product list')} cannot be used and {verb} set aside: {listing(words)}."


def on_dates(dates: pd.DataFrame) -> str:
    """Say how dates were read, from `CleanHealth.dates`."""
    rows = dates.set_index("dating")["rows"]
    mended = [
        f"{count(rows[kind], 'date')} {words}"
        for kind, words in (
            (TEXT, "with slashes read as month/day/year"),
            (SWAPPED, "with day and month swapped put right"),
            (OTHER_MONTH, "not of the month of the export left as written"),
            (UNREADABLE, "not readable and set aside"),
        )
        if kind in rows
    ]
    if not mended:
        return "Every date was read as it stands."
    share = percent(rows.get(AS_WRITTEN, 0) / rows.sum(), 1)
    return f"Dates: {listing(mended)}; the other {share} were read as they stand."


def on_excluded_years(months: pd.DataFrame, excluded: Sequence[int]) -> str:
    """Say which years lack months and whether these are the excluded ones, from `CleanHealth.months`."""
    gaps = months[months["rows"] == 0].groupby("year")["month"].size()
    lacking = listing(f"{year} ({count(n, 'month')})" for year, n in gaps.items())
    gap = (
        f"Months without a row lie in {lacking}."
        if len(gaps)
        else "No month between the first and the last is without a row."
    )
    left_out = f"Left out: {listing(excluded)}." if len(excluded) else "No year is left out."
    kept = sorted(set(gaps.index) - set(excluded))
    whole = sorted(set(excluded) & set(months["year"]) - set(gaps.index))
    doubts = [f"{listing(kept)} stayed in despite the gap"] if kept else []
    doubts += [f"{listing(whole)} has no gap and was left out all the same"] if len(whole) == 1 else []
    doubts += [f"{listing(whole)} have no gap and were left out all the same"] if len(whole) > 1 else []
    return " ".join([gap, left_out, *(f"{doubt}." for doubt in doubts)])


def on_zeros(set_to_zero: pd.DataFrame) -> str:
    """Say how many empty cells were read as zero, from `CleanHealth.set_to_zero`."""
    words = [
        f"{row.column} of {count(row.rows, 'transaction')} ({percent(row.rows_share, 1)})"
        for row in set_to_zero[set_to_zero["rows"] > 0].itertuples()
    ]
    return (
        f"An empty cell was read as zero for {listing(words)}." if words else "No empty cell had to be read as zero."
    )


def on_payers(payers: pd.DataFrame) -> str:
    """Say how much the paid amounts cover, and what customers are measured by, from `CleanHealth.payers`."""
    facts = payers.iloc[0]
    wanted = f"{percent(MOSTLY_PAID)} would be needed to go by what was paid"
    measured = (
        f"{wanted}, so customers are measured by the total amount."
        if facts["paid_share"] < MOSTLY_PAID
        else "Paid amounts would do too; customers are measured by the total amount all the same."
    )
    return (
        f"{count(facts['payers'])} of {count(facts['members'], 'member')} ({percent(facts['payers_share'])}) ever "
        f"paid more than zero, and {percent(facts['paid_share'])} of the total amount is recorded as paid. "
        f"{measured}"
    )


def on_near_duplicates(pairs: pd.DataFrame) -> str:
    """Say how many neighbours look like one person entered twice, from `near_duplicates`."""
    if pairs.empty:
        return "No neighbours in the members' table joined in the same month and ordered alike, more than once."
    chance = pairs.attrs["by_chance"]
    return (
        f"{count(len(pairs), 'pair')} of neighbours in the members' table joined in the same month and ordered "
        f"alike, more than once; {chance:,.1f} would be expected by chance. They are counted and left in: two people "
        f"may register and order together."
    )
