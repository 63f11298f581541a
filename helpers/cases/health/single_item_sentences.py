"""What can be said of offers to customers of a single product?"""

import pandas as pd

from helpers.cases.health.single_item import LIST, MONTHS, NDCG
from helpers.models.recommenders.trial import Trial
from helpers.sentences.recommenders import FEW, on_lead
from helpers.wording import Formatter, count, percent

RIVALS = {
    "over_popular": "offering what sells best",
    "over_segment_popular": "offering what sells best in the customer's segment",
}
KIND = "that look at the customer's own purchases"


def on_audience(trial: Trial, audience: pd.Series, split: pd.Timestamp, days: int) -> str:
    """Say who was offered what, and by what it is judged."""
    day, n = f"{split:%-d %B %Y}", trial.tested["customers"].sum()
    if audience.empty:
        return f"On {day}, nobody had bought one product and no other in the {MONTHS} months before."
    who = f"{count(len(audience), 'customer')} had bought one product and no other in the {MONTHS} months before"
    if not n:
        return f"On {day}, {who}. None of them bought anything new in the {count(days, 'day')} from then on."
    return (
        f"On {day}, {who}. Every method offered them up to {LIST} products that they had not bought so far. "
        f"**{count(n)}** of them ({percent(n / len(audience))}) bought something new to them in the "
        f"{count(days, 'day')} from then on, and by these the offers are judged."
    )


def on_popularity(table: pd.DataFrame) -> list[str]:
    """Say how the chosen method, and the others, stand against offering what sells best.

    Parameters
    ----------
    table : DataFrame
        Of `helpers.cases.health.single_item.compared`.
    """
    rows = table[table["measure"] == NDCG]
    said = [on_lead(rows, lead, rival, KIND) for lead, rival in RIVALS.items()]
    own = rows[~rows["baseline"].astype(bool)]
    if len(own) and own["customers"].iloc[0] >= FEW and not (own["over_popular_low"] > 0).any():
        said.append(
            "No method that looks at the customer's own purchases is surely better than offering everybody what "
            "sells best."
        )
    return list(dict.fromkeys(said))


def on_offers(offers: pd.DataFrame, method: str, money: Formatter) -> str:
    """Say who is offered what now, by the method of that name."""
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
