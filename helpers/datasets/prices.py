"""Is what a file calls a price that of a unit, or the total of a line?"""

import ibis.expr.types as ir
from ibis import _

ALIKE, FEWEST_LINES = 0.25, 30


def grow_with_quantity(lines: ir.Table) -> bool:
    """Say whether, of the same product, prices grow with the quantity, as totals of lines do and prices do not.

    Within products, the spread of the price for each unit is then much below that of the price.
    """
    sold = lines.filter(_.quantity > 0, _.price > 0)
    logs = sold.mutate(price=_.price.cast("float64").ln(), units=_.quantity.cast("float64").ln())
    spread = (
        logs.mutate(each=_.price - _.units)
        .group_by("product")
        .aggregate(
            n=_.count(),
            kinds=_.units.nunique(),
            as_price=_.price.var(how="pop"),
            as_total=_.each.var(how="pop"),
        )
        .filter(_.kinds > 1)
        .aggregate(
            n=_.n.sum().fill_null(0),
            as_price=(_.n * _.as_price).sum().fill_null(0),
            as_total=(_.n * _.as_total).sum().fill_null(0),
        )
        .execute()
        .iloc[0]
    )
    return bool(spread["n"] >= FEWEST_LINES and spread["as_total"] < ALIKE * spread["as_price"])
