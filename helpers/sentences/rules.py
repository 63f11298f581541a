"""What do the rules say in words, of all customers and by segment, and what of it is more than chance?"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from helpers.certainty import FALSE_DISCOVERIES, LEVEL
from helpers.models.rules.mining import text
from helpers.models.rules.significance import beyond_luck
from helpers.sentences.pieces import ends, interval, tenths
from helpers.wording import count, fixed, listing, number, percent

SHOWN = 3
APART = 0.1  # between the confidences of the two directions of a rule


def on_overview(rules: pd.DataFrame, itemsets: pd.DataFrame) -> str:
    """Say how many rules there are, which is the strongest, and what to expect of it among new customers.

    Examples
    --------
    >>> sides = {"antecedents": [frozenset({"bread"})], "consequents": [frozenset({"butter"})]}
    >>> new = {"confidence_new": 0.7, "low": 0.4, "high": 0.9, "lift_new": 1.75, "q_value": 0.01, "q_shuffled": 0.01}
    >>> rules = pd.DataFrame(sides | {"confidence": 0.8, "lift": 2.0} | new)
    >>> print(on_overview(rules, itemsets=pd.DataFrame({"items": [1, 1, 2]})))
    1 rule meets the limits. By lift the strongest is ⟦bread → butter⟧: 80 % of the customers who bought the first
    also bought the second, 2 times the share of all. It was picked for being high: of new customers expect ⟦70 %⟧
    (95 % interval 40 % to 90 %).
    """
    if rules.empty:
        return f"No rule meets these limits: {_why_none(itemsets['items'])}."
    first = rules.iloc[0]
    return (
        f"{count(len(rules), 'rule')} {'meets' if len(rules) == 1 else 'meet'} the limits. By lift the strongest is "
        f"⟦{text(first['antecedents'])} → {text(first['consequents'])}⟧: {percent(first['confidence'])} of the "
        f"customers who bought the first also bought the second, {number(first['lift'], 2)} times the share of all. "
        f"It was picked for being high: of new customers expect ⟦{percent(first['confidence_new'])}⟧ "
        f"({interval(first, percent)}){'' if _is_found(first) else '; it may be luck'}."
    )


def _why_none(sizes: pd.Series) -> str:
    if sizes.empty:
        return "no item is in enough baskets"
    alone, together = ((sizes == 1).sum(), (sizes > 1).sum())
    if not together:
        return f"{count(alone, 'item')} {_are(alone)} in enough baskets, but no set of two was found"
    sets = f"{count(together, 'set')} of two or more {_are(together)} in enough baskets"
    return f"{sets}, but none leads to another item often enough"


def _is_found(rule: pd.Series) -> bool:
    return not beyond_luck(rule.to_frame().T).empty


def on_directions(rules: pd.DataFrame) -> str:
    """Say of which rules beyond chance the two directions differ, the largest first; nothing without rules.

    Examples
    --------
    >>> sides = {"antecedents": [frozenset({"bread"})], "consequents": [frozenset({"butter"})], "q_value": 0.01}
    >>> print(on_directions(pd.DataFrame(sides | {"q_shuffled": 0, "confidence": 0.9, "confidence_back": 0.3})))
    The direction matters: 90 % of the buyers of bread bought butter, 30 % the other way round.
    """
    if rules.empty:
        return ""
    sure = beyond_luck(rules[rules["antecedents"].map(len) == 1])
    apart = sure[sure["confidence"] - sure["confidence_back"] >= APART]
    if apart.empty:
        return "No rule beyond chance says much more in one direction than in the other."
    order = (apart["confidence_back"] - apart["confidence"]).sort_values(kind="stable").index[:SHOWN]
    said = [
        f"{percent(rule['confidence'])} of the buyers of {text(rule['antecedents'])} bought "
        f"{text(rule['consequents'])}, {percent(rule['confidence_back'])} the other way round"
        for _, rule in apart.loc[order].iterrows()
    ]
    return f"The direction matters: {'; '.join(said)}."


def on_most_bought(rules: pd.DataFrame) -> str:
    """Say what most customers bought together, and to which consequent most rules lead; nothing without rules."""
    if rules.empty:
        return ""
    first = rules[rules["count"] == rules["count"].max()]
    sure, found = set(_bought(beyond_luck(first))), list(dict.fromkeys(_bought(first)))
    said = [f"{text(items)}{'' if items in sure else ' (which may be luck)'}" for items in found[:SHOWN]]
    by = f"by {count(first['count'].iloc[0], 'customer')}{' each' if len(said) > 1 else ''}"
    return f"Most bought together, {by}: {listing(said)}.{_favourite(rules)}"


def _bought(rules: pd.DataFrame) -> Iterator[frozenset]:
    """Yield what each rule is about, which is the same for the rules of both directions."""
    return (one | other for one, other in zip(rules["antecedents"], rules["consequents"], strict=True))


def _favourite(rules: pd.DataFrame) -> str:
    leading = rules.groupby(rules["consequents"].map(text))
    name, n = str(leading.size().idxmax()), int(leading.size().max())
    if n < 2:
        return ""
    own = leading.get_group(name)
    lifts = [number(own["lift"].min(), 2), number(own["lift"].max(), 2)]
    times = lifts[0] if lifts[0] == lifts[1] else f"{lifts[0]} to {lifts[1]}"
    share = percent((own["confidence"] / own["lift"]).iloc[0])
    return (
        f" {count(n)} of the {count(len(rules), 'rule')} lead to {name}, which {share} of all bought: the buyers of "
        f"what they begin with bought it {times} times as often, before or after."
    )


def on_picking(rules: pd.DataFrame) -> str:
    """Say how far the confidences of the rules are from what to expect of them among new customers.

    Examples
    --------
    >>> print(on_picking(pd.DataFrame({"confidence": [0.9, 0.7], "confidence_new": [0.8, 0.6]})))
    In the mean of the 2 rules, 80 % of the buyers bought the consequent too; of new customers expect 70 %.
    """
    if rules.empty:
        return "There is no rule of which to expect anything among new customers."
    now, new = (percent(rules[name].mean()) for name in ("confidence", "confidence_new"))
    mean = "Of the one rule" if len(rules) == 1 else f"In the mean of the {count(len(rules), 'rule')}"
    return f"{mean}, {now} of the buyers bought the consequent too; of new customers expect {new}."


def on_support(asked: float, used: float, most: int) -> str:
    """Say that the support was raised, and why; nothing where it is the one that was asked for.

    Examples
    --------
    >>> print(on_support(0.05, 0.8, 2000))
    At a support of 5 % more than 2,000 sets of products are frequent. The limit is therefore 80 %, the lowest that
    leaves no more than so many.
    """
    if used == asked:
        return ""
    told = f"At a support of {percent(asked)} more than {count(most, 'set')} of products {_are(most)} frequent"
    if used > 1:
        return f"{told}, even of those that all customers bought: no rules are sought."
    return f"{told}. The limit is therefore {percent(used)}, the lowest that leaves no more than so many."


def on_chance(summary: Mapping[str, float], observed: int, n_shuffles: int) -> str:
    """Say how many rules chance would print, and whether the data print more."""
    low, high = (count(summary[end]) for end in ("low", "high"))
    between = low if low == high else f"between {low} and {high}"
    spread = f" on average ({percent(LEVEL)} of {count(n_shuffles)} shuffles {between})" if n_shuffles > 1 else ""
    once = "" if n_shuffles > 1 else " once"
    shuffles = f"shuffled at random{once}, they give {number(summary['mean'], 2)}{spread}"
    if not observed:
        return f"The purchases give no rule; {shuffles}."
    return f"The purchases give {count(observed, 'rule')}; {shuffles}, {_so(summary, n_shuffles)}."


def _so(summary: Mapping[str, float], n_shuffles: int) -> str:
    least = math.ceil(1 / FALSE_DISCOVERIES)
    if n_shuffles < least and not is_beyond_chance(summary):
        return f"which is too few shuffles to tell from chance: it takes {count(least)}"
    return f"so this is {'' if is_beyond_chance(summary) else 'no '}more than chance would give"


def is_beyond_chance(summary: Mapping[str, float]) -> bool:
    """Say whether fewer than one shuffle in twenty prints as many rules."""
    return summary["p_value"] < FALSE_DISCOVERIES


def on_correction(rules: pd.DataFrame, n_tests: int) -> str:
    """Say how many rules stand by themselves, and how many after the correction for all that was looked at."""
    if rules.empty:
        return f"There is no rule to test; the search looked at {count(n_tests)}."
    alone, corrected = (int((rules[name] < FALSE_DISCOVERIES).sum()) for name in ("p_value", "q_value"))
    n = len(beyond_luck(rules))
    also = f" Beside the shuffles, {count(n)} of these {'holds' if n == 1 else 'hold'}." if corrected else ""
    return (
        f"Taken alone, {count(alone)} of {count(len(rules), 'rule')} would pass Fisher's test at "
        f"{percent(FALSE_DISCOVERIES)}; after the correction for all {count(n_tests, 'rule')} that were looked at, "
        f"{count(corrected)} {'does' if corrected == 1 else 'do'}.{also}"
    )


def on_redundancy(rules: pd.DataFrame) -> str:
    """Say how many rules a simpler one makes superfluous."""
    n = int(rules["redundant"].sum())
    if rules.empty:
        return "There is no rule that could be redundant."
    if not n:
        return "No rule is redundant: none has a simpler rule beside it that says as much."
    return f"{count(n, 'rule')} {_are(n)} redundant: a simpler rule with the same consequent is at least as sure."


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def why(recommendation: Mapping[str, Any]) -> str:
    """Say which rule speaks for a recommendation.

    Examples
    --------
    >>> print(why({"confidence": 0.8, "confidence_new": 0.6, "because": "bread + wine", "rule": 3}))
    80 % of the customers who bought bread + wine also bought it, and of new ones 60 % are expected to (rule 3)
    """
    return (
        f"{percent(recommendation['confidence'])} of the customers who bought {recommendation['because']} also "
        f"bought it, and of new ones {percent(recommendation['confidence_new'])} are expected to "
        f"(rule {recommendation['rule']})"
    )


def on_rules(rules: pd.DataFrame, groups: Iterable[str], titles: pd.Series) -> list[str]:
    """Say the strongest rule of each segment that has any, and which segments have none, from `segment_rules`.

    `groups` are the names of all segments in order, `titles` what the products are called.
    """
    said, without = _of_each(rules, groups, titles, _strongest)
    return [*said, *(f"In the orders of {names}, no rule meets the limits beyond chance." for names in without)]


def _of_each(
    table: pd.DataFrame, groups: Iterable[str], titles: pd.Series, say: Callable[[str, pd.DataFrame, pd.Series], str]
) -> tuple[list[str], list[str]]:
    """Say what each segment has beyond chance, and name those that have nothing, if there are any, as one list."""
    found = table[table["q_value"] < FALSE_DISCOVERIES]
    by_name = {str(name): part for name, part in found.groupby("segment", sort=False)}
    names = list(groups)
    without = [name for name in names if name not in by_name]
    said = [say(name, by_name[name], titles) for name in names if name in by_name]
    return said, [listing(without, most=len(without))] if without else []


def _strongest(name: str, rules: pd.DataFrame, titles: pd.Series) -> str:
    first = rules.sort_values("lift", ascending=False, kind="stable").iloc[0]
    hold = "holds" if len(rules) == 1 else "hold"
    return (
        f"⟦{name}⟧: {count(len(rules), 'rule')} {hold} beyond chance. The strongest by lift is "
        f"{_rule(first, titles)}: {percent(first['confidence'])} of {count(first['orders'], 'order')} with the first "
        f"{'holds' if first['orders'] == 1 else 'hold'} the second too, and of new customers' orders "
        f"{percent(first['confidence_new'])} may be expected to ({percent(LEVEL)} interval over customers, which "
        f"allows for the picking, {ends(first, percent, 'confidence')}). Here it is {number(first['lift'], 2)} times "
        f"the share of the second in the segment's orders, where the sizes of the orders alone would give "
        f"{number(first['size_lift'], 2)}."
    )


def _rule(row: pd.Series, titles: pd.Series) -> str:
    return " → ".join(str(titles.get(row[side], row[side])) for side in ("antecedent", "consequent"))


def on_differences(differences: pd.DataFrame, titles: pd.Series) -> str:
    """Say in which rules the segments differ from all other customers, from `rule_differences`."""
    if differences.empty:
        return "No rule is in enough orders of a segment and of the others to compare them."
    tested, found = len(differences), differences[differences["q_value"] < FALSE_DISCOVERIES]
    looked = f"{count(tested, 'comparison')} of a rule between a segment and all other customers"
    if found.empty:
        return (
            f"Of {looked}, none differs beyond chance (smallest corrected p-value "
            f"{fixed(2)(differences['q_value'].min())}). That does not prove that all buy alike: with so many "
            "comparisons, only large differences would stand out."
        )
    surest = found.sort_values("p_value", kind="stable").head(SHOWN)
    words = [_difference(row, titles) for _, row in surest.iterrows()]
    return (
        f"Of {looked}, {count(len(found))} {'differs' if len(found) == 1 else 'differ'} beyond chance. "
        f"{'This is' if len(found) == 1 else 'The surest are'} {'; '.join(words)}. A segment with larger orders has "
        "higher shares for that alone."
    )


def _difference(row: pd.Series, titles: pd.Series) -> str:
    points = [fixed(0)(100 * row[name]).replace("-", "−") for name in ("low", "high")]
    return (
        f"{_rule(row, titles)}, in {percent(row['confidence'])} of such orders of ⟦{row['segment']}⟧ and in "
        f"{percent(row['others'])} of the others' (difference {points[0]} to {points[1]} points)"
    )


def on_products(products: pd.DataFrame, groups: Iterable[str], titles: pd.Series) -> list[str]:
    """Say what each segment buys more than expected, and which segments buy nothing more, from `segment_products`.

    `groups` are the names of all segments in order, `titles` what the products are called.
    """
    said, without = _of_each(products, groups, titles, _favourites)
    return [*said, *(f"{names}: no product is bought more than expected beyond chance." for names in without)]


def _favourites(name: str, found: pd.DataFrame, titles: pd.Series) -> str:
    first = found.sort_values("p_value", kind="stable").head(SHOWN)
    words = [
        f"{titles.get(row['product'], row['product'])} ({tenths(row['share'])}, expected {tenths(row['expected'])})"
        for _, row in first.iterrows()
    ]
    which = ":" if len(found) <= SHOWN else ", most surely"
    return (
        f"⟦{name}⟧ bought {count(len(found), 'product')} more than customers who buy as many different ones{which} "
        f"{listing(words)}."
    )


def on_strongest_rule(rules: pd.DataFrame) -> str:
    """Say what the rule of the highest lift is, from `segment_rules`.

    Both directions of a rule are one pair of products, and so are those of several segments.
    """
    if rules.empty:
        return "No rule passes."
    row = rules.sort_values(["lift", "confidence", "antecedent"], ascending=[False, False, True]).iloc[0]
    own = rules[rules["segment"] == row["segment"]]
    back = own[(own["antecedent"] == row["consequent"]) & (own["consequent"] == row["antecedent"])]
    other = f", and {percent(back['confidence'].iloc[0], 1)} the other way round" if len(back) else ""
    pairs = {frozenset([rule.antecedent, rule.consequent]) for rule in rules.itertuples()}
    of = (
        f"The strongest of {count(len(pairs), 'pair')} of products" if len(pairs) > 1 else "The only pair of products"
    )
    return (
        f"{of} is {row['antecedent']} and {row['consequent']}, in the segment ⟦{row['segment']}⟧: "
        f"⟦{percent(row['confidence'], 1)}⟧ of its orders with the first hold the second too "
        f"({interval(row, tenths, 'confidence')}){other}, "
        f"⟦{number(row['lift'], 2)} times as often as chance⟧. Both are in "
        f"{percent(row['support'], 2)} of its orders. It was picked for being high: of the orders of new customers "
        f"with the first, expect {percent(row['confidence_new'], 1)}."
    )
