"""Whom to send which product, why, and how likely is it to be what the customer wants next?

The list is made by the method that found most of what was hidden. Rules beyond chance stand beside it as reasons.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import hypergeom
from sklearn.isotonic import IsotonicRegression

from helpers.cases.wine.methods import BASELINE, RULES
from helpers.cases.wine.offers import offers_of
from helpers.cases.wine.reader import MONTHS, WineOrders
from helpers.certainty import FALSE_DISCOVERIES, LEVEL
from helpers.models import rules
from helpers.models.inference.determinism import single_thread
from helpers.models.recommenders.holdout import leave_one_out
from helpers.models.recommenders.interactions import Interactions, Known, known_without_dates
from helpers.models.recommenders.methods import Method
from helpers.models.recommenders.shortlists import best_products
from helpers.wording import count, percent

GROUPS = 10  # of lines with scores alike, whose hits are counted
Chance = Callable[[pd.Series], np.ndarray]  # scores of a method -> the share of such lines that hit
COLUMNS = ["customer", "place", "product", "chance", "because", "rule", "next_campaign"]


def best_method(compared: pd.DataFrame, items: str) -> pd.Series:
    """Return the row of `compare_on` of the method that found most of the hidden items, of equal ones the first.

    Where some are surely better than the favourites of all, it is one of them.
    """
    rows = compared[compared["items"] == items]
    sure = rows[is_better(rows)]
    return rows.loc[(sure if len(sure) else rows)["value"].idxmax()]


def is_better(compared: pd.DataFrame | pd.Series) -> Any:
    """Say of a row, or of each, of `compare_on` whether the lead over the favourites of all is beyond chance."""
    return (compared["gain"] > 0) & (compared["q_value"] < FALSE_DISCOVERIES)


@single_thread
def learn_chance(bought: pd.DataFrame, method: Method, k: int, n_hidings: int, seed: int) -> Chance:
    """Learn from hidden purchases which share of the lines of a score name what was hidden.

    The first k products for each customer are put by their scores into GROUPS; the shares of hits in these, made
    monotone (isotonic regression), are joined by straight lines.
    """
    lines = []
    for held in leave_one_out(bought, n_hidings, seed):
        rows, columns, scores = _first(held.known, held.asked, method, k)
        hits = np.asarray(held.relevant[rows, columns]).ravel()
        lines.append(pd.DataFrame({"score": scores, "hit": hits.astype(float)}))
    every = pd.concat(lines, ignore_index=True)
    group = pd.qcut(every["score"].rank(method="first"), GROUPS, labels=False)
    means = every.groupby(group).mean()
    return IsotonicRegression(out_of_bounds="clip").fit(means["score"], means["hit"]).predict


def _first(known: Known, asked: Interactions, method: Method, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the places of the first k products that each customer has not bought, and their scores.

    A score is told as its share of the scores of all that the customer has not bought, so that customers who bought
    much and little can be compared.
    """
    score = method.learn(known)
    places = best_products(known, score, asked, k, new_only=True)
    rows, ranks = np.nonzero(places >= 0)
    columns = places[rows, ranks]
    scores = np.array(score(asked), dtype=float)
    scores[asked.orders.nonzero()] = 0
    return rows, columns, scores[rows, columns] / scores.sum(axis=1).clip(min=1e-9)[rows]


@single_thread
def mailing_list(
    bought: pd.DataFrame, method: Method, k: int, chance: Chance, found: pd.DataFrame, orders: WineOrders
) -> pd.DataFrame:
    """Return whom to send which product: the first k of the method that each customer has not bought.

    A line that is no likelier to hit than a product picked at random is left out.

    Parameters
    ----------
    bought : DataFrame
        Of bool, customers x products.
    chance : callable
        What `learn_chance` has learned of the method.
    found : DataFrame
        The rules beyond chance, which are given as reasons where they lead to the product.
    orders : WineOrders
        To tell in which month a product had its first campaign of the year.

    Returns
    -------
    DataFrame
        customer, place (1 is the first to send), product, chance (the share of such lines that named what was
        hidden), because (the rule; or, where more did than chance explains, how many buyers of the bought product
        that is most like it bought it too; or how many bought it), rule
        (its number, missing where none leads here) and next_campaign (a month); the highest chance first.
    """
    known = known_without_dates(bought)
    rows, columns, scores = _first(known, known, method, k)
    names = {"customer": known.customers[rows], "product": known.products[columns]}
    table = pd.DataFrame(names | {"chance": chance(pd.Series(scores)), "score": scores})
    table["place"] = table.groupby("customer", sort=False).cumcount() + 1
    by_rule = rules.recommend(found, bought).rename(columns={"item": "product", "because": "if_bought"})
    wanted = ["customer", "product", "if_bought", "rule", "confidence"]
    table = table.merge(by_rule[wanted], on=["customer", "product"], how="left")
    table["rule"] = pd.to_numeric(table["rule"]).astype("Int64")
    table["because"] = _reasons(table, bought, method.name not in (BASELINE, RULES))
    table["next_campaign"] = table["product"].map(first_months(orders))
    by_lot = 1 / (~bought).sum(axis="columns").clip(lower=1)
    order = ["chance", "score", "customer", "product"]
    likely = table[table["chance"] > table["customer"].map(by_lot)]
    falling = likely.sort_values(order, ascending=[False, False, True, True], ignore_index=True)
    return falling[COLUMNS]


def _reasons(table: pd.DataFrame, bought: pd.DataFrame, by_likeness: bool) -> list[str]:
    """Return why each line is sent: the rule, else what is most like it where that counts, or how many bought it."""
    held = bought.to_numpy(dtype=float)
    together, buyers = held.T @ held, held.sum(axis=0)
    alike = together / np.sqrt(np.outer(buyers.clip(min=1), buyers.clip(min=1)))
    customers, products = bought.index.get_indexer(table["customer"]), bought.columns.get_indexer(table["product"])
    of_customer = np.where(held[customers] > 0, alike[:, products].T, -1.0)
    reasons = []
    likest = of_customer.argmax(axis=1)
    by_chance = hypergeom.sf(together[likest, products] - 1, len(bought), buyers[products], buyers[likest])
    for line, product, nearest, p in zip(table.itertuples(), products, likest, by_chance, strict=True):
        both, alone, share = together[nearest, product], buyers[nearest], buyers[product] / len(bought)
        if not pd.isna(line.rule):
            reasons.append(
                f"rule {line.rule}: {percent(line.confidence)} of the buyers of {line.if_bought} bought it too"
            )
        elif by_likeness and p < 1 - LEVEL:
            own, name = percent(both / alone), bought.columns[nearest]
            reasons.append(f"{own} of the {count(alone, 'buyer')} of {name} bought it too, {percent(share)} of all")
        else:
            reasons.append(f"{percent(share)} of all bought it")
    return reasons


def by_rules(found: pd.DataFrame, bought: pd.DataFrame, orders: WineOrders) -> pd.DataFrame:
    """Return what the rules would offer to each customer, with the month of its next campaign and all its offers."""
    known, recommended = first_months(orders), rules.recommend(found, bought)
    told = offers_of(recommended["item"].unique(), orders)
    return recommended.assign(next_campaign=recommended["item"].map(known), offers=recommended["item"].map(told))


def first_months(orders: WineOrders) -> pd.Series:
    """Return in which month each product had its first campaign of the year, which is the next if years are alike."""
    place = orders.offers["month"].map(MONTHS.index)
    return place.groupby(orders.offers["product"]).min().map(lambda month: MONTHS[month])


def best_start(mails: pd.DataFrame, months: int) -> tuple[str, int]:
    """Return the month from which so many bring most customers a campaign of what is on their list, and how many."""
    month = mails["next_campaign"].map(MONTHS.index)
    reached = [mails.loc[(month - start) % 12 < months, "customer"].nunique() for start in range(12)]
    return MONTHS[int(np.argmax(reached))], max(reached)
