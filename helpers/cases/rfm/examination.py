"""What can be answered of a shop's lines of invoices, before anything is modelled?"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import ibis.expr.types as ir

from helpers.datasets.retail import check_retail
from helpers.datasets.retail_examination import examine_retail
from helpers.datasets.retail_sample import generate_retail
from helpers.diagnosis import Need


def needs(_values: Mapping[str, Any]) -> list[Need]:
    """Return what each chapter needs, as its models say."""
    from helpers.features.rfm import FEWEST
    from helpers.features.spans import LEFT
    from helpers.models.clustering.methods import FEWEST_CLUSTERS, FEWEST_IN_GROUP
    from helpers.models.lifetime_value.holdout import LEAST_DAYS
    from helpers.models.recommenders.latent_space import FEWEST_PRODUCTS

    groups = max(FEWEST, FEWEST_CLUSTERS * FEWEST_IN_GROUP)
    return [
        Need("Who are the customers?", {"recent_customers": FEWEST}),
        Need("Would clustering find the same segments?", {"recent_customers": groups, "kinds": FEWEST_CLUSTERS}),
        Need("What will they spend?", {"days": LEAST_DAYS + LEFT}),
        Need("What should each be offered?", {"products": FEWEST_PRODUCTS}),
    ]


def _sample(values: Mapping[str, Any]) -> ir.Table:
    return generate_retail(values["sample_size"], values["seed"]).lines


RfmData = Annotated[str, check_retail, partial(examine_retail, needs, _sample)]
