"""What can be answered of a shop's lines of invoices, before anything is modelled?"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import ibis.expr.types as ir

from helpers.cases.loyalty.sample import generate_loyalty
from helpers.datasets.retail import check_retail
from helpers.datasets.retail_examination import examine_retail
from helpers.diagnosis import Need


def needs(_values: Mapping[str, Any]) -> list[Need]:
    """Return what each chapter needs, as its models say; the last quarter of the days is kept to judge by."""
    from helpers.features.rfm import FEWEST, FEWEST_PRODUCTS
    from helpers.models.clustering.methods import FEWEST_CLUSTERS, FEWEST_IN_GROUP
    from helpers.models.forecasting.backtest import FEWEST as WEEKS

    customers = {"customers": max(FEWEST, FEWEST_CLUSTERS * FEWEST_IN_GROUP), "kinds": FEWEST_CLUSTERS}
    return [
        Need("Are there groups of customers?", customers),
        Need("Does it last?", customers),
        Need("Who comes in, and who leaves?", customers),
        Need("What will they bring?", customers | {"days": 7 * WEEKS * 4 // 3}),
        Need("What do they buy?", customers | {"products": FEWEST_PRODUCTS}),
    ]


def _sample(values: Mapping[str, Any]) -> ir.Table:
    return generate_loyalty(values["sample_size"], values["seed"]).lines


LoyaltyData = Annotated[str, check_retail, partial(examine_retail, needs, _sample)]
