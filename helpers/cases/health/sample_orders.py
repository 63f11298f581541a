"""When, where and by which channel do the members order?

In the window of eighteen months every member orders in the half-years in which the plan of movement has them active.
The rows before the window fill the table up. In all years more is ordered in spring than in autumn.
"""

import numpy as np
import pandas as pd

from helpers.cases.health.sample_members import BUILDER, FIRST_MONTH, HALVES, INACTIVE, OCCASIONAL, SEGMENTS, STARTER

ORIGIN = np.datetime64("2020-01-01")  # days are counted from here
FIRST_ROWS, LAST_ROWS_BEFORE, WINDOW = "2020-01-01", "2021-06-01", "2022-01-01"
BOUNDS = ("2022-01-01", "2022-07-01", "2023-01-01", "2023-07-01")  # of the half-years
VISITS, LEAST_MORE = 3.4, 1.45  # of occasional buyers: mean in all, and least mean in a half-year beyond the first
SECOND_VISIT = 0.9  # chance that who would order once in all orders twice
SPREAD = 2.0  # shape of how unlike the members are before the window
TIER_VISITS = {"": 0.0, "builder": 7.4, "leader": 17.5, "bulk": 20.0}  # mean in a half-year, beyond the first
TIER_SPREAD = 5.0
BURST = 100  # days of a half-year within which occasional buyers order
AT_MONTH_END, LAST_DAYS = 0.35, 3  # of first orders, and which days are the end
CENTRES = [f"C{number:02d}" for number in range(1, 13)]
CENTRE_SHARES = np.array([0.24, 0.16, 0.13, 0.10, 0.09, 0.07, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01])
SEASON, PEAK, YEAR = 0.35, 80, 365.25  # share above the mean at the peak, its day of the year, days
EARLIER_ACTIVE = 0.6  # share of the other members who ordered at all


def day_of(dates: object) -> np.ndarray:
    """Return whole days since ORIGIN."""
    return (np.asarray(dates, dtype="datetime64[D]") - ORIGIN).astype(int)


def orders_in_window(members: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return member (a row of members), day (since ORIGIN) and is_starter, an order each row, by member and day.

    Copies of members have no orders of their own.
    """
    active = members[list(HALVES)].to_numpy() & (members["copy_of"].to_numpy() < 0)[:, None]
    visits = np.where(active, _visits(members, active, rng), 0)
    row, half = np.nonzero(visits)
    row, half = (np.repeat(values, visits[row, half]) for values in (row, half))
    orders = pd.DataFrame({"member": row, "day": _days(members, row, half, rng)})
    orders = orders.sort_values(["member", "day"], kind="stable", ignore_index=True)
    first = ~orders["member"].duplicated().to_numpy()
    late = first & (rng.random(len(orders)) < AT_MONTH_END)
    month_end = day_of((ORIGIN + orders["day"].to_numpy()).astype("datetime64[M]") + 1)
    late_day = month_end - rng.integers(1, LAST_DAYS + 1, len(orders))
    orders["day"] = np.where(late, late_day, orders["day"])
    is_starter = (members["segment"].to_numpy() == STARTER)[orders["member"]]
    return orders.assign(is_starter=first & is_starter)


def _visits(members: pd.DataFrame, active: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return how often each would order in each half-year if active, members x HALVES."""
    n, segment = len(members), members["segment"].to_numpy()
    n_active = np.maximum(active.sum(axis=1), 1)
    visits = 1 + rng.poisson(np.maximum(VISITS / n_active - 1, LEAST_MORE)[:, None], active.shape)
    single = (n_active == 1)[:, None] & (visits == 1)
    visits += single & (rng.random(active.shape) < SECOND_VISIT)
    tier = members["tier"].map(TIER_VISITS).to_numpy(dtype=float)
    many = 1 + rng.poisson((tier * rng.gamma(TIER_SPREAD, 1 / TIER_SPREAD, n))[:, None], active.shape)
    return np.where((segment == BUILDER)[:, None], many, np.where((segment == STARTER)[:, None], 1, visits))


def _days(members: pd.DataFrame, row: np.ndarray, half: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return days in the half-year and not before joining; starters order in the month of joining."""
    bounds = day_of(list(BOUNDS))
    joined_month = members["join_month"].to_numpy()[row]
    joined = day_of(FIRST_MONTH + joined_month)
    low, high = np.maximum(bounds[half], joined), bounds[half + 1]
    occasional = members["segment"].to_numpy()[row] == OCCASIONAL
    longest = np.where(occasional, BURST, len(HALVES) * 366)
    low = low + np.floor(rng.random(len(members))[row] * np.maximum(high - low - longest, 0)).astype(int)
    high = np.minimum(high, low + longest)
    starts = (members["segment"].to_numpy()[row] == STARTER) & (joined >= bounds[half])
    high = np.where(starts, day_of(FIRST_MONTH + joined_month + 1), high)
    return in_season(low, high, rng)


def season(day: np.ndarray) -> np.ndarray:
    """Return how many times the mean is ordered on days since ORIGIN, by the time of the year."""
    return 1 + SEASON * np.cos(2 * np.pi * (day - PEAK) / YEAR)


def in_season(low: np.ndarray, high: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a day from each low until before the high, the likelier the more is ordered at that time of the year."""
    reached = np.cumsum(season(np.arange(high.max())))
    before = np.where(low > 0, reached[low - 1], 0.0)
    wanted = before + rng.random(len(low)) * (reached[high - 1] - before)
    return np.clip(np.searchsorted(reached, wanted, side="right"), low, high - 1)


def orders_before(members: pd.DataFrame, n_orders: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return exactly `n_orders` orders from 2020 to May 2021, as `orders_in_window` does.

    Who joined more than once ago ordered the more, by the months of membership within that time.
    """
    first, end = day_of([FIRST_ROWS, LAST_ROWS_BEFORE])
    low = np.maximum(first, day_of(FIRST_MONTH + members["join_month"].to_numpy()))
    segment = members["segment"].to_numpy()
    weight = SEGMENTS["earlier"].to_numpy()[segment] * np.maximum(end - low, 0)
    asleep = (segment == INACTIVE) & (rng.random(len(members)) >= EARLIER_ACTIVE)
    weight = np.where(asleep | (members["copy_of"] >= 0), 0, weight * rng.gamma(SPREAD, 1 / SPREAD, len(members)))
    cumulative = np.cumsum(weight)
    member = np.searchsorted(cumulative, rng.random(n_orders) * cumulative[-1], side="right")
    day = in_season(low[member], np.full(n_orders, end), rng)
    orders = pd.DataFrame({"member": member, "day": day}).sort_values(["member", "day"], ignore_index=True)
    newcomer = (low > first)[orders["member"]] & ~orders["member"].duplicated().to_numpy()
    return orders.assign(is_starter=newcomer & (rng.random(n_orders) < 0.5))


def places(members: pd.DataFrame, orders: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return centre (a place in CENTRES) and online (bool) for each order.

    Members have a centre of their own and are at times at another; many order only online or only there.
    """
    segment, n = members["segment"].to_numpy(), len(members)
    home = rng.choice(len(CENTRES), n, p=CENTRE_SHARES)
    never_online, never_offline, away = (
        SEGMENTS[name].to_numpy()[segment] for name in ("never_online", "never_offline", "away")
    )
    kind = rng.random(n)
    leaning = np.where(kind < never_online, 0.0, np.where(kind < never_online + never_offline, 1.0, 0.5))
    who = orders["member"].to_numpy()
    elsewhere = rng.random(len(orders)) < away[who]
    centre = np.where(elsewhere, rng.integers(0, len(CENTRES), len(orders)), home[who])
    return pd.DataFrame({"centre": centre, "online": rng.random(len(orders)) < leaning[who]})
