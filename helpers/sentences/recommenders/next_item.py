"""What can be said of offers to customers of a single product, and of whether they would have been wanted?"""

import pandas as pd

from helpers.models.recommenders.comparison import signed
from helpers.models.recommenders.next_item import (
    LEADS,
    LIST,
    MEASURES,
    MONTHS,
    NDCG,
    PLACES,
    SingleItemTrial,
    is_rival,
)
from helpers.wording import Formatter, capitalised, count, listing, number, percent

FEW = 30  # customers; an interval from fewer is not to be relied on
RIVAL_NAMES = {"over_popular": "what sells best", "over_segment_popular": "what sells best in the customer's segment"}


def single_item_judged(trial: SingleItemTrial) -> str:
    """Say who was offered what, and by what it is judged."""
    day = f"{trial.split:%-d %B %Y}"
    n = trial.users["customer"].nunique()
    who = (
        f"{count(len(trial.audience), 'customer')} had bought one product and no other in the {MONTHS} months before"
    )
    if trial.audience.empty:
        return f"On {day}, nobody had bought one product and no other in the {MONTHS} months before."
    if not n:
        return f"On {day}, {who}. None of them bought anything new in the {count(trial.days, 'day')} from then on."
    return (
        f"On {day}, {who}. Every method offered them up to {LIST} products that they had not bought so far. "
        f"**{count(n)}** of them ({percent(n / len(trial.audience))}) bought something new to them in the "
        f"{count(trial.days, 'day')} from then on, and by these the offers are judged."
    )


def chosen(tuning: pd.DataFrame) -> str:
    """Say which method was chosen on the earlier day, and on what ground."""
    row = tuning[tuning["winner"]].iloc[0]
    if not row["customers"]:
        return f"On the earlier day nobody could be judged, so {row['method']} is used for want of anything better."
    rest = ", although it learns nothing of the customer's purchases" if is_rival(row["method"]) else ""
    return (
        f"On the earlier day, of {count(len(tuning), 'method and setting', 'methods and settings')}, "
        f"**{row['method']}** ({row['setting']}) had the highest {NDCG} ({signed(row['ndcg'])}, from "
        f"{count(row['customers'], 'customer')}) and was chosen{rest}."
        f"{' So few say little.' if row['customers'] < FEW else ''}"
    )


def hit_rates(table: pd.DataFrame) -> str:
    """Say how often the chosen method's offers were bought later, and what that does not mean."""
    if table.empty:
        return "No hit rate can be told: nobody in the audience bought anything new afterwards."
    rows = table[table["chosen"].astype(bool)].set_index("measure")
    rates = [f"{_rate(rows.loc[measure])} for {_first(n)}" for n, measure in zip(PLACES, MEASURES, strict=False)]
    few = " So few say little." if rows["customers"].iloc[0] < FEW else ""
    return (
        f"The hit rate of **{rows['method'].iloc[0]}** is {listing(rates)}.{few} A hit is a product that the "
        f"customer bought without being offered it. The rate therefore measures how relevant the offers are, and not "
        f"what they would add."
    )


def _rate(row: pd.Series) -> str:
    return f"**{percent(row['value'])}**{_between(row, 'value', percent)}"


def _between(row: pd.Series, name: str, write: Formatter) -> str:
    if pd.isna(row[f"{name}_low"]):
        return ""
    return f" (95 % interval {write(row[f'{name}_low'])} to {write(row[f'{name}_high'])})"


def _first(n: int) -> str:
    return "the first offer" if n == 1 else f"the first {n}"


def against_popularity(table: pd.DataFrame) -> list[str]:
    """Say how the chosen method, and the others, stand against offering what sells best."""
    if table.empty:
        return ["No method can be compared with popularity: nobody in the audience bought anything new afterwards."]
    rows = table[table["measure"] == NDCG]
    if rows["customers"].iloc[0] < FEW:
        n = count(rows["customers"].iloc[0], "customer")
        return [f"Whether any method beats offering what sells best cannot be told from {n}."]
    return [_against(rows, lead) for lead in LEADS]


def _against(rows: pd.DataFrame, lead: str) -> str:
    row = rows[rows["chosen"].astype(bool)].iloc[0]
    others = rows[~rows["chosen"].astype(bool) & ~rows["method"].map(is_rival)]
    kind = "the methods" if is_rival(row["method"]) else "the other methods"
    return f"{_verdict(row, lead)} {_others(others, lead, kind)}".rstrip()


def _verdict(row: pd.Series, lead: str) -> str:
    rival = RIVAL_NAMES[lead]
    if row["method"] == LEADS[lead]:
        return f"The method chosen is itself to offer {rival}."
    low, high = row[f"{lead}_low"], row[f"{lead}_high"]
    if {signed(row[lead]), signed(low), signed(high)} == {signed(0)}:
        return f"{row['method'].capitalize()} is as good as offering {rival}, to three decimals of the {NDCG}."
    found = "**is better** than" if low > 0 else "**is worse** than" if high < 0 else "is **not surely better** than"
    return (
        f"{capitalised(row['method'])} {found} offering {rival}: the difference in {NDCG} is "
        f"{signed(row[lead])}{_between(row, lead, signed)}."
    )


def _others(others: pd.DataFrame, lead: str, kind: str) -> str:
    """Say of the other methods that look at the customer's purchases which beat a rival."""
    better, worse = others[f"{lead}_low"] > 0, others[f"{lead}_high"] < 0
    groups = {"better than that": better, "worse than that": worse, "undecided": ~better & ~worse}
    words = [
        f"{word} {'is' if which.sum() == 1 else 'are'} {listing(others.loc[which, 'method'])}"
        for word, which in groups.items()
        if which.any()
    ]
    return f"Of {kind} that look at the customer's own purchases, {'; '.join(words)}." if words else ""


def offered(offers: pd.DataFrame, tuning: pd.DataFrame, money: Formatter) -> str:
    """Say who is offered what now."""
    method = tuning.loc[tuning["winner"], "method"].iloc[0]
    if offers.empty:
        return (
            f"Nobody is offered anything: nobody bought one product and no other in the last {MONTHS} months, or "
            f"{method} has no product left for them."
        )
    n = offers["customer"].nunique()
    first = offers[offers["rank"] == 1]
    often = first["product"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    mean = first["price"].mean()
    price = "" if pd.isna(mean) else f" The first offers cost {money(round(mean))} on average."
    return (
        f"**{count(n, 'customer')}** bought one product and no other in the last {MONTHS} months and "
        f"{'are' if n > 1 else 'is'} offered up to {count(offers['rank'].max(), 'product')} by {method}. "
        f"{count(len(often), 'different product comes', 'different products come')} first; the most frequent, "
        f"{often.index[0]}, for {percent(often.iloc[0] / n)} of them.{price}"
    )


def strongest_rule(rules: pd.DataFrame) -> str:
    """Say what the rule of the highest lift is; `rules` as by `helpers.models.rules.by_segment.segment_rules`.

    Both directions of a rule are one pair of products; the same pair counts once in each segment.
    """
    if rules.empty:
        return "No rule passes."
    row = rules.sort_values(["lift", "confidence", "antecedent"], ascending=[False, False, True]).iloc[0]
    back = rules[(rules["antecedent"] == row["consequent"]) & (rules["consequent"] == row["antecedent"])]
    back = back[back["segment"] == row["segment"]]
    other = f", and {percent(back['confidence'].iloc[0], 1)} the other way round" if len(back) else ""
    pairs = {(rule.segment, *sorted([rule.antecedent, rule.consequent])) for rule in rules.itertuples()}
    of = (
        f"The strongest of {count(len(pairs), 'pair')} of products, counted by segment,"
        if len(pairs) > 1
        else ("The only pair of products")
    )
    return (
        f"{of} is {row['antecedent']} and {row['consequent']} in the segment **{row['segment']}**: "
        f"**{percent(row['confidence'], 1)}** of its orders with the first hold the second too{other}, "
        f"**{number(row['lift'], 2)} times** as many as by the share of the second in all of its orders. Both are in "
        f"{percent(row['support'], 2)} of its orders."
    )


def none_better(table: pd.DataFrame) -> str:
    """Say that no method beats offering what sells best to all; nothing where one does, or few are judged."""
    if table.empty or table["customers"].iloc[0] < FEW:
        return ""
    rows = table[(table["measure"] == NDCG) & ~table["method"].map(is_rival)]
    if (rows["over_popular_low"] > 0).any():
        return ""
    return (
        f"No method that looks at the customer's own purchases is surely better than offering everybody "
        f"{RIVAL_NAMES['over_popular']}."
    )
