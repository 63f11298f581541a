"""What would a report on a shop's customers read of the lines of invoices, and what can it answer?

Nothing is modelled, so that it takes seconds.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
from ibis import _

from helpers.datasets import doubts
from helpers.datasets.contents import Kind
from helpers.datasets.examining import Shown, examine_files, lost_by, shown
from helpers.datasets.reading import ROW
from helpers.datasets.retail import LINES, read_retail
from helpers.datasets.retail_cleaning import clean
from helpers.diagnosis import Diagnosis, Need, judged
from helpers.errors import CasebookError
from helpers.wording import count, money

KINDS: dict[str, Kind] = {
    "invoice": "ids",
    "product": "ids",
    "description": "texts",
    "quantity": "counts",
    "date": "dates",
    "price": "amounts",
    "customer": "ids",
    "country": "texts",
    "total": "amounts",
}
Needs = Callable[[Mapping[str, Any]], Sequence[Need]]  # of the values of the parameters
MEASURES = {
    "customers": "customers",
    "recent_customers": "customers who ordered in the last year",
    "kinds": "customers who differ",
    "products": "products",
    "days": "days from the first order to the last",
}


def examine_retail(
    needs: Needs,
    sample: Callable[[Mapping[str, Any]], ir.Table],
    values: Mapping[str, Any],
    path: Path | None,
) -> Diagnosis:
    """Return what would be read of the lines of invoices at a path, or of the sample of these values without one."""
    judge = partial(_judged, needs, values)
    if path is None:
        return judge(sample(values))
    return examine_files([LINES], KINDS, path, values, _read, judge)


def _read(path: Path, columns: Mapping[str, str], choices: dict[str, Any]) -> tuple[dict[str, Shown], ir.Table]:
    lines = read_retail(path, columns, **choices)
    return {LINES.name: shown(lines.order_by(ROW).drop(ROW))}, lines


def _judged(needs: Needs, values: Mapping[str, Any], lines: ir.Table) -> Diagnosis:
    not_products, write = values["not_products"], money(values["currency"])
    first, last, days = doubts.days_of(lines)
    said = doubts.on_lines(lines, not_products)
    facts = [f"{first:%-d %B %Y} to {last:%-d %B %Y}, {count(days, 'day')}"]
    try:
        bought = clean(lines, not_products)
    except CasebookError as error:
        return Diagnosis((f"It is refused: {error}", *said), facts=tuple(facts), refused=True)
    for words, step in [("read", bought.audit.iloc[0]), ("after cleaning", bought.audit.iloc[-1])]:
        rows, customers = count(step["rows_after"], "line"), count(step["customers_after"], "customer")
        facts.append(f"{words}: {rows} of {customers}, {write(step['revenue_after'])}")
    facts += lost_by(bought.audit, "line")
    return judged(said, facts, needs(values), measures_of(bought.lines), MEASURES)


def measures_of(bought: ir.Table) -> dict[str, int]:
    """Return MEASURES of the lines that are left."""
    _first, last, days = doubts.days_of(bought)
    customers = bought.group_by("customer").aggregate(
        last=_.date.max(), orders=_.invoice.nunique(), amount=(_.quantity * _.price).sum()
    )
    counts = customers.aggregate(
        customers=_.count(), recent_customers=(_.last >= last.to_pydatetime() - timedelta(365)).sum()
    )
    found = counts.execute().iloc[0].astype(int).to_dict()
    kinds = int(customers.drop("customer").distinct().count().execute())
    return {**found, "kinds": kinds, "products": int(bought["product"].nunique().execute()), "days": days}
