"""What do the segments' baskets say in words, and what of it is more than chance?"""

from collections.abc import Iterable

import pandas as pd

from helpers.certainty import FALSE_DISCOVERIES, LEVEL
from helpers.wording import count, fixed, listing, number, percent

SHOWN = 3


def on_rules(rules: pd.DataFrame, groups: Iterable[str], titles: pd.Series) -> list[str]:
    """Say the strongest rule of each segment that has any, and which segments have none.

    Parameters
    ----------
    rules : DataFrame
        What `segment_rules` returns.
    groups : iterable of str
        The names of all segments, in order.
    titles : Series, products
        What the products are called.
    """
    found, without = _beyond_chance(rules, groups)
    said = [_strongest(name, part, titles) for name, part in found]
    if not without:
        return said
    return [*said, f"In the orders of {listing(without, most=len(without))}, no rule meets the limits beyond chance."]


def _beyond_chance(table: pd.DataFrame, groups: Iterable[str]) -> tuple[list[tuple[str, pd.DataFrame]], list[str]]:
    found = table[table["q_value"] < FALSE_DISCOVERIES]
    by_name = {str(name): part for name, part in found.groupby("segment", sort=False)}
    names = list(groups)
    return [(name, by_name[name]) for name in names if name in by_name], [n for n in names if n not in by_name]


def _strongest(name: str, rules: pd.DataFrame, titles: pd.Series) -> str:
    first = rules.sort_values("lift", ascending=False, kind="stable").iloc[0]
    hold = "holds" if len(rules) == 1 else "hold"
    return (
        f"**{name}**: {count(len(rules), 'rule')} {hold} beyond chance. The strongest by lift is "
        f"{_rule(first, titles)}: {percent(first['confidence'])} of "
        f"{count(first['orders'], 'order')} with the first {'holds' if first['orders'] == 1 else 'hold'} the second "
        f"too ({percent(LEVEL)} interval over customers {percent(first['confidence_low'])} to "
        f"{percent(first['confidence_high'])}), {number(first['lift'], 2)} times its share of the segment's orders, "
        f"where the sizes of the orders alone would give {number(first['size_lift'], 2)}."
    )


def _rule(row: pd.Series, titles: pd.Series) -> str:
    return f"{_title(row['antecedent'], titles)} → {_title(row['consequent'], titles)}"


def _title(product: str, titles: pd.Series) -> str:
    return str(titles.get(product, product))


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
    points = [fixed(0)(100 * row[name]) for name in ("low", "high")]
    return (
        f"{_rule(row, titles)}, in {percent(row['confidence'])} of such orders of **{row['segment']}** and in "
        f"{percent(row['others'])} of the others' (difference {points[0]} to {points[1]} points)"
    )


def on_products(products: pd.DataFrame, groups: Iterable[str], titles: pd.Series) -> list[str]:
    """Say what each segment buys more than expected, and which segments buy nothing more.

    Parameters
    ----------
    products : DataFrame
        What `segment_products` returns.
    groups : iterable of str
        The names of all segments, in order.
    titles : Series, products
        What the products are called.
    """
    found, without = _beyond_chance(products, groups)
    said = [_favourites(name, part, titles) for name, part in found]
    if not without:
        return said
    return [*said, f"{listing(without, most=len(without))}: no product is bought more than expected beyond chance."]


def _favourites(name: str, found: pd.DataFrame, titles: pd.Series) -> str:
    first = found.sort_values("p_value", kind="stable").head(SHOWN)
    words = [
        f"{_title(row['product'], titles)} ({percent(row['share'])}, expected {percent(row['expected'])})"
        for _, row in first.iterrows()
    ]
    which = ":" if len(found) <= SHOWN else ", most surely"
    return (
        f"**{name}** bought {count(len(found), 'product')} more than customers who buy as many different ones{which} "
        f"{listing(words)}."
    )


def on_strongest_rule(rules: pd.DataFrame) -> str:
    """Say what the rule of the highest lift is; `rules` as by `helpers.models.rules.by_segment.segment_rules`.

    Both directions of a rule are one pair of products; the same pair counts once in each segment.
    """
    if rules.empty:
        return "No rule passes."
    row = rules.sort_values(["lift", "confidence", "antecedent"], ascending=[False, False, True]).iloc[0]
    back = rules[(rules["antecedent"] == row["consequent"]) & (rules["consequent"] == row["antecedent"])]
    back = back[back["segment"] == row["segment"]]
    other = f", and {percent(back['confidence'].iloc[0], 1)} the other way round" if len(back) else ""
    pairs = {(rule.segment, *sorted([rule.antecedent, rule.consequent])) for rule in rules.itertuples()}
    of = (
        f"The strongest of {count(len(pairs), 'pair')} of products, counted by segment,"
        if len(pairs) > 1
        else ("The only pair of products")
    )
    return (
        f"{of} is {row['antecedent']} and {row['consequent']} in the segment **{row['segment']}**: "
        f"**{percent(row['confidence'], 1)}** of its orders with the first hold the second too{other}, "
        f"**{number(row['lift'], 2)} times** as many as by the share of the second in all of its orders. Both are in "
        f"{percent(row['support'], 2)} of its orders."
    )
