"""What can be answered of a shop's lines of invoices, before anything is modelled?"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import ibis.expr.types as ir

from helpers.datasets.retail import check_retail
from helpers.datasets.retail_examination import examine_retail
from helpers.datasets.retail_sample import generate_retail
from helpers.diagnosis import Need

NEEDS = (
    Need("Who are the customers?", {"recent_customers": 20}),
    Need("Would clustering find the same segments?", {"recent_customers": 20}),
    Need("What will they spend?", {"repeat_customers": 2, "days": 4}),
    Need("What should each be offered?", {"several_products": 2, "products": 3}),
)


def _sample(values: Mapping[str, Any]) -> ir.Table:
    return generate_retail(values["sample_size"], values["seed"]).lines


RfmData = Annotated[str, check_retail, partial(examine_retail, NEEDS, _sample)]
