"""Whom does the programme welcome, where are its doors, and what must it achieve to pay?"""

import pandas as pd

from helpers.wording import Formatter, count, listing, percent

YEAR = 365.25  # days


def on_members(segments: pd.DataFrame) -> str:
    """Say who is to be welcomed, how many they are and what they bring, from `named_segments`."""
    best = segments.iloc[0]
    return (
        f"**Who?** The {count(best['customers'], 'customer')} of the segment {best['name']}, "
        f"{percent(best['customers_share'], 1)} of all. They bring "
        f"{percent(best['revenue_share'], 1)} of the revenue."
    )


def entry_limits(features: pd.DataFrame, best: pd.Series, share: float) -> pd.Series:
    """Return the revenue, ticket and quantity that a given share of the best segment reaches, each by itself.

    Parameters
    ----------
    features : DataFrame, by customer
    best : Series of bool, by customer
        Who belongs to the best segment.
    share : float
        From 0 to 1.
    """
    return features.loc[best, ["revenue", "ticket", "quantity"]].quantile(1 - share)


def on_limits(limits: pd.Series, share: float, entry: float, removal: float, days: int, money: Formatter) -> str:
    """Say where the doors of the programme are.

    Parameters
    ----------
    limits : Series
        Of `entry_limits`, over the whole period.
    share : float
        With which they were made.
    entry, removal : float
        Limits of the revenue within `days`, for coming in and for leaving.
    money : formatter
        Writes amounts.
    """
    words = [
        f"{money(limits['revenue'])} in all",
        f"{money(limits['ticket'])} an order",
        f"{count(limits['quantity'], 'item')} in all",
    ]
    apart = f"and who falls below {money(removal)} leaves" if removal < entry else "and who falls below it leaves"
    return (
        f"**When does one come in, and when does one leave?** {percent(share)} of them reach "
        f"{listing(words)} over the whole period, each by itself. For the doors, revenue within "
        f"{count(days, 'day')} serves: who reaches {money(entry)} comes in, {apart}."
    )


def on_doors(features: pd.DataFrame, inside: pd.Series, segment: pd.Series, name: str) -> str:
    """Say how many members the doors make, what they bring, and how far they are the best segment.

    Parameters
    ----------
    features : DataFrame, by customer
        With revenue.
    inside : Series of bool, by customer
        Who is a member at the last review; who is not in it is none.
    segment : Series of bool, by customer
        Who is of the best segment.
    name : str
        What that is called.
    """
    member = inside.reindex(features.index, fill_value=False)
    share = features.loc[member, "revenue"].sum() / features["revenue"].sum()
    both = int((member & segment[features.index]).sum())
    return (
        f"**How many would that be?** {count(member.sum(), 'member')} at the last review, "
        f"{percent(member.mean(), 1)} of the customers, who brought "
        f"{percent(share, 1)} of the revenue. Doors and segment are not the same: "
        f"{count(both)} of the members are of the segment {name}, and {count(segment.sum() - both)} of that segment "
        f"stay outside."
    )


def yearly_revenue(features: pd.DataFrame, inside: pd.Series, days: float) -> float:
    """Return what the members of `on_doors` bring a year, where `features` cover so many days."""
    member = inside.reindex(features.index, fill_value=False)
    return float(features.loc[member, "revenue"].sum() * YEAR / days)


def break_even(margin: float, reward: float) -> float:
    """Return by which share members must buy more for a reward to pay.

    Parameters
    ----------
    margin, reward : float
        Shares of the revenue: what the shop keeps of it, and what it gives back to members. The members' revenue R
        earns margin x R without the programme, and (margin - reward) x (1 + more) x R with it.

    Returns
    -------
    float
        Infinite where the reward is as large as the margin.
    """
    return reward / (margin - reward) if reward < margin else float("inf")


def on_paying(revenue: float, margin: float, reward: float, money: Formatter) -> str:
    """Say what the programme costs, what it must achieve, and that nothing here guarantees it.

    Parameters
    ----------
    revenue : float
        Of the members, a year.
    margin, reward : float
        As for `break_even`.
    money : formatter
        Writes amounts.
    """
    more = break_even(margin, reward)
    need = (
        f"it pays only if members buy {percent(more, 1)} more than they would without it"
        if more < float("inf")
        else "it can never pay, since it gives back at least all that the shop keeps"
    )
    return (
        f"**What guarantees that it pays?** Nothing in these data. A reward of {percent(reward, 1)} of the members' "
        f"revenue costs {money(reward * revenue)} a year even if nobody changes; with a margin of {percent(margin)} "
        f"{need}. They are the customers who buy most anyway, so only a trial can tell: welcome a random half of "
        f"those who qualify, and compare."
    )
