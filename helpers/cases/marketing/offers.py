"""Are promotions and deals used, and do those who use them spend more, or come back sooner?

Use and spending are of the same two years: what goes together here need not follow from one another.
"""

import numpy as np
import pandas as pd
from scipy.stats import pearsonr, ttest_ind

from helpers.certainty import FALSE_DISCOVERIES, LEVEL
from helpers.models.inference.intervals import mean_interval, rank_correlation_interval
from helpers.models.inference.multiplicity import HOLM, adjusted
from helpers.models.inference.proportions import with_share
from helpers.sentences.pieces import by_ends, ends
from helpers.wording import Formatter, count, fixed, listing, percent

USES = {"promotions": "accept promotions", "deals": "use deals"}
MOST = 7  # uses, from which on customers are counted together
ALIKE = ["income", "kids_home", "teens_home"]
SPENT, SPENT_ALIKE, TENURE, RECENCY = "spent", "spent, income and children alike", "tenure", "recency"
SPENT_AT_ALL = "spent, used at all or not"
FEW, MANY = 1 / 3, 2 / 3  # of the customers
MORE = {SPENT: ("spend more", "spend less"), TENURE: ("joined earlier", "joined later")}
MORE |= {RECENCY: ("last bought longer ago", "last bought more recently")}


def counts_of_use(customers: pd.DataFrame) -> pd.DataFrame:
    """Return how many customers used promotions and deals how often, and what these spent.

    From `customer_features`; the columns are offer, times (MOST stands for as many or more), customers, share, low,
    high (95 % interval by Wilson), spent (mean) with spent_low and spent_high (by Student's t).
    """
    rows = [
        (offer, times, len(spent), len(customers), *mean_interval(spent))
        for offer in USES
        for times, spent in customers["spent"].groupby(customers[offer].clip(upper=MOST).astype(int))
    ]
    names = ["offer", "times", "customers", "of", "spent", "spent_low", "spent_high"]
    table = with_share(pd.DataFrame(rows, columns=names), "customers", "of").drop(columns="of")
    return table[["offer", "times", "customers", "share", "low", "high", *names[4:]]]


def what_goes_with_use(customers: pd.DataFrame) -> pd.DataFrame:
    """Return how spending, tenure and recency go with the number of promotions and of deals.

    The columns are offer, goes_with, customers (with an income that is known), correlation (Spearman) with low and
    high (95 %), and p_value and corrected (over the rows, by Holm). Spending is compared twice more: between those
    who use any and the others, which a curve may hide, and among customers whose income and children are alike, by
    what a regression of ranks on theirs leaves.
    """
    ranks = customers.dropna(subset="income")[[*USES, *ALIKE, SPENT, TENURE, RECENCY]].rank()
    left = {name: _left(ranks[name], ranks[ALIKE]) for name in [*USES, SPENT]}
    rows = []
    for offer in USES:
        at_all = customers.loc[ranks.index, offer].gt(0).astype(float)
        pairs = {SPENT: (ranks[offer], ranks[SPENT]), SPENT_AT_ALL: (at_all, ranks[SPENT])}
        pairs[SPENT_ALIKE] = (left[offer], left[SPENT])
        pairs |= {name: (ranks[offer], ranks[name]) for name in (TENURE, RECENCY)}
        rows += [(offer, name, len(ranks), *_correlated(*pair)) for name, pair in pairs.items()]
    names = ["offer", "goes_with", "customers", "correlation", "low", "high", "p_value"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(corrected=adjusted(table["p_value"], HOLM))


def means_by_use(customers: pd.DataFrame) -> pd.DataFrame:
    """Return what users of promotions or deals and the others spent on average, from `customer_features`.

    The columns are offer, users and others (means), difference, and difference_low and difference_high (Welch, 1947),
    which hold for both offers at once with 95 % (Bonferroni); missing where fewer than two did the one or the other.
    """
    rows = []
    for offer in USES:
        users, others = (customers.loc[used, "spent"] for used in (customers[offer] > 0, customers[offer] == 0))
        difference, both = (np.nan,) * 3, min(len(users), len(others)) > 1
        if both:
            found = ttest_ind(users, others, equal_var=False)
            difference = users.mean() - others.mean(), *found.confidence_interval(1 - (1 - LEVEL) / len(USES))
        rows.append((offer, users.mean(), others.mean(), *difference))
    return pd.DataFrame(rows, columns=["offer", "users", "others", "difference", "difference_low", "difference_high"])


def _left(values: pd.Series, others: pd.DataFrame) -> pd.Series:
    known = np.column_stack([np.ones(len(others)), others])
    return values - known @ np.linalg.lstsq(known, values)[0]


def _correlated(one: pd.Series, other: pd.Series) -> tuple[float, float, float, float]:
    if len(one) < 4 or min(np.ptp(one), np.ptp(other)) < 1e-9:
        return (np.nan,) * 4
    found = pearsonr(one, other)
    low, high = rank_correlation_interval(found.statistic, len(one))
    return float(found.statistic), float(low), float(high), float(found.pvalue)


def on_use(customers: pd.DataFrame, campaigns: int) -> str:
    """Say how many customers use promotions and deals, and that their counts cannot be compared."""
    promotions, deals = ((customers[offer] > 0).mean() for offer in USES)
    purchases = fixed(1)(customers.loc[customers["deals"] > 0, "deals"].mean())
    return (
        f"⟦{_how_many(promotions)} accept promotions⟧: {percent(promotions)} accepted at least one of "
        f"{count(campaigns)}. ⟦{_how_many(deals)} use deals⟧: {percent(deals)} at least once, for "
        f"{purchases} of their purchases on average. The two counts cannot be compared: a deal counts with each "
        f"purchase, a promotion once a campaign."
    )


def _how_many(share: float) -> str:
    return "Few customers" if share < FEW else "Most customers" if share > MANY else "Some customers"


def on_what_goes_with_use(table: pd.DataFrame, means: pd.DataFrame, money: Formatter) -> str:
    """Say whether those who use promotions or deals more surely spend more, joined later or bought more recently.

    From `what_goes_with_use` and `means_by_use`.
    """
    rows = {offer: table[table["offer"] == offer].set_index("goes_with") for offer in USES}
    on_average = means.set_index("offer")
    spending = [
        said
        for offer, own in rows.items()
        for said in (
            _on_spending(USES[offer], own),
            _on_means(USES[offer], own.loc[SPENT_AT_ALL], on_average.loc[offer], money),
        )
    ]
    times = [_on_times(USES[offer], own.loc[[TENURE, RECENCY]]) for offer, own in rows.items()]
    neither = [] if any(times) else ["Neither is surely used more by new customers, or by those who bought recently."]
    last = "That is no proof of what offers bring: who buys more has more occasions to use them. Only a test tells."
    return " ".join(filter(None, [*spending, *times, *neither, last]))


def _on_spending(words: str, rows: pd.DataFrame) -> str:
    spend, at_all, alike = (rows.loc[name] for name in (SPENT, SPENT_AT_ALL, SPENT_ALIKE))
    said = f"Customers who {words} more often ⟦{_way(SPENT, spend)}⟧"
    if _sure(at_all) and not (_sure(spend) and spend["correlation"] * at_all["correlation"] > 0):
        who = f"Customers who {words} at all ⟦{_way(SPENT, at_all)}⟧ than the others"
        said = f"{who}; those who do so more often {_way(SPENT, spend)}"
    among = "among customers with the same income and children"
    if not _sure(alike):
        return f"{said}; {among} nothing is sure."
    same = _sure(spend) and spend["correlation"] * alike["correlation"] > 0
    return f"{said}, {'also' if same else 'but'} {among}{'' if same else f' they {_way(SPENT, alike)}'}."


def _on_means(words: str, at_all: pd.Series, means: pd.Series, money: Formatter) -> str:
    """Return who spent more on average, those who used any or the others, and whether their ranks say so too."""
    if pd.isna(means["difference_low"]):
        return ""
    way = by_ends(means, "⟦spend more⟧", "⟦spend less⟧", "do not surely spend more or less", "difference")
    ranks = _sure(at_all) and at_all["correlation"] * means["difference"] > 0
    doubt = "" if ranks or "surely" in way else "; by rank, where a few large amounts weigh less, that is not sure"
    return (
        f"On average, those who {words} at all {way} than the others, {money(means['users'])} against "
        f"{money(means['others'])} (95 % interval of the difference {ends(means, money, 'difference')}){doubt}."
    )


def _on_times(words: str, rows: pd.DataFrame) -> str:
    sure = [_way(str(name), row) for name, row in rows.iterrows() if _sure(row)]
    return f"Those who {words} more often {listing(sure)}." if sure else ""


def _sure(row: pd.Series) -> bool:
    return bool(row["corrected"] < FALSE_DISCOVERIES)


def _way(name: str, row: pd.Series) -> str:
    if not _sure(row):
        return "do not surely spend more or less"
    return MORE[name][0 if row["correlation"] > 0 else 1]
