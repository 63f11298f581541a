"""What should a customer of a single product be offered, and on what evidence, in words?"""

import math
from collections.abc import Mapping
from typing import Literal

import pandas as pd

from helpers.cases.health.single_item import COMPLEMENTARY, MONTHS, RECENT, SIMILAR, SOURCE
from helpers.models.experiments.impact import Impact
from helpers.models.experiments.power import least_share
from helpers.models.recommenders.comparison import LEAD
from helpers.models.recommenders.holdout import Holdout
from helpers.models.recommenders.trial import Trial
from helpers.sentences.experiments import on_advised_test
from helpers.sentences.recommenders import on_lead, on_leads_in_hits
from helpers.wording import Formatter, capitalised, count, listing, percent, roughly

FEW = 30  # customers; fewer tell little
EXPECTED = (
    "What to offer to each customer. Expected is the price times the share of the offers at this place of the list, "
    "of all customers alike, that were bought in the weeks of the trial without being offered: sales that come "
    "anyway, and no gain."
)
Standing = Literal["untold", "simple", "not shown", "better", "first better", "order better"]


def on_audience(trial: Trial, audience: pd.Series, split: pd.Timestamp, days: int) -> str:
    """Say who was offered what, and by what it is judged."""
    day, n = f"{split:%-d %B %Y}", trial.tested["customers"].sum()
    if audience.empty:
        return f"On {day}, nobody had bought one product and no other in the {MONTHS} months before."
    who = f"{count(len(audience), 'customer')} had bought one product and no other in the {MONTHS} months before"
    if not n:
        return f"On {day}, {who}. None of them bought anything new in the {count(days, 'day')} from then on."
    return (
        f"On {day}, {who}. Every method offered them up to {count(trial.k, 'product')} that they had not bought so "
        f"far. ⟦{count(n)}⟧ of them ({percent(n / len(audience))}) bought something new to them in the "
        f"{count(days, 'day')} from then on, and by these the offers are judged."
    )


def on_openers(found: pd.DataFrame) -> str:
    """Say what opens a membership and is therefore offered to nobody, from `openers`."""
    if found.empty:
        return "No product is bought as a first order alone, so every product may be offered."
    words = [
        f"{row.product} ({percent(row.first_share)} of its {count(row.buyers, 'buyer')} have it in their first "
        f"order, against {percent(row.rest_share)} with other products)"
        for row in found.itertuples()
    ]
    verb = "opens" if len(found) == 1 else "open"
    return (
        f"⟦{listing(words)} {verb} a membership⟧. Whoever is to be offered something is a member already, so it is "
        "offered to nobody, and nobody is judged by it."
    )


def on_popularity(table: pd.DataFrame, k: int) -> list[str]:
    """Say how the chosen method stands against what sells best, by the measure that chose it, and in hits."""
    rows = table[table["measure"] == f"NDCG@{k}"]
    said = [on_lead(rows)]
    if standing(table, k) not in ("untold", "simple"):
        said.append(on_leads_in_hits(table))
    own = rows[~rows["baseline"].astype(bool)]
    if len(own) and own["customers"].iloc[0] >= FEW and not (own[f"{LEAD}_low"] > 0).any():
        none = "No method that looks at the customer's own purchases is surely better"
        said.append(f"{none} than offering everybody what sells best.")
    return said


def standing(table: pd.DataFrame, k: int) -> Standing:
    """Return how the chosen method stands beside the best simple list, by NDCG@k, which chose it, from `compared`.

    Where it is surely better it is so in the first k offers; or only in the first one; or in neither of the hit
    rates by itself, but in the order of the list.
    """
    row = chosen(table, f"NDCG@{k}")
    if row is None or row["customers"] < FEW:
        return "untold"
    if row["method"] == row["rival"]:
        return "simple"
    if not row[f"{LEAD}_low"] > 0:
        return "not shown"
    places: tuple[tuple[int, Standing], ...] = ((k, "better"), (1, "first better"))
    sure = (name for n, name in places if _hits(table, n, f"{LEAD}_low") > 0)
    return next(sure, "order better")


def _hits(table: pd.DataFrame, n: int, name: str = "value") -> float:
    """Return how many of those who bought anew bought one of the first n offers of the chosen method, or its lead."""
    row = chosen(table, f"hit@{n}")
    return float("nan") if row is None else float(row[name])


def chosen(table: pd.DataFrame, measure: str) -> pd.Series | None:
    """Return what the chosen method did by a measure, from `compared`; None where nobody could be judged."""
    rows = table[(table["measure"] == measure) & table["winner"].astype(bool)]
    return rows.iloc[0] if len(rows) else None


def on_better(table: pd.DataFrame, k: int) -> str:
    """Say in a sentence whether the offers of the chosen method are more wanted than the best sellers."""
    stands = standing(table, k)
    if stands == "untold":
        return "Too few bought anything new after a single product, so that ⟦no way to choose offers can be judged⟧."
    if stands == "simple":
        return "⟦The best sellers do as well as anything⟧ that looks at what a customer bought."
    first, every = (percent(_hits(table, n)) for n in (1, k))
    found = "Of those who then bought something new,"
    one_of = f"{found} {every} bought one of the {count(k, 'offer')}, unasked."
    more = "⟦That is more than the best sellers reach⟧"
    return {
        "better": f"{one_of} {more}.",
        "first better": f"{found} {first} bought the first offer, unasked. {more}; of all {count(k)} "
        "it is not shown.",
        "order better": f"{one_of} {more}, where those in the first place count most.",
        "not shown": f"{one_of} ⟦That is not shown to be more⟧ than the best sellers reach.",
    }[stands]


def on_hits_of(table: pd.DataFrame, audience: int) -> str:
    """Say of whom the hit rates of `compared` are shares."""
    n = table["customers"].iloc[0] if len(table) else 0
    return (
        f"Of the {count(n, 'customer')} who bought something new, among {count(audience)} in the audience, the share "
        "who bought one of the first offers, with 95 % intervals."
    )


def on_source_rule(table: pd.DataFrame, k: int) -> str:
    """Say how the source's own rule did in the same weeks beside the chosen method, from `compared`."""
    rows = table[table["measure"] == f"hit@{k}"].set_index("method")
    chosen = rows.index[rows["winner"].astype(bool)]
    if SOURCE not in rows.index or not len(chosen):
        return "The source's rule cannot be judged: nobody in the audience bought anything new afterwards."
    rule = f"The source's rule, what sold best in the segment in the last {RECENT} days"
    own = f"{rule}, hit {percent(rows.loc[SOURCE, 'value'])}"
    if chosen[0] == SOURCE:
        return f"{own} of those who bought something new in the held-out weeks, and is the chosen one."
    return (
        f"{own} of those who bought something new in the held-out weeks; {chosen[0]}, the chosen one, hit "
        f"{percent(rows.loc[chosen[0], 'value'])}."
    )


def on_kind(method: str, together: float) -> str:
    """Say whether a method offers complementary or similar products, and how far theirs are bought at once.

    `together` is of `together_share`.
    """
    kind = "complementary" if method in COMPLEMENTARY else "similar" if method in SIMILAR else ""
    offers = f"offers {kind} ones⟧" if kind else "offers neither⟧, but what sells best"
    at_once = percent(together)
    shown = (
        "" if pd.isna(together) else f": of those who bought both products of an offer, {at_once} had both at once"
    )
    return (
        "Complementary products go into one order, which rules find; similar ones are bought by the same customers, "
        f"at any time. ⟦{capitalised(method)}, the chosen method, {offers}{shown}."
    )


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
        f"⟦{count(n, 'customer')}⟧ bought one product and no other in the last {MONTHS} months and "
        f"{'are' if n > 1 else 'is'} offered up to {count(offers['rank'].max(), 'product')} by {method}. "
        f"{count(len(often), 'different product comes', 'different products come')} first; the most frequent, "
        f"{often.index[0]}, for {percent(often.iloc[0] / n)} of them.{price}"
    )


def on_offer_advice(
    compared: pd.DataFrame, k: int, audience: Mapping[str, pd.Series], held: Holdout, weeks: int, target: float
) -> str:
    """Advise whether to send the offers: only within a test, since no trial without offers shows what they add.

    `compared` is of `single_item.compared`, audience by the names of its days, `held` what was hidden of the one of
    the trial, and target the gain that is wanted, as a share.
    """
    n, then = len(audience["now"]), len(audience["split"])
    if not n or not then:
        return "There is nobody to test the offers with."
    where = {
        "better": "",
        "first better": f" with the first offer, not surely with all {count(k)}",
        "order better": ", where those in the first place count most",
    }.get(standing(compared, k))
    verdict = "Nothing shows that they hit more than what sells best, so that simple list may do as well."
    if where is not None:
        verdict = f"They hit more than what sells best{where}; what they add to the sales is not known."
    if n < FEW:
        too_few = f"{count(n, 'customer')} of a single product {'is' if n == 1 else 'are'} too few for a test"
        return f"{verdict} {too_few}: ⟦try the offers⟧, and do not call them proven."
    share = len(held.asked.customers) / then
    test = on_advised_test("customers of a single product", n, share, weeks, "who buy something new")
    found = least_share(share, n // 2)
    more = (
        "" if found <= share * (1 + target) else f" Those of today are too few to show a gain of {percent(target)}."
    )
    return f"⟦Send the offers only within a test⟧. {verdict} {test}{more}"


def on_cart(impact: Impact, money: Formatter) -> str:
    """Say what the gain that is wanted means for the average order, before and after."""
    inputs = impact.inputs.set_index("measure")["value"]
    cart, price = float(inputs["cart_value"]), float(inputs["price"])
    if math.isnan(cart):
        return "What the gain would mean for the average order cannot be told: nobody ordered in the weeks after."
    more = impact.target * cart
    extra = f"one more product of {roughly(money)(price)} in {_every(price / more)}"
    write = roughly(money, 3)
    return (
        f"For the average order, a gain of {percent(impact.target)} means ⟦{write(cart + more)} instead of "
        f"{write(cart)}⟧. {f'That takes {extra}.' if price > 0 else ''}"
    ).rstrip()


def _every(orders: float) -> str:
    if orders < 1.5:
        return "nearly every order" if orders > 1 else "every order, and more"
    return f"about one of every {count(orders)} orders"


def on_target(impact: Impact) -> str:
    """Say in short whether the gain that is wanted can be reached."""
    wanted = f"A gain of {percent(impact.target)}"
    if impact.buyers < FEW:
        buyers = f"only {count(impact.buyers)} of {count(impact.audience, 'customer')} bought in the weeks after"
        return f"{wanted} cannot be judged: {buyers}."
    most, low, high = impact.by_acceptance[["gain", "low", "high"]].iloc[-1]
    if most < impact.target:
        reach = "will not come" if high < impact.target else "will hardly come"
        return (
            f"⟦{wanted} {reach} if offers only add to what customers buy anyway⟧: had each fitting offer, one a "
            f"customer, sold one product more, sales to them would have risen by {percent(most, 1)} "
            f"({percent(low, 1)} to {percent(high, 1)})."
        )
    needed, high = float(impact.needed["acceptance"]), impact.needed["high"]
    doubt = " It may take even more than all." if high > 1 else ""
    return (
        f"{wanted} takes that ⟦{percent(needed)} of the fitting offers⟧ add a purchase; {percent(impact.acceptance)} "
        f"is assumed.{doubt}"
    )
