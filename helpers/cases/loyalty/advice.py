"""What do the list of members, the plan and the lessons say to a manager, in words?"""

import math

import pandas as pd

from helpers.cases.loyalty.planning import NO_KIND, NONE
from helpers.cases.loyalty.programme import break_even
from helpers.cases.loyalty.published_recipe import RecipeOverSeeds
from helpers.cases.loyalty.welcome import SAME, STATUSES, Expected
from helpers.models.clustering.choice import FEATURES, eligible, is_clearer
from helpers.models.migration.revenue_tree import STEP
from helpers.sentences.experiments import on_advised_test
from helpers.wording import Formatter, capitalised, count, listing, percent, person, two_decimals


def on_list(table: pd.DataFrame, expected: Expected, money: Formatter) -> str:
    """Say how many have which status, and what all on the list are expected to bring, from `welcome_list`."""
    if table.empty:
        return "⟦Nobody is in⟧, coming, slipping or just out."
    sizes = table["status"].value_counts().reindex(STATUSES, fill_value=0)
    words = [f"⟦{count(number)}⟧ {status}" for status, number in sizes.items()]
    most = table.iloc[0]
    return (
        f"{capitalised(listing(words, len(words)))}. All {count(len(table))} on the list, in or out, should bring "
        f"⟦{money(table['expected'].sum())}⟧ in the next {count(expected.days, 'day')}. Most is expected of customer "
        f"{person(most['customer'])}, {money(most['expected'])}."
    )


def on_expected(expected: Expected, money: Formatter) -> str:
    """Say by which way the list is ordered and how it did on the last days, from `expected_revenue`."""
    rows = expected.tried.set_index("way")
    own, same = rows.loc[expected.way], rows.loc[SAME]
    if math.isnan(own["bias"]):
        return "Nobody bought in the last days, so the expected values could not be tried."
    better = own["mean_error"] < same["mean_error"]
    verdict = "nearer than" if better else "⟦no nearer⟧ than"
    last = "" if better else " So read the order of the list, and not the amounts."
    days, missed, alike = count(expected.days, "day"), money(own["mean_error"]), money(same["mean_error"])
    nearest = rows["mean_error"].idxmin()
    alone = f"; {nearest} alone would have missed by {money(rows['mean_error'].min())}"
    beaten = "" if nearest in (expected.way, SAME) else alone
    return (
        f"Expected is what {expected.way} brought, scaled to {days}. Tried on the last {days}, which the choice of "
        f"it had not seen, it missed by {missed} a customer, {verdict} {SAME} ({alike}){beaten}. In all it told "
        f"{two_decimals(own['bias'])} times what came. All amounts are times {two_decimals(expected.raised)}, the "
        f"mean of what came over what it told on two earlier days.{last}"
    )


def on_then_and_now(table: pd.DataFrame, day: pd.Timestamp) -> str:
    """Say from which segment of an earlier day those of today come, from `then_and_now`."""
    words = [
        f"{row.segment}: {percent(row.share)} were in {row.mostly}"
        if row.share > 0
        else f"{row.segment}: {f'only {count(row.known)} of {count(row.customers)}' if row.known else 'none'} known"
        for row in table.itertuples()
    ]
    return (
        f"The segments of {day:%-d %B %Y} carry that day in their names. Of those in today's segments who were "
        f"known then: {'; '.join(words)}."
    )


def on_tests(plan: pd.DataFrame, moved: pd.DataFrame, weeks: int) -> list[str]:
    """Advise a test for each segment for which no lever is within reach, from `action_plan` and `then_and_now`.

    What they would do by themselves is what the segment from which most of them come did in so many weeks.
    """
    known = moved.dropna(subset="active_share").set_index("segment")
    lost = plan.loc[(plan["lever"] == NONE) & (plan["reason"] != NO_KIND), "segment"]
    return [
        f"What would bring {name} back, or make them buy more, is not known. "
        + on_advised_test(
            f"customers of {name}", int(known.loc[name, "customers"]), float(known.loc[name, "active_share"]), weeks
        )
        for name in lost
        if name in known.index
    ]


def on_arithmetic(revenue: float, margin: float, reward: float, money: Formatter) -> str:
    """Set what the plan would earn if all members moved by its tenth beside what the reward costs.

    The revenue is that of the members in a year, margin and reward are as for `break_even`.
    """
    cost, gain = reward * revenue, (margin - reward) * STEP * revenue
    short = "⟦less than⟧" if gain < cost else "more than"
    need = break_even(margin, reward)
    then = f"; it takes {percent(need, 1)} more" if gain < cost and need < math.inf else ""
    return (
        f"If every member bought {percent(STEP)} more, that would earn {money(gain)} a year. That is {short} the "
        f"{money(cost)} of the reward{then}."
    )


def on_lessons(judged: pd.DataFrame, chosen: pd.Series, quality: pd.DataFrame, recipe: RecipeOverSeeds) -> list[str]:
    """Say what can be learned here of the source's three lessons, and of its claim of what separates well."""
    good, clear = int(eligible(judged).sum()), is_clearer(chosen)
    first = (
        f"⟦There is no right answer⟧: {count(good)} of {count(len(judged), 'finalist')} pass every test here, "
        f"{'and the rule says which is taken' if good else 'so the cut that is taken is a convenience'}. What "
        f"structureless data give is the measure: these clusters are {'clearer' if clear else 'no clearer'}."
    )
    rows = quality.set_index("embedding")
    seeds = rows.loc[rows.index.isin(["forest", "UMAP"]), "neighbour_overlap"].dropna()
    words = listing([f"{name} {percent(share)}" for name, share in seeds.items()])
    on_map = judged[judged["space"] == "forest"]["silhouette_in_features"].max()
    plain = judged[judged["space"] == FEATURES]["silhouette_in_features"].max()
    wins = on_map > plain
    second = (
        f"⟦Do trees make better maps than manifolds?⟧ Here the best cut on the forest's map has a silhouette of "
        f"{two_decimals(on_map)} in the features, and the best in the features themselves {two_decimals(plain)}: "
        f"{'the combination does separate better' if wins else 'the combination separates no better'}."
        if not math.isnan(on_map) and not math.isnan(plain)
        else "⟦Do trees make better maps than manifolds?⟧ No cut on the forest's map came so far as to be judged."
    )
    agreed = [recipe.agreement.iloc[i, j] for i in range(len(recipe.agreement)) for j in range(i)]
    third = "⟦Be careful with UMAP⟧: "
    third += f"of the nearest neighbours, maps of two seeds share {words}. " if words else ""
    if agreed:
        low, high = two_decimals(min(agreed)), two_decimals(max(agreed))
        reach = low if low == high else f"{low} to {high}"
        third += (
            f"With two seeds the published recipe agrees with itself by {reach} (adjusted Rand index; 1: the same)."
        )
    return [first, second, third.strip()]
