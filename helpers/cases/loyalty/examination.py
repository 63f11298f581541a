"""What can be answered of a shop's lines of invoices, before anything is modelled?"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import ibis.expr.types as ir

from helpers.cases.loyalty.sample import generate_loyalty
from helpers.datasets.retail import check_retail
from helpers.datasets.retail_examination import examine_retail
from helpers.diagnosis import Need

WEEKS = 7 * 20  # days: 16 weeks to learn from, and 4 to compare with
NEEDS = (
    Need("Are there groups of customers?", {"customers": 20}),
    Need("Does it last?", {"customers": 20, "days": 60}),
    Need("Who comes in, and who leaves?", {"customers": 20, "days": 30}),
    Need("What will they bring?", {"customers": 20, "days": WEEKS}),
    Need("What do they buy?", {"several_products": 20, "products": 3}),
)


def _sample(values: Mapping[str, Any]) -> ir.Table:
    return generate_loyalty(values["sample_size"], values["seed"]).lines


LoyaltyData = Annotated[str, check_retail, partial(examine_retail, NEEDS, _sample)]
