"""What would a shop's invoices look like if we knew the truth behind them?

Customers buy until they die: each orders at a rate of its own and may be lost after each repeated order, as the
BG/NBD model says, and spends as the Gamma-Gamma model says; time runs faster before Christmas. Each has a taste,
some products draw others along, and the lines carry the dirt of real ones: returns, repeated lines, missing
customers, postage. Tests ask whether the methods find what was planted here.
"""

from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from helpers.datasets.engine import connect
from helpers.datasets.retail import typed
from helpers.keeping import kept

START, DAYS, YEAR = pd.Timestamp("2022-12-01"), 739, 365.25
SEASON = {"height": 1.2, "day": 350.0, "width": 25.0}  # before Christmas: above the rest of the year, and when
# Of the BG/NBD model, in days, and of the Gamma-Gamma model of what an order is worth.
PROCESS = {"r": 0.9, "alpha": 60.0, "a": 0.8, "b": 2.5}
SPENDING = {"p": 5.0, "q": 4.0, "gamma": 180.0}
TASTES = {"kitchen": 0.30, "garden": 0.25, "party": 0.25, "paper": 0.20}  # and their shares of the customers
TRUE_TO_TASTE = 0.8  # chance that a line is of the customer's taste
FAVOURITES, LOYAL_TO_FAVOURITES = (
    8,
    0.35,
)  # products that a customer comes back to, and the chance of a line to be one
LINES = 6  # mean lines of an order beyond the first
LINE_VALUE = 8  # an order has at most a line for each so much money
# Who orders the first orders the second with it, and seldom without it.
AFFINITIES = {"kitchen": (3, 40), "garden": (5, 41), "party": (4, 42)}  # taste: places of the two products
TAKES_BOTH, TAKES_SECOND_ALONE = 0.45, 0.01
# Who orders the first takes the second now and then, too seldom to be told from chance.
WEAK, TAKES_BOTH_WEAKLY = (("garden", 10), ("paper", 12)), 0.02
# These two seem to belong together, because both sell before Christmas; who takes the one takes the other no sooner.
SEASONAL = {("paper", 47): "ADVENT CALENDAR", ("party", 47): "PAPER STAR"}
TAKES_AT_CHRISTMAS = 0.3  # of each, at the height of the season
DIRT = {"returned": 0.02, "repeated": 0.01, "anonymous": 0.15, "free": 0.0005, "unmatched": 0.002, "postage": 0.05}
OBJECTS = {
    "kitchen": ("MUG", "TEAPOT", "CAKE STAND", "JAR", "BOWL", "APRON", "TRAY", "TIMER"),
    "garden": ("LANTERN", "BIRD HOUSE", "PLANTER", "WATERING CAN", "WIND CHIME", "HERB MARKER", "TROWEL", "BENCH"),
    "party": ("BUNTING", "BALLOONS", "CAKE CASES", "PAPER CHAIN", "CANDLES", "NAPKINS", "SPINNER", "INVITATIONS"),
    "paper": ("NOTEBOOK", "GIFT WRAP", "CARD", "PENCILS", "STICKERS", "RIBBON", "STAMP", "CALENDAR"),
}
STYLES = ("RED RETROSPOT", "VINTAGE", "BLUE POLKADOT", "IVORY", "PINK ROSE", "SILVER STAR", "WOODLAND", "DOILEY",
          "REGENCY", "STRAWBERRY")  # fmt: skip
NOT_PRODUCTS = {"POST": ("POSTAGE", 18.0), "M": ("Manual", 5.0), "C2": ("CARRIAGE", 50.0)}
COUNTRIES = ("United Kingdom", "Germany", "France", "Ireland", "Spain")
COUNTRY_SHARES = (0.90, 0.04, 0.03, 0.02, 0.01)


@dataclass(frozen=True)
class PlantedRetail:
    """Generated lines and the truth behind them."""

    lines: ir.Table  # as `read_retail` would have returned them
    orders: pd.DataFrame  # those that were kept: customer, order, day (from the start), value (money, as intended)
    tastes: pd.Series  # of each customer
    affinities: pd.DataFrame  # what `planted_affinities` returns
    weak: tuple[str, str]  # the products of WEAK
    seasonal: tuple[str, str]  # those of SEASONAL


def generate_retail(sample_size: int, seed: int) -> PlantedRetail:
    """Return a little over two years of invoices of `sample_size` customers, the same for the same size and seed."""
    rng = np.random.default_rng(seed)
    catalogue = product_catalogue(rng)
    tastes = customer_tastes(sample_size, rng)
    orders = purchase_process(sample_size, rng)
    orders["day"] = in_season(orders["day"].to_numpy())
    scale = 1 / rng.gamma(SPENDING["q"], 1 / SPENDING["gamma"], sample_size)
    orders["value"] = rng.gamma(SPENDING["p"], 1, len(orders)) * scale[orders["customer"]]
    lines = invoice_lines(orders, tastes, catalogue, rng)
    named = orders.assign(customer=tastes.index[orders["customer"]])
    code = catalogue.set_index(["taste", "place"])["product"]
    weak, seasonal = ((code[first], code[second]) for first, second in (WEAK, SEASONAL))
    return PlantedRetail(lines, named, tastes, planted_affinities(catalogue), weak, seasonal)


def customer_tastes(sample_size: int, rng: np.random.Generator) -> pd.Series:
    """Return the taste of each customer, by customer number."""
    customers = pd.Index([str(12000 + number) for number in range(sample_size)], name="customer")
    return pd.Series(rng.choice(list(TASTES), sample_size, p=list(TASTES.values())), index=customers, name="taste")


def invoice_lines(
    orders: pd.DataFrame,
    tastes: pd.Series,
    catalogue: pd.DataFrame,
    rng: np.random.Generator,
    further: float | pd.Series = LINES,
    returned: float | pd.Series = DIRT["returned"],
) -> ir.Table:
    """Return the lines, as `read_retail` does, of invoices on which, once they are cleaned, just these orders stand.

    Parameters
    ----------
    orders : DataFrame
        customer (place in `tastes`), order (the row's own number, from zero), day (from the start), value (money).
    tastes, catalogue : Series by customer, and DataFrame
        The taste of each, and what `product_catalogue` returns.
    further, returned : float, or Series by order
        Mean number of lines beyond the first, and chance that of a line some more units were bought, and sent back.
    """
    written = _written(orders, tastes, catalogue, rng, further, returned)
    return typed(connect().create_table("lines", written)).cache()


@kept
def _written(
    orders: pd.DataFrame,
    tastes: pd.Series,
    catalogue: pd.DataFrame,
    rng: np.random.Generator,
    further: float | pd.Series,
    returned: float | pd.Series,
) -> pd.DataFrame:
    """Return the lines of `invoice_lines` as they would stand in a file; `rng` serves nothing else afterwards."""
    bought = _lines(orders, _chosen(orders, tastes, catalogue, further, rng), catalogue, rng)
    countries = rng.choice(COUNTRIES, len(tastes), p=COUNTRY_SHARES)
    clean = bought.assign(country=countries[bought["customer"]], customer=tastes.index[bought["customer"]])
    chances = np.broadcast_to(returned, len(orders))[bought["order"]]
    return _invoices(_with_dirt(clean, chances, rng))


def purchase_process(n_customers: int, rng: np.random.Generator, days: int = DAYS) -> pd.DataFrame:
    """Return the orders of a BG/NBD process (Fader, Hardie and Lee, 2005) of customers who come at any time.

    They have customer (a number), order (a number, in the order of time) and day (a float from the start). Each
    customer has a rate from a gamma distribution, and a chance to be lost after a repeated order from a beta one.
    """
    rate = rng.gamma(PROCESS["r"], 1 / PROCESS["alpha"], n_customers)
    loss = rng.beta(PROCESS["a"], PROCESS["b"], n_customers)
    customer, day = np.arange(n_customers), rng.uniform(0, days, n_customers)
    orders = [pd.DataFrame({"customer": customer, "day": day})]
    while len(customer):
        day = day + rng.exponential(1 / rate[customer])
        customer, day = customer[day < days], day[day < days]
        orders.append(pd.DataFrame({"customer": customer, "day": day}))
        stays = rng.random(len(customer)) >= loss[customer]
        customer, day = customer[stays], day[stays]
    every = pd.concat(orders).sort_values("day", ignore_index=True)
    return every.assign(order=range(len(every)))[["customer", "order", "day"]]


def yearly_season(day: np.ndarray, season: dict[str, float] = SEASON) -> np.ndarray:
    """Return demand on days from the start as a multiple of that far from Christmas."""
    return 1 + season["height"] * np.exp(-((_to_peak(day, season["day"]) / season["width"]) ** 2))


def _to_peak(day: np.ndarray | float, peak: float | np.ndarray) -> np.ndarray:
    """Return how many days after the nearest yearly return of a peak a day lies (before it: below 0)."""
    return np.asarray((day - peak + YEAR / 2) % YEAR - YEAR / 2)


def in_season(day: np.ndarray, days: int = DAYS) -> np.ndarray:
    """Return when days of even demand come, where demand has the yearly season: as many orders, moved."""
    calendar = np.arange(days + 1)
    demand = np.concatenate([[0.0], yearly_season(calendar[:-1] + 0.5).cumsum()])
    return np.interp(day, demand * days / demand[-1], calendar)


def product_catalogue(rng: np.random.Generator) -> pd.DataFrame:
    """Return the products: taste, place in it, code, name, price, and on which day of the year each sells best."""
    names = {taste: [f"{style} {thing}" for style in STYLES for thing in OBJECTS[taste]] for taste in TASTES}
    rows = [(taste, place, name) for taste in TASTES for place, name in enumerate(names[taste])]
    products = pd.DataFrame(rows, columns=["taste", "place", "name"])
    products["product"] = [str(20001 + 7 * number) for number in range(len(products))]
    products["price"] = np.round(np.clip(rng.lognormal(0.7, 0.7, len(products)), 0.25, 15), 2)
    products["name"] = [SEASONAL.get(at, name) for at, name in zip(_places(products), products["name"], strict=True)]
    return products.assign(weight=1 / (3 + products["place"]), peak=rng.uniform(0, YEAR, len(products)))


def planted_affinities(catalogue: pd.DataFrame) -> pd.DataFrame:
    """Return product, beside and probability: the chance that an order with the product holds the other one too."""
    code = catalogue.set_index(["taste", "place"])["product"]
    pairs = [(code[taste, first], code[taste, second]) for taste, (first, second) in AFFINITIES.items()]
    both = TAKES_BOTH + (1 - TAKES_BOTH) * TAKES_SECOND_ALONE
    return pd.DataFrame(pairs, columns=["product", "beside"]).assign(probability=both)


def _places(products: pd.DataFrame) -> list[tuple[str, int]]:
    return list(zip(products["taste"], products["place"], strict=True))


def _lines(
    orders: pd.DataFrame, chosen: pd.DataFrame, catalogue: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return customer, order, day, product, description, price, and quantity for each product of each order."""
    with_seconds = pd.concat([chosen, _drawn_along(chosen, orders, catalogue, rng)]).drop_duplicates()
    products = catalogue[["product", "name", "price"]].rename_axis("number").reset_index()
    lines = orders.merge(with_seconds, on="order").merge(products, on="number")
    lines = lines.sort_values(["order", "number"], ignore_index=True)
    part = rng.gamma(3, 1, len(lines))
    share = part / pd.Series(part).groupby(lines["order"]).transform("sum")
    quantity = np.maximum(1, np.round(share * lines["value"] / lines["price"])).astype(int)
    return lines.assign(quantity=quantity).rename(columns={"name": "description"}).drop(columns=["value", "number"])


def _chosen(
    orders: pd.DataFrame,
    tastes: pd.Series,
    catalogue: pd.DataFrame,
    further: float | pd.Series,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return order and number (of the product) for what customers choose by taste, habit and season."""
    n_lines = np.minimum(1 + rng.poisson(further, len(orders)), 1 + orders["value"] // LINE_VALUE).astype(int)
    lines = orders.loc[orders.index.repeat(n_lines)]
    own = tastes.to_numpy()[lines["customer"]]
    taste = np.where(rng.random(len(lines)) < TRUE_TO_TASTE, own, rng.choice(list(TASTES), len(lines)))
    number = _by_season(taste, lines["day"].to_numpy(), catalogue, rng)
    habits = _favourites(tastes, catalogue, rng)[lines["customer"], rng.integers(0, FAVOURITES, len(lines))]
    loyal = rng.random(len(lines)) < LOYAL_TO_FAVOURITES
    return pd.DataFrame({"order": lines["order"].to_numpy(), "number": np.where(loyal, habits, number)})


def _by_season(taste: np.ndarray, day: np.ndarray, catalogue: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    number = np.zeros(len(taste), dtype=int)
    month = (day // 30).astype(int)
    for (name, when), places in pd.Series(range(len(taste))).groupby([taste, month]).indices.items():
        own = catalogue[catalogue["taste"] == name]
        season = 1 + 4 * np.exp(-((_to_peak(30 * when + 15, own["peak"].to_numpy()) / 45) ** 2))
        number[places] = _drawn(own, own["weight"] * season, len(places), rng)
    return number


def _favourites(tastes: pd.Series, catalogue: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return the products that each customer comes back to, customers x FAVOURITES."""
    favourites = np.zeros((len(tastes), FAVOURITES), dtype=int)
    for name in TASTES:
        own = catalogue[catalogue["taste"] == name]
        fans = np.flatnonzero(tastes.to_numpy() == name)
        favourites[fans] = _drawn(own, np.sqrt(own["weight"]), (len(fans), FAVOURITES), rng)
    return favourites


def _drawn(own: pd.DataFrame, weight: pd.Series, size: int | tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draw products of a taste, without those that only come along with another or by the way."""
    taste = own["taste"].iloc[0]
    along = {(taste, AFFINITIES.get(taste, (0, -1))[1]), *SEASONAL}
    free = weight.where([place not in along for place in _places(own)], 0.0)
    return rng.choice(own.index, size, p=free / free.sum())


def _drawn_along(
    chosen: pd.DataFrame, orders: pd.DataFrame, catalogue: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return order and number for the second products of the affinities, and for those of the season."""
    number = catalogue.reset_index().set_index(["taste", "place"])["index"]
    strong = [((taste, first), (taste, second)) for taste, (first, second) in AFFINITIES.items()]
    planted = [*((*pair, TAKES_BOTH, TAKES_SECOND_ALONE) for pair in strong), (*WEAK, TAKES_BOTH_WEAKLY, 0.0)]
    season = (yearly_season(orders["day"].to_numpy()) - 1) / SEASON["height"]
    chances = dict.fromkeys(SEASONAL, TAKES_AT_CHRISTMAS * season)
    for first, second, both, single in planted:
        with_first = orders["order"].isin(chosen.loc[chosen["number"] == number[first], "order"]).to_numpy()
        chances[second] = 1 - (1 - both * with_first) * (1 - single)
    return pd.concat(
        pd.DataFrame({"order": orders.loc[rng.random(len(orders)) < chance, "order"], "number": number[place]})
        for place, chance in chances.items()
    )


def _with_dirt(lines: pd.DataFrame, chances: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Add what is no purchase that a known customer kept; without it, exactly `lines` is left.

    `chances` are those of each line that some of it was sent back.
    """
    returned = lines[rng.random(len(lines)) < chances]
    units = 1 + rng.poisson(2, len(returned))
    bought = lines["quantity"].add(pd.Series(units, index=returned.index), fill_value=0).astype(int)
    back = returned.assign(quantity=-units, day=np.minimum(returned["day"] + rng.uniform(1, 30, len(returned)), DAYS))
    unmatched = _some(lines, "unmatched", rng)
    unmatched = unmatched.assign(quantity=-1, product="10002", description="INFLATABLE GLOBE")
    anonymous = _some(lines, "anonymous", rng).assign(customer=None)
    parts = [
        lines.assign(quantity=bought, kind="order"),
        back.assign(kind="cancellation"),
        unmatched.assign(kind="cancellation"),
        anonymous.assign(order=anonymous["order"] + len(lines), kind="order"),
        _some(lines, "free", rng).assign(price=0.0, quantity=1, kind="order"),
        _not_products(_some(lines.drop_duplicates("order"), "postage", rng), rng).assign(kind="order"),
    ]
    dirty = pd.concat(parts, ignore_index=True).rename_axis("number").reset_index()
    return pd.concat([dirty, _some(dirty, "repeated", rng)], ignore_index=True)


def _some(lines: pd.DataFrame, dirt: str, rng: np.random.Generator) -> pd.DataFrame:
    return lines[rng.random(len(lines)) < DIRT[dirt]]


def _not_products(lines: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    codes = rng.choice(list(NOT_PRODUCTS), len(lines))
    return lines.assign(
        product=codes,
        description=[NOT_PRODUCTS[code][0] for code in codes],
        price=[NOT_PRODUCTS[code][1] for code in codes],
        quantity=1,
    )


def _invoices(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines as they would stand in a file, by date: cancellations are invoices of their own."""
    date = (START + pd.to_timedelta(lines["day"], unit="D")).dt.floor("min")
    cancels = lines["kind"] == "cancellation"
    invoice = np.where(cancels, "C" + (900000 + lines["number"]).astype(str), (500000 + lines["order"]).astype(str))
    columns = ["invoice", "product", "description", "quantity", "date", "price", "customer", "country"]
    rows = lines.assign(date=date.astype("datetime64[us]"), invoice=invoice).sort_values(
        ["date", "invoice", "product"], kind="stable"
    )
    return rows[columns].reset_index(drop=True).rename_axis("row").reset_index()
