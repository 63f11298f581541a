"""What does the network of sponsors say in words, and what does it not?"""

import math

import pandas as pd

from helpers.certainty import FALSE_DISCOVERIES
from helpers.models.sponsor_growth import EARLY
from helpers.models.sponsor_influence import EVERYBODY, OTHERS, REVENUES, WITHOUT
from helpers.models.sponsor_network import CIRCLE, ORPHAN, SELF
from helpers.models.sponsor_success import FREE, MONEY, SHARE
from helpers.models.sponsor_tail import Tail
from helpers.wording import Formatter, count, fixed, listing, number, p_value, percent

FEW = 10  # sponsors on a side, below which a comparison says little
POOR_FIT = 0.1  # of the test of a power law (Clauset, Shalizi and Newman, 2009)


def on_tree(facts: dict[str, float]) -> str:
    """Say what the trees are like, by what `tree_facts` returns."""
    if not facts["sponsors"]:
        return f"None of {count(facts['members'], 'member')} has a recruit: there is no network."
    return (
        f"{count(facts['members'], 'member')} form {count(facts['trees'], 'tree')}; "
        f"{count(facts['alone'], 'member')} stand{'s' if facts['alone'] == 1 else ''} alone. "
        f"**{percent(facts['sponsors_share'])}** have a downline, with {number(facts['recruits_mean'])} direct "
        f"recruits on average and {number(facts['recruits_median'])} at the median. The deepest tree has "
        f"{count(facts['levels'], 'level')} below its root; the largest holds {count(facts['largest'], 'member')} "
        f"({percent(facts['largest_share'])})."
    )


def on_faults(summary: pd.DataFrame) -> str:
    """Say which ties no tree can hold and what was done with them, by what `fault_summary` returns."""
    rows = summary.set_index("fault")
    words = []
    if n := rows.loc[ORPHAN, "ties"]:
        who = count(rows.loc[ORPHAN, "sponsors"], "sponsor")
        words.append(f"{count(n, 'member')} name{'s' if n == 1 else ''} {who} not among the members")
    if n := rows.loc[SELF, "ties"]:
        words.append(
            f"{count(n, 'member')} {'is' if n == 1 else 'are'} named as {'the' if n == 1 else 'their'} own sponsor"
        )
    if n := rows.loc[CIRCLE, "ties"]:
        words.append(f"{count(n, 'member')} stand in {count(rows.loc[CIRCLE, 'circles'], 'circle')} of sponsors")
    if not words:
        return "Every sponsor is a member, nobody is the own sponsor, and no sponsors stand in a circle."
    cut = "; a circle is opened at the member whose id comes first" if rows.loc[CIRCLE, "ties"] else ""
    n = rows["cut"].sum()
    return f"{_capital(listing(words))}. {count(n, 'tie')} {'was' if n == 1 else 'were'} set aside{cut}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def on_tail(tail: Tail, concentration: pd.DataFrame, top: float) -> str:
    """Say how unevenly recruits are spread, and whether a power law describes the tail."""
    if not tail.sponsors:
        return "Nobody has a recruit, so there is nothing to be spread."
    share, gini = (row for _, row in concentration.iterrows())
    spread = (
        f"The {percent(top)} of the sponsors with the most recruits have **{percent(share['value'])}** of all "
        f"recruits (95 % interval {percent(share['low'])} to {percent(share['high'])}); the Gini coefficient is "
        f"{fixed(2)(gini['value'])} ({fixed(2)(gini['low'])} to {fixed(2)(gini['high'])})."
    )
    if math.isnan(tail.exponent):
        return f"{spread} {count(tail.sponsors, 'sponsor')} are too few, or too much alike, to describe a tail."
    return f"{spread} {_on_law(tail)} {_beside(tail)}"


def _on_law(tail: Tail) -> str:
    fits = tail.p_value >= POOR_FIT
    verdict = "which the data do not contradict" if fits else "but the data **contradict** a power law"
    return (
        f"From {count(tail.start, 'recruit')} on ({count(tail.in_tail)} of {count(tail.sponsors, 'sponsor')}) the "
        f"tail is nearest to a power law with an exponent of {fixed(2)(tail.exponent)} (95 % interval "
        f"{fixed(2)(tail.exponent_low)} to {fixed(2)(tail.exponent_high)}), {verdict} ({_p(tail.p_value)})."
    )


def _p(value: float) -> str:
    return f"p = {p_value(value)}".replace("= <", "< ")


def _beside(tail: Tail) -> str:
    if tail.ratio_p_value >= FALSE_DISCOVERIES:
        if tail.p_value < POOR_FIT:
            return "A lognormal tail fits no better: neither law is shown to hold."
        return "A lognormal tail fits about as well, so which law it is cannot be said."
    better, worse = ("power law", "lognormal") if tail.ratio > 0 else ("lognormal", "power law")
    return f"The {better} fits the tail better than a {worse} (Vuong's test, {_p(tail.ratio_p_value)})."


BY = {
    "recruits": "the most direct recruits",
    "branch": "the largest branch",
    "branch_revenue": "the most revenue below",
}


def on_top(table: pd.DataFrame, by: str, money: Formatter) -> str:
    """Say who leads by what `top_sponsors` returns, and how far the branches of the leaders hold each other."""
    if table.empty:
        return "There is no sponsor."
    first, within = table.iloc[0], int(table["under"].notna().sum())
    lead = (
        f"Sponsor {first['sponsor']} has {BY[by]}: {count(first['recruits'], 'direct recruit')}, a branch of "
        f"{count(first['branch'], 'member')} and {money(first['branch_revenue'])} of revenue below "
        f"({percent(first['branch_revenue_share'])} of all)."
    )
    if len(table) == 1:
        return lead
    if not within:
        return f"{lead} None of the {len(table)} listed stands below another."
    return f"{lead} {within} of the {len(table)} listed stand{'s' if within == 1 else ''} below another: " + (
        "the same members and money count for both, so the branches must not be added up."
    )


def on_next_degree(table: pd.DataFrame) -> str:
    """Say whether recruits of the top sponsors recruit more often than those of others, by `next_degree`."""
    others, top = table[table["sponsor"] == OTHERS].iloc[0], table[table["sponsor"] != OTHERS]
    recruits, recruiting = top["recruits"].sum(), top["recruiting"].sum()
    if not recruits:
        return "The sponsors listed have no recruits."
    lead = f"Of {count(recruits, 'recruit')} of the sponsors listed, {percent(recruiting / recruits)} recruit again"
    if not others["recruits"]:
        return f"{lead}; there are no other sponsors."
    above, under = (top["low"] > others["high"]).sum(), (top["high"] < others["low"]).sum()
    verdict = (
        f"{_some(above, len(top))} surely above them and {_some(under, len(top))} surely below"
        if above or under
        else f"none of the {len(top)} listed is surely apart from them"
        if len(top) > 1
        else "the one listed is not surely apart from them"
    )
    return (
        f"{lead}, against {percent(others['share'])} of the recruits of all other sponsors. By the 95 % intervals, "
        f"{verdict}. Members who joined long ago had more time to recruit, which this does not take into account."
    )


def _some(n: int, of: int) -> str:
    return f"{n or 'none'} of the {of} listed {'are' if n > 1 else 'is'}"


def on_success(table: pd.DataFrame, money: Formatter) -> str:
    """Say what sets the top sponsors apart in what does not hold the number of recruits, by `success_table`."""
    free = table[table["circular"] == FREE]
    if free["effect"].isna().all():
        return f"There are too few sponsors with {EARLY} dated recruits to compare the top ones with others."
    few = free.dropna(subset="effect")[["top_sponsors", "other_sponsors"]].max().min()
    found = free[free["q_value"] < FALSE_DISCOVERIES]
    warning = f" Only {count(few, 'sponsor')} could be compared on one side: a weak basis." if few < FEW else ""
    tried = count(free["p_value"].notna().sum(), "quantity", "quantities")
    if found.empty:
        return (
            f"Of {tried} that do not hold the number of recruits, **none** sets the top sponsors surely apart from "
            f"others who began at the same time.{warning} There is nothing here to emulate."
        )
    words = [_difference(row, money) for _, row in found.iterrows()]
    return (
        f"Of {tried} that do not hold the number of recruits, **{len(found)}** set{'s' if len(found) == 1 else ''} "
        f"the top sponsors apart from others who began at the same time: {'; '.join(words)}.{warning} That is an "
        "association: it does not show that doing the same would make a sponsor grow."
    )


def _difference(row: pd.Series, money: Formatter) -> str:
    write = {SHARE: percent, MONEY: money}.get(str(row["worth"]), number)
    more = "higher" if row["effect"] > 0 else "lower"
    return (
        f"{row['quantity']} ({more}: {write(row['top_mean'])} against {write(row['others_mean'])} on average; effect "
        f"{_signed(row['effect'])}, 95 % interval {_signed(row['effect_low'])} to {_signed(row['effect_high'])}, "
        f"{strength(row['effect'])})"
    )


def _signed(value: float) -> str:
    return f"{'−' if round(value, 2) < 0 else ''}{fixed(2)(abs(value))}"


def strength(effect: float) -> str:
    """Return how strong a rank biserial correlation is in words, by the limits of Vargha and Delaney (2000)."""
    limits = {"negligible": 0.12, "small": 0.28, "medium": 0.42}
    return next((word for word, limit in limits.items() if abs(effect) < limit), "large")


def on_pace(table: pd.DataFrame) -> str:
    """Say how fast the top sponsors were in their first year, and why that proves little, by `success_table`."""
    row = table.set_index("quantity").loc["recruits in the first 12 months after joining"]
    if math.isnan(row["effect"]):
        return "There are too few sponsors to compare their first years."
    return (
        f"In their first 12 months, the top sponsors brought {fixed(1)(row['top_mean'])} recruits on average, "
        f"against {fixed(1)(row['others_mean'])} of other sponsors who joined in the same year and have {EARLY} "
        "dated recruits. That is circular: early recruits are part of the number that makes them top."
    )


def on_persistence(table: pd.DataFrame, correlation: dict[str, float]) -> str:
    """Say whether a fast first year is followed by a fast second one, by `persistence` and its correlation."""
    rho, low, high = (correlation[name] for name in ("rho", "rho_low", "rho_high"))
    if math.isnan(rho):
        return "Too few sponsors could be watched for two years to say whether a fast start lasts."
    seen = table[table["sponsors"] > 0]
    words = [
        f"{count(row.sponsors, 'sponsor')} with {row.first_year} in the first year brought "
        f"{number(row.second_mean, 2)} in the second"
        for row in seen.itertuples()
    ]
    verdict = (
        "**A fast start lasts**, on the whole"
        if low > 0
        else "**A fast start is followed by a slower second year** than a slow start"
        if high < 0
        else "A fast start is **not surely** followed by a faster second year"
    )
    return (
        f"{verdict}: over {count(correlation['sponsors'], 'sponsor')}, the recruits of the first and of the second "
        f"year have a rank correlation of {_signed(rho)} (95 % interval {_signed(low)} to {_signed(high)}). On "
        f"average, {listing(words)}. Nobody is left out for a poor second year, so this does not hold what it should "
        "show."
    )


def on_influence(table: pd.DataFrame, top: float, money: Formatter) -> str:
    """Say how concentrated revenue is, and what the largest branch brings, by `revenue_concentration`."""
    rows = table.set_index(["members_counted", "of"])
    own, _, branch = (rows.loc[(EVERYBODY, of)] for of in REVENUES)
    if not own["members"]:
        return "No member has bought anything."
    lead = (
        f"The {percent(top)} of the buyers who spend most bring {percent(own['top_share'])} of the revenue (95 % "
        f"interval {percent(own['top_share_low'])} to {percent(own['top_share_high'])})."
    )
    if not branch["members"]:
        return f"{lead} Nobody has revenue below."
    left = rows.loc[(WITHOUT, REVENUES[0])]
    gone = float(own["revenue"] - left["revenue"])
    return (
        f"{lead} The sponsor with the most revenue below and the branch bring **{money(gone)}** "
        f"({percent(gone / float(own['revenue']))} of all). {_without(branch, rows.loc[(WITHOUT, REVENUES[2])])}"
    )


def _without(branch: pd.Series, rest: pd.Series) -> str:
    if not rest["members"]:
        return "Without them, nobody has revenue below."
    return (
        f"The Gini coefficient of the revenue below is {fixed(2)(branch['gini'])} with them and "
        f"{fixed(2)(rest['gini'])} without; it counts a purchase for everybody above the buyer."
    )
