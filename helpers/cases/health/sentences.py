"""What do the network's data, prices, segments, centres and offers say to a manager, in words?"""

from calendar import month_name
from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.cases.health.dates import AS_WRITTEN, OTHER_MONTH, SWAPPED, TEXT, UNREADABLE
from helpers.cases.health.pricing import AGREEING, ALONE, WITH_OTHERS
from helpers.cases.health.summary import SET_ASIDE
from helpers.certainty import FALSE_DISCOVERIES
from helpers.wording import Formatter, count, fixed, listing, number, p_value, percent

MOSTLY_PAID = 0.9  # share of the total amount from which paid amounts would measure customers as well
MENDED = {
    TEXT: "with slashes read as month/day/year",
    SWAPPED: "with day and month swapped put right",
    OTHER_MONTH: "not of the month of the export left as written",
    UNREADABLE: "not readable and set aside",
}
FEW = 30  # customers; fewer tell little of a mean or share
NOT_CUT = (
    "No segment is cut again: the segments themselves are not stable, or no clearer than what chance makes, "
    "so groups inside them would say less still."
)
STEPS = ("hardly", "weakly", "moderately", "strongly")
LIMITS = (0.1, 0.3, 0.5)  # of the effect size w between these (Cohen, 1988)
ROUGH = 5  # the smallest count that a chi-squared test should expect (Cochran, 1954)


def on_cleaning(audit: pd.DataFrame) -> str:
    """Say how many rows are used and which step took the most, from `CleanHealth.audit`."""
    read, left = int(audit["rows_before"].iloc[0]), int(audit["rows_after"].iloc[-1])
    lost = audit.set_index("step").eval("rows_before - rows_after")
    used = f"⟦{percent(left / read)}⟧ of the {count(read, 'row')} can be used."
    if not lost.any():
        return used
    most = str(lost.idxmax()).removesuffix(" dropped").removesuffix(" set aside")
    return f"{used} Most of the others are {most} ({count(lost.max())})."


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
    mended = [f"{count(rows[kind], 'date')} {words}" for kind, words in MENDED.items() if kind in rows]
    if not mended:
        return "Every date was read as it stands."
    share = percent(rows.get(AS_WRITTEN, 0) / rows.sum(), 1)
    return f"Dates: {listing(mended)}; the other {share} were read as they stand."


def on_excluded_years(months: pd.DataFrame, excluded: Sequence[int]) -> str:
    """Say which years lack months and whether these are the excluded ones, from `CleanHealth.months`."""
    gaps = months[months["rows"] == 0].groupby("year")["month"].agg(list)
    lacking = listing(f"{year} ({_named_months(numbers)})" for year, numbers in gaps.items())
    none = "No month between the first and the last is without a row."
    gap = f"Months without a row lie in {lacking}." if len(gaps) else none
    left_out = f"Left out: {listing(excluded)}." if len(excluded) else "No year is left out."
    kept = sorted(set(gaps.index) - set(excluded))
    whole = sorted(set(excluded) & set(months["year"]) - set(gaps.index))
    have, were = ("has", "was") if len(whole) == 1 else ("have", "were")
    stayed = [f"{listing(kept)} stayed in despite the gap."] if kept else []
    without = [f"{listing(whole)} {have} no gap and {were} left out all the same."] if whole else []
    return " ".join([gap, left_out, *stayed, *without])


def on_largest_hole(months: pd.DataFrame, excluded: Sequence[int]) -> str:
    """Say which is the longest time without data between the first month and the last; nothing without any."""
    empty = months[months["rows"] == 0]
    if empty.empty:
        return ""
    runs = empty.groupby((months["rows"] > 0).cumsum())
    hole = runs.get_group(runs.size().idxmax())
    ends = dict.fromkeys(f"{month_name[row.month]} {row.year}" for row in hole.iloc[[0, -1]].itertuples())
    left_out = "in a year that is left out" if set(hole["year"]) <= set(excluded) else "which is not left out"
    return f"The longest time without data is {' to '.join(ends)}, {left_out}."


def _named_months(numbers: list[int]) -> str:
    """Return months by name, those in a row by the first and the last.

    Examples
    --------
    >>> _named_months([6, 7, 8]), _named_months([2, 5])
    ('June to August', 'February and May')
    """
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{month_name[numbers[0]]} to {month_name[numbers[-1]]}"
    return listing(month_name[number] for number in numbers)


def on_empty(dictionary: pd.DataFrame) -> str:
    """Say which columns have empty cells, and how many members have no date of joining, from `data_dictionary`."""
    transactions = dictionary[(dictionary["table"] == "transactions") & (dictionary["empty"] > 0)]
    words = [f"{row.column} ({percent(row.empty_share, 1)})" for row in transactions.itertuples()]
    head = f"Empty in the transactions: {listing(words, 9)}." if words else "No cell of the transactions is empty."
    joined = dictionary.set_index(["table", "column"]).loc[("members", "join_date")]
    if not joined["empty"]:
        return f"{head} Every member has a date of joining."
    return (
        f"{head} Of {count(joined['rows'], 'member')}, ⟦{count(joined['empty'])} ({percent(joined['empty_share'])}) "
        "have no usable date of joining⟧; they are left out wherever the time since joining counts."
    )


def on_zeros(set_to_zero: pd.DataFrame) -> str:
    """Say how many empty cells were read as zero, from `CleanHealth.set_to_zero`."""
    rows = set_to_zero[set_to_zero["rows"] > 0].itertuples()
    words = [f"{row.column} of {count(row.rows, 'transaction')} ({percent(row.rows_share, 1)})" for row in rows]
    if not words:
        return "No empty cell had to be read as zero."
    return f"An empty cell was read as zero for {listing(words)}."


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
        f"paid more than zero, and {percent(facts['paid_share'])} of the total amount is recorded as paid. {measured}"
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


def on_prices(prices: pd.DataFrame) -> str:
    """Say where the prices are from and how far the totals agree with them, from `product_prices`."""
    if prices.empty:
        return "No product was sold, so there is no price."
    alone, fitted = (int((prices["method"] == method).sum()) for method in (ALONE, WITH_OTHERS))
    have = "has" if alone == 1 else "have"
    whence = (
        f"Of {count(len(prices), 'product')}, {count(alone)} {have} a price from being bought alone and "
        f"{count(fitted)} from least squares on transactions with other products."
    )
    return " ".join([whence, _untold(prices), *_agreeing(prices[prices["transactions"] > 0])])


def _untold(prices: pd.DataFrame) -> str:
    """Say of how many products the transactions do not tell the price."""
    missing = int(prices[["low", "high"]].isna().any(axis="columns").sum())
    if not missing:
        return "Every price has an interval."
    theirs = "its price has" if missing == 1 else "their prices have"
    return f"For {count(missing, 'product')} the transactions do not tell it, and {theirs} no interval."


def _agreeing(found: pd.DataFrame) -> list[str]:
    """Say how far the transactions that prices are from agree with them; products without such have no say."""
    if found.empty:
        return []
    said = (
        f"At the median product, {percent(found['agreeing_share'].median(), 1)} of the transactions that its price "
        f"is from agree with the prices to within {percent(AGREEING, 1)}."
    )
    n = int((found["agreeing_share"] < 0.5).sum())
    which = "its price changed or is" if n == 1 else "their prices changed or are"
    return [said, *([f"For {count(n, 'product')} fewer than half of them agree: {which} doubtful."] if n else [])]


def on_segments(sizes: pd.DataFrame) -> str:
    """Say how large the segments are, and what they bring, from `segment_sizes`."""
    found, rest = (sizes[(sizes["segment"] == SET_ASIDE) == aside] for aside in (False, True))
    if found.empty:
        return "No customer is in a segment."
    head = f"{count(sizes['customers'].sum(), 'customer')} fall into {count(len(found), 'segment')}."
    words = [
        f"⟦{row.segment}⟧ are {percent(row.customers_share)} of them, with {percent(row.amount_share)} of the sales."
        for row in found.itertuples()
    ]
    aside = [_set_aside(row) for _, row in rest.iterrows()]
    few = found.loc[found["customers"] < FEW, "segment"]
    doubt = [f"Fewer than {FEW} customers each: {listing(few)}. Means of so few tell little."] if len(few) else []
    return " ".join([head, *words, *_against_the_average(sizes), *aside, *doubt])


def _against_the_average(sizes: pd.DataFrame) -> list[str]:
    """Say what a customer of the segment with the highest mean spends; nothing where there is no other."""
    mean = np.average(sizes["amount"], weights=sizes["customers"])
    if len(sizes) == 1 or not mean > 0:
        return []
    own = sizes[sizes["segment"] != SET_ASIDE]
    highest = own.loc[own["amount"].idxmax()]
    times = number(highest["amount"] / mean, 2)
    return [f"A customer of {highest['segment']} spends {times} times what the average customer spends."]


def _set_aside(row: pd.Series) -> str:
    verb = "is" if row["customers"] == 1 else "are"
    return (
        f"{count(row['customers'], 'customer')} ({percent(row['customers_share'])} of all, with "
        f"{percent(row['amount_share'])} of the amount) {verb} set aside and in no segment."
    )


def on_seen_before(share: float) -> str:
    """Say how many customers of the first half-year were no newcomers, from `Moves.seen_before`."""
    return (
        f"{percent(share)} of the customers of the first half-year had bought before it: who is first seen in a "
        "half-year need not be new."
    )


def on_main_centres(by_centre: pd.DataFrame, association: pd.DataFrame) -> str:
    """Say whether centres differ in their segments, from `segments_by_centre` and from `centre_association`."""
    if by_centre.empty:
        return "No visit of a customer names its centre."
    facts, sizes = association.iloc[0], by_centre.groupby("centre")["customers"].sum()
    customers = f"{count(sizes.sum(), 'customer')}, each at the centre that is visited most"
    if pd.isna(facts["p_value"]):
        found = f"{count(facts['centres'], 'centre')} and {count(facts['segments'], 'segment')}"
        if min(facts["centres"], facts["segments"]) > 1:
            return f"{customers}: {found}, but no customers with as many visits are in different segments."
        return f"{customers}: with {found} there is nothing to compare."
    most = percent(sizes.max() / sizes.sum())
    head = f"{customers}: {count(len(sizes), 'centre')}, none with more than {most} of them."
    extremes = _extremes(by_centre, sizes) if facts["p_value"] < FALSE_DISCOVERIES else []
    rough = f"The p-value is rough: by chance, some segment would have fewer than {ROUGH} customers at some centre."
    doubts = [rough] if facts["least_expected"] < ROUGH else []
    return " ".join([head, *_tied(by_centre), _association(facts), *extremes, *doubts])


def _tied(by_centre: pd.DataFrame) -> list[str]:
    """Say how many visited several centres equally often, and what becomes of them."""
    n, total = by_centre["tied"].sum(), by_centre["customers"].sum()
    if not n:
        return []
    verb = "counts" if n == 1 else "count"
    return [
        f"{count(n, 'customer')} ({percent(n / total)}) visited another one as often and {verb} at the first by "
        "name, but not in the test."
    ]


def _association(facts: pd.Series) -> str:
    """Say how far centre and segment go together."""
    size, low, high = (fixed(2)(facts[name]) for name in ("cramers_v", "low", "high"))
    p = p_value(facts["p_value"])
    alike = "beside customers of as many visits to as many centres"
    test = f"Cramér's V {size}, 95 % interval {low} to {high}, {alike}; p {p if p[0] == '<' else f'= {p}'}"
    if not facts["p_value"] < FALSE_DISCOVERIES:
        return f"⟦That centre and segment go together is not shown⟧ ({test})."
    effect = facts["cramers_v"] * np.sqrt(min(facts["centres"], facts["segments"]) - 1)
    return f"⟦Centre and segment {STEPS[np.searchsorted(LIMITS, effect, side='right')]} go together⟧ ({test})."


def _extremes(by_centre: pd.DataFrame, sizes: pd.Series) -> list[str]:
    """Say between which centres the share of the largest segment lies, of those with FEW customers and more."""
    largest = by_centre.groupby("segment", sort=False)["customers"].sum().drop(SET_ASIDE, errors="ignore").idxmax()
    enough = by_centre["centre"].map(sizes) >= FEW
    shares = by_centre[enough & (by_centre["segment"] == largest)].set_index("centre")["share"]
    if len(shares) < 2:
        return []
    among = f"Among the {count(len(shares), 'centre')} with at least {FEW} of them"
    return [f"{among}, {largest} are {_from_to(shares, percent)} of a centre's customers."]


def _from_to(values: pd.Series, write: Formatter) -> str:
    """Return the lowest and the highest value, each with its centre."""
    low, high = values.idxmin(), values.idxmax()
    return f"{write(values[low])} ({low}) to {write(values[high])} ({high})"


def on_amounts_by_centre(amounts: pd.DataFrame, money: Formatter) -> str:
    """Say how far the median amount of a segment differs between centres, from `amounts_by_centre`."""
    known = amounts[(amounts["segment"] != SET_ASIDE) & (amounts["customers"] >= FEW)]
    several = [part for _, part in known.groupby("segment", sort=False) if len(part) > 1]
    if not several:
        return f"No segment has {FEW} customers at two centres or more, so their amounts cannot be compared."
    words = [_between_centres(part, money) for part in several]
    return (
        f"Median amounts by centre, where there are at least {FEW} customers: {'; '.join(words)}. Medians differ by "
        "chance too."
    )


def _between_centres(part: pd.DataFrame, money: Formatter) -> str:
    amounts = part.set_index("centre")["amount"]
    name, centres = f"⟦{part['segment'].iloc[0]}⟧", count(len(part), "centre")
    if amounts.min() == amounts.max():
        return f"{name} {money(amounts.iloc[0])} at each of {centres}"
    return f"{name} {_from_to(amounts, money)} at {centres}"
