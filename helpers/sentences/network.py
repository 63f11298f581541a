"""What does the network of sponsors say in words, and what does it not?"""

import math

import pandas as pd

from helpers.certainty import FALSE_DISCOVERIES
from helpers.models.network.growth import EARLY
from helpers.models.network.heavy_tail import Tail, top_count
from helpers.models.network.influence import EVERYBODY, OTHERS, REVENUES, WITHOUT
from helpers.models.network.success import FREE, MONEY, SHARE
from helpers.models.network.trees import CIRCLE, ORPHAN, SELF
from helpers.sentences.pieces import by_ends, ends, interval
from helpers.wording import (
    Formatter,
    capitalised,
    count,
    fixed,
    listing,
    number,
    p_value,
    percent,
    person,
    two_decimals,
)

FEW = 10  # sponsors on a side, below which a comparison says little
FEW_CUSTOMERS = 30  # of a branch, below which its share says little
POOR_FIT = 0.1  # of the test of a power law (Clauset, Shalizi and Newman, 2009)
UNTESTED = "Whether the lognormal itself holds was not tested."
BY = {
    "recruits": "the most direct recruits",
    "branch": "the largest branch",
    "branch_revenue": "the most revenue below",
}


def on_tree(facts: dict[str, float]) -> str:
    """Say what the trees are like, by what `tree_facts` returns."""
    if not facts["sponsors"]:
        return f"None of {count(facts['members'], 'member')} has a recruit: there is no network."
    return (
        f"{count(facts['members'], 'member')} form {count(facts['trees'], 'tree')}; "
        f"{count(facts['alone'], 'member')} stand{'s' if facts['alone'] == 1 else ''} alone. "
        f"⟦{percent(facts['sponsors_share'])}⟧ have a downline, with {number(facts['recruits_mean'])} direct "
        f"recruits on average and {number(facts['recruits_median'])} at the median. The deepest tree has "
        f"{count(facts['levels'], 'level')} below its root; the largest holds {count(facts['largest'], 'member')} "
        f"({percent(facts['largest_share'])})."
    )


def on_faults(summary: pd.DataFrame) -> str:
    """Say which ties no tree can hold and what was done with them, by what `fault_summary` returns.

    Examples
    --------
    >>> counts = {"ties": [3, 1, 0], "cut": [3, 1, 0], "sponsors": [2, 1, 0], "circles": 0}
    >>> print(on_faults(pd.DataFrame({"fault": [ORPHAN, SELF, CIRCLE]} | counts)))
    3 members name 2 sponsors not among the members and 1 member is named as the own sponsor. 4 ties were set aside.
    """
    rows = summary.set_index("fault")
    words = []
    if n := rows.loc[ORPHAN, "ties"]:
        who = count(rows.loc[ORPHAN, "sponsors"], "sponsor")
        words.append(f"{count(n, 'member')} name{'s' if n == 1 else ''} {who} not among the members")
    if n := rows.loc[SELF, "ties"]:
        named = "is named as the" if n == 1 else "are named as their"
        words.append(f"{count(n, 'member')} {named} own sponsor")
    if n := rows.loc[CIRCLE, "ties"]:
        words.append(f"{count(n, 'member')} stand in {count(rows.loc[CIRCLE, 'circles'], 'circle')} of sponsors")
    if not words:
        return "Every sponsor is a member, nobody is the own sponsor, and no sponsors stand in a circle."
    cut = "; a circle is opened at the member whose id comes first" if rows.loc[CIRCLE, "ties"] else ""
    n = rows["cut"].sum()
    return f"{capitalised(listing(words))}. {count(n, 'tie')} {'was' if n == 1 else 'were'} set aside{cut}."


def on_tail(tail: Tail, concentration: pd.DataFrame, top: float) -> str:
    """Say how unevenly recruits are spread, and whether that is more than chance; `on_law` has the numbers."""
    if not tail.sponsors:
        return "Nobody has a recruit, so there is nothing to be spread."
    n = top_count(tail.sponsors, top)
    who = "sponsor with the most recruits has" if n == 1 else f"{count(n)} sponsors with the most recruits have"
    spread = f"The {who} ⟦{percent(concentration['value'].iloc[0])}⟧ of all recruits."
    if math.isnan(tail.exponent):
        return f"{spread} {count(tail.sponsors, 'sponsor')} are too few, or too much alike, to say if that is chance."
    by_lot = "if newcomers chose their sponsor at random"
    if _is_heavy(tail):
        return f"{spread} ⟦The largest sponsors have more recruits than {by_lot}⟧."
    return f"{spread} That the largest sponsors have more recruits than {by_lot} is ⟦not shown⟧."


def _is_heavy(tail: Tail) -> bool:
    return tail.light_p_value < FALSE_DISCOVERIES


def on_law(tail: Tail, concentration: pd.DataFrame) -> str:
    """Say which law the large numbers of recruits follow, and how uneven all of them are."""
    if math.isnan(tail.exponent):
        return "No law can be told from so few sponsors, or from sponsors so much alike."
    share, gini = (row for _, row in concentration.iterrows())
    rough = "rough " if _is_heavy(tail) else ""
    spread = (
        f"The share of the sponsors with the most recruits has a {rough}{interval(share, percent)}. The Gini "
        f"coefficient of the recruits is {fixed(2)(gini['value'])} ({ends(gini, fixed(2))})."
    )
    return f"{spread} {_on_law(tail)} {_beside(tail)}" if _is_heavy(tail) else f"{spread} {_on_lot(tail)}"


def _in_tail(tail: Tail) -> str:
    sponsors = f"{count(tail.in_tail)} of {count(tail.sponsors, 'sponsor')}"
    return f"From {count(tail.start, 'recruit')} on ({sponsors})"


def _on_lot(tail: Tail) -> str:
    return (
        f"{_in_tail(tail)} a power law (a heavy tail) fits no better than a geometric law, which a choice at random "
        f"would give (Vuong's test, {_p(tail.light_p_value)})."
    )


def _on_law(tail: Tail) -> str:
    verdict = "do not contradict" if tail.p_value >= POOR_FIT else "⟦contradict⟧"
    return (
        f"{_in_tail(tail)} the data {verdict} a power law ({_p(tail.p_value)}); the one nearest to them has an "
        f"exponent of {fixed(2)(tail.exponent)} (95 % interval {fixed(2)(tail.exponent_low)} to "
        f"{fixed(2)(tail.exponent_high)})."
    )


def _p(value: float) -> str:
    return f"p = {p_value(value)}".replace("= <", "< ")


def _beside(tail: Tail) -> str:
    better, worse = ("power law", "lognormal") if tail.ratio > 0 else ("lognormal", "power law")
    vuong = f"(Vuong's test, {_p(tail.ratio_p_value)})"
    if tail.ratio_p_value < FALSE_DISCOVERIES:
        untested = UNTESTED if better == "lognormal" else ""
        return f"The {better} fits the tail better than a {worse} {vuong}. {untested}".rstrip()
    leaning = f"the data lean to the {better}" if tail.ratio else "the data lean to neither"
    untold = UNTESTED if tail.p_value < POOR_FIT else "So which law it is cannot be said."
    return f"A lognormal tail is not surely better, and not surely worse {vuong}; {leaning}. {untold}"


def on_top(table: pd.DataFrame, by: str, money: Formatter) -> str:
    """Say who leads by what `top_sponsors` returns, and how far the branches of the leaders hold each other."""
    if table.empty:
        return "There is no sponsor."
    first, within = table.iloc[0], int(table["under"].notna().sum())
    lead = (
        f"Sponsor {person(first['sponsor'])} has {BY[by]}: {count(first['recruits'], 'direct recruit')}, a branch of "
        f"{count(first['branch'], 'member')} and {money(first['branch_revenue'])} of revenue below "
        f"({percent(first['branch_revenue_share'])} of all)."
    )
    if len(table) == 1:
        return lead
    if not within:
        return f"{lead} None of the {len(table)} listed stands below another."
    return (
        f"{lead} {within} of the {len(table)} listed stand{'s' if within == 1 else ''} below another: the same "
        "members and money count for both, so the branches must not be added up."
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
    return (
        f"{lead}, against {percent(others['share'])} of the recruits of all other sponsors. Tested together, "
        f"{_apart(top, others)}. Members who joined long ago had more time to recruit, which this does not take into "
        "account."
    )


def _apart(top: pd.DataFrame, others: pd.Series) -> str:
    """Say how many of the sponsors listed have a share that is surely another than that of all others."""
    sure = top[top["q_value"] < FALSE_DISCOVERIES]
    above = (sure["share"] > others["share"]).sum()
    under = len(sure) - above
    if above or under:
        return f"{_some(above, len(top))} surely above them and {_some(under, len(top))} surely below"
    if len(top) > 1:
        return f"none of the {len(top)} listed is surely apart from them"
    return "the one listed is not surely apart from them"


def _some(n: int, of: int) -> str:
    return f"{n or 'none'} of the {of} listed {'are' if n > 1 else 'is'}"


def on_branch_retention(table: pd.DataFrame) -> str:
    """Say whether customers in the branches of the top sponsors come back more often, by `branch_retention`."""
    others, top = table[table["sponsor"] == OTHERS].iloc[0], table[table["sponsor"] != OTHERS]
    known = top[top["customers"] > 0]
    if known.empty:
        return "Nobody in the branches of the sponsors listed bought in an earlier half-year."
    first = known.iloc[0]
    lead = (
        f"Of the customers in the branch of sponsor {person(first['sponsor'])} who bought in an earlier half-year "
        f"({count(first['customers'])}), {percent(first['share'])} ({ends(first, percent)}) bought in the last one"
    )
    if not others["customers"]:
        return f"{lead}; there are no others to compare with."
    few = int((known["customers"] < FEW_CUSTOMERS).sum())
    warning = (
        f" ⟦{few}⟧ of the {count(len(known), 'branch', 'branches')} {'holds' if few == 1 else 'hold'} fewer than "
        f"{FEW_CUSTOMERS} such customers, so that only large differences could be seen there."
    )
    return (
        f"{lead}, against {percent(others['share'])} ({ends(others, percent)}) below none of those listed. "
        f"{_beside_expected(known)}{warning if few else ''} A member below two of those listed counts for both."
    )


def _beside_expected(rows: pd.DataFrame) -> str:
    """Say how many of the branches have a share that is surely apart from what is expected of their customers."""
    above, under = int((rows["above_expected_low"] > 0).sum()), int((rows["above_expected_high"] < 0).sum())
    surely = f"{_some(above, len(rows))} surely above that and {_some(under, len(rows))} surely below"
    told = " Segments do not tell all that makes customers differ, so that this need not be the sponsor's doing."
    if not above and not under:
        surely, told = "no branch is surely apart from that", ""
    likely = rows["expected"].iloc[0]
    would = "" if math.isnan(likely) else f", {percent(likely)} would have in this branch"
    return (
        "Branches differ in whom they hold: if all came back as often as others who were last in the same segment "
        f"and as long ago{would}. By intervals that hold for all of them together, ⟦{surely}⟧.{told}"
    )


def on_copying(table: pd.DataFrame) -> str:
    """Say in short in what the top sponsors differ from others, and why that is no recipe, by `success_table`."""
    free = table[table["circular"] == FREE]
    if free["effect"].isna().all():
        return "There are too few sponsors to say what the top ones do otherwise."
    found = free.loc[free["q_value"] < FALSE_DISCOVERIES, "quantity"]
    if found.empty:
        return "⟦Nothing sets the top sponsors apart⟧ that could be copied, as far as these data tell."
    return (
        f"⟦The top sponsors differ from others in {listing(found)}⟧. That does not show that a sponsor who does the "
        "same will grow."
    )


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
            f"Of {tried} that do not hold the number of recruits, ⟦none⟧ sets the top sponsors surely apart from "
            f"others who began at the same time.{warning} {_not_ruled_out(free)}"
        )
    words = [_difference(row, money) for _, row in found.iterrows()]
    return (
        f"Of {tried} that do not hold the number of recruits, ⟦{len(found)}⟧ set{'s' if len(found) == 1 else ''} "
        f"the top sponsors apart from others who began at the same time: {'; '.join(words)}.{warning} That is an "
        "association: it does not show that doing the same would make a sponsor grow."
    )


def _not_ruled_out(free: pd.DataFrame) -> str:
    """Say how large a difference may still be, by the widest of the intervals."""
    known = free.dropna(subset=["effect_low", "effect_high"])
    absence = "that none was found does not show that there is none"
    if known.empty:
        return f"No interval could be told, and {absence}."
    most = float(known[["effect_low", "effect_high"]].abs().max(axis=None))
    n = count(known["top_sponsors"].max(), "top sponsor")
    return f"With {n} compared, a {_strength(most)} difference may have gone unseen: {absence}."


def _difference(row: pd.Series, money: Formatter) -> str:
    write = {SHARE: percent, MONEY: money}.get(str(row["worth"]), number)
    more = "higher" if row["effect"] > 0 else "lower"
    return (
        f"{row['quantity']} ({more}: {write(row['top_mean'])} against {write(row['others_mean'])} on average, a "
        f"{_strength(row['effect'])} difference)"
    )


def _strength(effect: float) -> str:
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
    if math.isnan(correlation["rho"]):
        return "Too few sponsors could be watched for two years to say whether a fast start lasts."
    seen = table[table["sponsors"] > 0]
    words = [
        f"{count(row.sponsors, 'sponsor')} with {row.first_year} in the first year brought "
        f"{number(row.second_mean, 2)} in the second"
        for row in seen.itertuples()
    ]
    verdict = by_ends(
        correlation,
        f"⟦Fast starters stay ahead of others⟧, {_slowing(seen.iloc[-1])}",
        "⟦A fast start is followed by a slower second year⟧ than a slow start",
        "A fast start is ⟦not surely⟧ followed by a faster second year",
        "rho",
    )
    return (
        f"{verdict}: over {count(correlation['sponsors'], 'sponsor')}, the recruits of the first and of the second "
        f"year have a rank correlation of {two_decimals(correlation['rho'])} "
        f"({interval(correlation, two_decimals, 'rho')}). On average, {listing(words)}. Nobody is left out for a "
        "poor second year, so this is not circular."
    )


def _slowing(fast: pd.Series) -> str:
    """Say what becomes of the pace of the fastest starters, a row of `persistence`."""
    change, who = fast["second_mean"] / fast["first_mean"] - 1, f"those with {fast['first_year']} in the first year"
    pace = f"about {percent(-change)} fewer" if change < 0 else "no fewer"
    return f"{'but' if change < 0 else 'and'} {who} bring ⟦{pace}⟧ in the second"


def on_influence(table: pd.DataFrame, top: float, money: Formatter) -> str:
    """Say how concentrated revenue is, and what the largest branch brings, by `revenue_concentration`."""
    rows = table.set_index(["members_counted", "of"])
    own, _, branch = (rows.loc[(EVERYBODY, of)] for of in REVENUES)
    if not own["members"]:
        return "No member has bought anything."
    n = top_count(int(own["members"]), top)
    lead = (
        f"The {count(n, 'buyer')} who {'spends' if n == 1 else 'spend'} most, {percent(n / own['members'], 1)} of "
        f"all, {'brings' if n == 1 else 'bring'} {percent(own['top_share'])} of the revenue "
        f"({interval(own, percent, 'top_share')})."
    )
    if not branch["members"]:
        return f"{lead} Nobody has revenue below."
    left = rows.loc[(WITHOUT, REVENUES[0])]
    gone = float(own["revenue"] - left["revenue"])
    rest = rows.loc[(WITHOUT, REVENUES[2])]
    without = (
        f"The Gini coefficient of the revenue below is {fixed(2)(branch['gini'])} with them and "
        f"{fixed(2)(rest['gini'])} without; it counts a purchase for everybody above the buyer."
        if rest["members"]
        else "Without them, nobody has revenue below."
    )
    return (
        f"{lead} The sponsor with the most revenue below, together with that sponsor's branch, brings "
        f"⟦{money(gone)}⟧ ({percent(gone / float(own['revenue']))} of all). {without}"
    )
