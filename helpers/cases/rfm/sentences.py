"""What do the segments say to a manager, in words?"""

import math
from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from helpers.cases.rfm.changes import SHIFT
from helpers.cases.rfm.hindsight import on_record, record
from helpers.cases.rfm.naming import LAPSED, NEW, is_new, is_seldom
from helpers.cases.rfm.summary import gini, top_share
from helpers.models.clustering.methods import is_clearer_than_null
from helpers.models.clustering.stability import STABLE
from helpers.models.recommenders import methods
from helpers.sentences.recommenders import on_better_list, on_lead, on_winner
from helpers.wording import Formatter, count, fixed, listing, percent

BEST = 0.2  # of the customers, whose share of the revenue is said
SEASONAL = 0.1  # of the orders; a larger change in the same days of two years is a season
SMALL = 10  # customers of a group
NEARLY_ALL = 0.95  # of the customers of a cluster


def on_data(kept: pd.Series, snapshot: date, money: Formatter) -> str:
    """Say how much is left after the last step of an audit, and from which day is looked back."""
    bought, spent = count(kept["customers_after"], "customer"), money(kept["revenue_after"])
    return f"⟦{bought}⟧ bought for {spent}. Days are counted back from {snapshot:%-d %B %Y}."


def on_loyalty_report(recent: pd.DataFrame, segments: pd.Series, kept: pd.Series, write: Formatter) -> str:
    """Say how the segment that spends most a head relates to revenue, which leads the loyalty report's segments.

    Parameters
    ----------
    recent
        `features.rfm.rfm_table` by customer.
    segments
        By customer.
    kept
        The last line of the cleaning's audit, with customers_after and revenue_after.
    """
    top = recent["monetary"].groupby(segments, observed=True).mean().idxmax()
    richest = recent["monetary"].rank(pct=True) > 0.8
    return (
        f"A loyalty report of the same lines counts the same {count(kept['customers_after'], 'customer')} and "
        f"{write(kept['revenue_after'])} over all days. It divides them by likeness, and its best segment is the one "
        f"that spent most. {percent(richest[segments == top].mean())} of {top} are among the fifth of customers with "
        f"the most revenue, and {percent((segments == top)[richest].mean())} of that fifth are {top}."
    )


def on_grid(rfm: pd.DataFrame, scores: pd.DataFrame, money: Formatter) -> list[str]:
    """Return the summary findings on frequency and recency, each computed, from the measures and their scores."""

    def group(members: pd.Series) -> str:
        revenue = rfm.loc[members, "monetary"].sum()
        share = percent(revenue / rfm["monetary"].sum())
        of_all = f"{count(members.sum(), 'customer')} ({percent(members.mean())} of active customers)"
        return f"{of_all}, with {money(revenue)} or {share} of active customers' revenue"

    frequency, recency, once = scores["frequency"], scores["recency"], rfm["frequency"] == 1
    best = int(rfm["monetary"].groupby(frequency).sum().idxmax())
    bought = rfm.loc[frequency == best, "frequency"]
    fewest = "" if bought.min() == bought.max() else f"{count(bought.min())} to "
    new, gone = is_new(rfm, scores), once & (recency <= 3)
    ratio = f": {gone.sum() / new.sum():.1f} for each recent one" if new.any() and gone.any() else ""
    return [
        f"Of the five frequency scores, ⟦score {best}⟧ ({fewest}{count(bought.max(), 'order')}) brings most: "
        f"{group(frequency == best)}.",
        f"Keep first those who buy often and bought lately (frequency and recency scores 4 and 5): "
        f"{group((frequency >= 4) & (recency >= 4))}.",
        f"Medium frequency (score 3): {group(frequency == 3)}. Those of them with a recency score "
        f"above 2, who could be tried with an incentive first: {group((frequency == 3) & (recency > 2))}.",
        f"A single order, and that a recent one (recency scores 4 and 5): {group(new)}. A single order that is not "
        f"recent: {count(gone.sum(), 'customer')}{ratio}.",
        f"Seldom and not lately (frequency and recency scores 1 and 2): {group(is_seldom(scores))}.",
    ]


def on_sizes(table: pd.DataFrame) -> str:
    """Say which segment is the largest and which brings most, from `segment_table`."""
    largest, richest = (table.loc[table[name].idxmax()] for name in ("customers", "revenue"))
    if largest["segment"] == richest["segment"]:
        return (
            f"⟦{largest['segment']}⟧ are the largest segment ({percent(largest['customers_share'])} of active "
            f"customers) and bring most ({percent(largest['revenue_share'])} of their revenue)."
        )
    return (
        f"⟦{richest['segment']}⟧ are {percent(richest['customers_share'])} of active customers and bring "
        f"{percent(richest['revenue_share'])} of their revenue. The largest segment, {largest['segment']}, is "
        f"{percent(largest['customers_share'])} of them and brings {percent(largest['revenue_share'])}."
    )


def on_groups(groups: pd.DataFrame, n_segments: int) -> str:
    """Say how many of the combinations of scores are empty or small, from `rfm_groups`."""
    some = groups.loc[groups["customers"] > 0, "customers"]
    return (
        f"Of {count(len(groups), 'combination')} of scores, {count(len(groups) - len(some))} hold nobody and "
        f"⟦{count((some < SMALL).sum())}⟧ of the others fewer than {SMALL} customers; the largest holds "
        f"{count(some.max())}. So few are no target of their own: {count(n_segments, 'segment')} take their place."
    )


def on_text(table: pd.DataFrame) -> str:
    """Say how far the study's text and its code draw different lines, from `by_text`."""
    gap = table["by_code"].sum() - table["by_text"].sum()
    changed = table.loc[table["by_text"] != table["by_code"], "segment"]
    if changed.empty:
        return "The study's text and its code draw the same lines between the segments."
    return (
        f"The study's text draws other lines than its code for {listing(changed)}: by the text, "
        f"{count(gap, 'customer')} would be in no segment. Ours are those of the code."
    )


def on_sensitivity(table: pd.DataFrame, scorings: pd.DataFrame, shift: float = SHIFT) -> str:
    """Say how many customers change segment when limits move, from `sensitivity`, or by quintiles.

    The latter are `scorings`, of `agreement_of_scorings`.
    """
    changes = table.set_index("measure")[["changed_if_lower", "changed_if_higher"]].max(axis=1)
    is_all = (table["cutoff"] == "all").to_numpy()
    changed, together = changes[~is_all], changes[is_all]
    words = [
        f"of {measure} by {'one order or more' if measure == 'frequency' else percent(shift)}, "
        f"{percent(shares.max(), 1)} of the customers at most"
        for measure, shares in changed.groupby(level=0, sort=False)
    ]
    by_fifths = _moved(scorings)
    most = ", the most of all that was tried" if by_fifths > changes.max() else ""
    emptied = [name for name in scorings if scorings.loc[name].any() and not scorings[name].any()]
    nobody = f", and nobody is left in {listing(emptied)}" if emptied else ""
    all_of_one = f" Where all limits of {together.idxmax()} move at once, {percent(together.max(), 1)} would."
    return (
        f"When a single limit moves, customers change segment: {'; '.join(words)}. By fifths of the customers "
        f"instead of limits, {percent(by_fifths, 1)} would change{most}{nobody}."
        f"{all_of_one if together.max() > by_fifths else ''}"
    )


def _moved(scorings: pd.DataFrame) -> float:
    return 1 - np.trace(scorings.to_numpy()) / scorings.to_numpy().sum()


def on_movement(table: pd.DataFrame, days: int) -> str:
    """Say how many customers stayed, moved, came and were lost, from `movement`."""
    old = table[table["before"] != NEW]
    if old.empty:
        return f"Nobody was a customer {count(days, 'day')} before."
    total = old["customers"].sum()
    stayed = old.loc[old["before"] == old["after"], "customers"].sum()
    lapsed = old.loc[old["after"] == LAPSED, "customers"].sum()
    came = table.loc[table["before"] == NEW, "customers"].sum()
    moved = total - stayed - lapsed
    return (
        f"Of {count(total, 'customer')} of {count(days, 'day')} before, {percent(stayed / total)} are in the same "
        f"segment, {percent(moved / total)} have moved to another, and {percent(lapsed / total)} have no order left "
        f"in the period that is looked back on; {count(came)} came or came back."
    )


def on_changes(table: pd.DataFrame, days: int) -> str:
    """Say in plain words how many customers left their segment, of which `on_movement` tells more."""
    old = table[table["before"] != NEW]
    if old.empty:
        return f"Nobody was a customer {count(days, 'day')} before."
    left = old.loc[old["before"] != old["after"], "customers"].sum() / old["customers"].sum()
    return f"In {count(days, 'day')}, ⟦{percent(left)}⟧ of the customers moved to another segment or were lost."


def is_seasonal(growth: pd.Series) -> bool:
    """Return whether orders grew, or shrank, by more than SEASONAL both now and a year before, from `growth`."""
    both = growth[["now", "year_before"]]
    return bool((both > SEASONAL).all() or (both < -SEASONAL).all())


def on_season(growth: pd.Series, days: int) -> str:
    """Say whether the season may have moved customers, from `growth`; nothing where no earlier days are known."""
    if math.isnan(growth["now"]):
        return ""
    now, year_before = (_more(growth[name]) for name in ("now", "year_before"))
    told = f"These {count(days, 'day')} held {now} orders than as many days before them"
    if math.isnan(growth["year_before"]):
        return f"{told}. Too little is known of the same days of another year, so a season may have moved customers."
    if is_seasonal(growth):
        return f"{told}, and a year earlier {year_before}: ⟦much of the movement may be the season⟧."
    return f"{told}, and a year earlier {year_before}: no season that comes back explains the movement."


def _more(share: float) -> str:
    return f"{percent(abs(share))} {_way(share)}"


def on_season_ahead(growth: pd.Series, days: int) -> str:
    """Say whether more or fewer may order again than did lately, from `growth`; nothing where no season is seen."""
    ahead, now, held = growth["ahead"], growth["now"], count(days, "day")
    if abs(ahead) > SEASONAL:
        then = f"A year before, the {held} that followed held {_more(ahead)} orders"
        return f"Who ordered again did so in the last {held}. {then}: {_way(ahead)} may come back in the next ones."
    if math.isnan(ahead) and abs(now) > SEASONAL:
        told = f"Who ordered again did so in {held} with {_more(now)} orders than as many before them"
        return f"{told}: in another season, {_way(-now)} may come back."
    return ""


def _way(share: float) -> str:
    return "more" if share > 0 else "fewer"


def on_season_alone(growth: pd.Series) -> str:
    """Say in plain words that much of the movement may be the season, where it `is_seasonal`."""
    way = "rose" if growth["now"] > 0 else "fell"
    return f"⟦Much of the movement of customers may be the season⟧: orders {way} in the same days a year before, too."


def on_join(published: pd.DataFrame, netted: pd.DataFrame, money: Formatter) -> str:
    """Say what the many-to-many join of cancellations costs, from both audits."""
    joined = published.set_index("step").loc["cancellations joined many to many"]
    theirs, ours = (audit.iloc[-1] for audit in (published, netted))
    gap = theirs["revenue_after"] - ours["revenue_after"]
    if joined["rows_before"] == joined["rows_after"] and gap == 0:
        return "The study's join of cancellations changes nothing on these data."
    return (
        f"The study joins cancellations to purchases many to many: {count(joined['rows_before'])} lines become "
        f"{count(joined['rows_after'])}. It ends at a revenue of {money(theirs['revenue_after'])} and "
        f"{count(theirs['customers_after'], 'customer')}; netting each cancellation once gives "
        f"{money(ours['revenue_after'])} and {count(ours['customers_after'])}, so the study's revenue is "
        f"{money(abs(gap))} ({percent(abs(gap) / ours['revenue_after'], 1)}) too {'high' if gap > 0 else 'low'}."
    )


def on_clusters(profiles: pd.DataFrame, money: Formatter) -> str:
    """Say what each cluster is like, from `cluster_profile`."""
    words = [
        f"cluster {row.cluster} ({row.name}; {percent(row.customers_share)} of active customers, "
        f"{percent(row.revenue_share)} of their revenue) last ordered {count(row.recency, 'day')} ago and has "
        f"{count(row.frequency, 'order')} for {money(row.monetary)}"
        for row in profiles.itertuples()
    ]
    return f"At the median, {listing(words, most=len(words))}."


def on_clusters_found(k: int, firmness: pd.DataFrame, beyond: bool) -> str:
    """Say in plain words whether k-means finds k groups of its own, from the table of `stability_beside_null`.

    `beyond` is whether these are more than two halves of the customers agree on.
    """
    row = firmness.set_index("clusters").loc[k]
    groups = f"The {count(k, 'group')} that clustering finds"
    if row["weakest"] < STABLE:
        return f"{groups} are ⟦not stable⟧: among other customers, others would come out."
    if not is_clearer_than_null(row):
        return f"{groups} are ⟦no clearer than those of chance⟧: a convenient division, not a discovery."
    if beyond:
        return f"{groups} are ⟦more than two halves of the customers agree on⟧: a convenient division, no discovery."
    return f"{groups} are ⟦more than chance⟧, and would be found again among other customers."


def on_agreement(crossed: pd.DataFrame) -> str:
    """Say how far the cluster tells the segment, from the customers by segment (rows) and cluster."""
    right, largest = crossed.max().sum() / crossed.sum().sum(), crossed.sum(axis=1).max() / crossed.sum().sum()
    return (
        f"A customer's group points to the right segment for ⟦{percent(right)}⟧ of customers; guessing the largest "
        f"segment would be right for {percent(largest)}."
    )


def on_order_counts(clusters: pd.Series, frequency: pd.Series, method: str) -> str:
    """Say in which clusters of a method nearly all have ordered as often, as the rules ask; nothing where in none."""
    usual = frequency.groupby(clusters).agg(lambda orders: orders.mode().iloc[0])
    share = (frequency == clusters.map(usual)).groupby(clusters).mean()
    alike = share.index[share >= NEARLY_ALL]
    if alike.empty:
        return ""
    words = [f"{cluster} ({count(usual[cluster], 'order')})" for cluster in alike]
    which = f"{'cluster' if len(alike) == 1 else 'clusters'} {listing(words)} of {method}"
    return (
        f"In {which}, with {percent(clusters.isin(alike).mean())} of active customers, (nearly) all have ordered as "
        f"often. The segments are cut by the number of orders, too: ⟦their agreement there confirms nothing⟧."
    )


def on_cluster_stability(method: str, profiles: pd.DataFrame) -> str:
    """Say which cluster of a method is the least sure to be found again, from its rows of `cluster_profiles`."""
    weak = profiles.loc[profiles["jaccard"].idxmin()]
    others = profiles["jaccard"].drop(weak.name)
    score = fixed(2)(others.min())
    rest = f"the others have at least {score}" if len(others) > 1 else f"the other has {score}"
    return (
        f"Of the clusters of {method}, {weak['cluster']} ({weak['name']}) is the least sure to be found again among "
        f"other customers (Jaccard index {fixed(2)(weak['jaccard'])}); {rest}."
    )


def on_concentration(revenue: pd.Series, best: float = BEST) -> str:
    """Say how much the best customers bring, from the revenue of each."""
    return (
        f"The best {percent(best)} of the customers bring {percent(top_share(revenue, best))} of the revenue; the "
        f"Gini coefficient is {gini(revenue):.2f} (0: all bring the same, 1: one brings all)."
    )


def on_scorings(agreement: pd.DataFrame) -> str:
    """Say how many customers fall into another segment by quintiles, from `agreement_of_scorings`."""
    pairs = agreement.rename_axis("source").reset_index().melt("source", var_name="target", value_name="customers")
    moved = pairs[pairs["source"] != pairs["target"]]
    most, n = moved.loc[moved["customers"].idxmax()], moved["customers"].sum()
    words = (
        f"; most often, {count(most['customers'])} of them, from {most['source']} to {most['target']}" if n else ""
    )
    share = percent(_moved(agreement))
    return f"By quintiles instead of fixed limits, {share} of the customers fall into another segment{words}."


def on_worth(values: pd.DataFrame, days: int, money: Formatter) -> str:
    """Say what all customers and the best segment are expected to spend in so many days, from `widened`."""
    (_, row), (_, best) = list(values.iterrows())[:2]
    total, low, high = (money(row[name]) for name in ("total", "total_low", "total_high"))
    return (
        f"In the next {count(days, 'day')} the models expect {total} from today's customers (by what earlier "
        f"forecasts missed, {low} to {high} with 95 %), of it {money(best['total'])} from {best['segment']}."
    )


def on_expected(values: pd.DataFrame, tested: pd.DataFrame, days: int, money: Formatter) -> str:
    """Say in plain words what customers may spend, of which `on_worth` tells the figures, and how that came true."""
    (_, row), (_, best) = list(values.iterrows())[:2]
    low, high = (money(row[name]) for name in ("total_low", "total_high"))
    return (
        f"Today's customers may spend ⟦{low} to {high}⟧ in {count(days, 'day')}. "
        f"Most is expected of {best['segment']}: about {money(best['total'])}."
        f"{on_record(record(tested, best['segment']))}"
    )


def on_published(compared: Mapping[str, pd.DataFrame]) -> str:
    """Say how many published figures are found again, from `reproduction`."""
    segments, grid = (compared[name]["agrees"] for name in ("segments", "grid"))
    return (
        f"On the published data, {count(segments.sum())} of {count(len(segments))} figures of the published segments "
        f"are found again. So are {count(grid.sum())} of {count(len(grid))} cells of the published grid."
    )


def on_lists(table: pd.DataFrame, periods: pd.DataFrame) -> list[str]:
    """Return whether lists are better than simple ones, in plain words, from `compared` and `lead_in_periods`."""
    if table.empty:
        return ["The lists cannot be judged: nobody bought both before the trial and after it began."]
    return [on_better_list(_by_ndcg(table, offered), offered, periods) for offered in methods.OFFERS]


def on_lists_in_figures(table: pd.DataFrame, periods: pd.DataFrame, k: int) -> list[str]:
    """Return the figures behind `on_lists`, of lists of k products."""
    if table.empty:
        return []
    leads = [on_lead(_by_ndcg(table, offered), offered, periods) for offered in methods.OFFERS]
    return list(dict.fromkeys([on_winner(table, methods.NEW, k), *leads]))


def _by_ndcg(table: pd.DataFrame, offered: str) -> pd.DataFrame:
    return table[(table["offered"] == offered) & (table["measure"] == "ndcg")]


def on_sure_pairs(pairs: pd.DataFrame) -> str:
    """Say in plain words how many of the nearest pairs of `beside` are advice, of which `on_pairs` tells more."""
    if pairs.empty:
        return "No two products share enough orders to be shown beside each other."
    if not pairs["sure"].any():
        return "Season and large orders explain ⟦all that is bought together⟧, so no pair of products is recommended."
    return (
        f"⟦{percent(_each_once(pairs)['sure'].mean())}⟧ of the closest pairs of products are bought together more "
        f"often than season and large orders explain. Only these are recommended."
    )


def _each_once(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs without those that stand there the other way round, too."""
    ends = [tuple(sorted(both)) for both in zip(pairs["product"], pairs["beside"], strict=True)]
    return pairs[~pd.Index(ends).duplicated()]


def on_pairs(pairs: pd.DataFrame, names: pd.Series) -> str:
    """Say how many of the nearest pairs of `beside` may go together by chance and season alone, and name one."""
    once = _each_once(pairs)
    apart = once[~once["sure"]].sort_values("similarity", ascending=False, kind="stable")
    if pairs.empty:
        return "No two products share enough orders to be shown beside each other."
    if apart.empty:
        return "All pairs meet in more orders than their weeks and the size of the orders explain."
    first = apart.iloc[0]
    both = " and ".join(names.reindex(first[["product", "beside"]]))
    return (
        f"⟦{count(len(apart))} of {count(len(once))}⟧ pairs of products that share many orders do not surely meet "
        f"more often than their weeks and the size of the orders explain, and are no advice, such as {both} "
        f"({count(first['orders_together'], 'order')} hold both, {count(first['expected_together'])} by chance)."
    )
