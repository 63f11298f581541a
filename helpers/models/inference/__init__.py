"""How sure is a figure?

- `bootstrap`: the customers drawn anew, the same draws for all that is compared, and intervals over them
- `intervals`: of means and of shares, by Student and Wilson, also where only customers are independent
- `multiplicity`: what is left of p-values when many things were looked at
- `maximum_likelihood`: the likeliest parameters within bounds, and how far they are known
- `determinism`: one thread for linear algebra, so that the same request gives the same bytes
- `batches`: how many rows at a time can be worked on within memory
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.inference.bootstrap import bootstrap_by_group, draws, weightings, with_interval
    from helpers.models.inference.determinism import single_thread
    from helpers.models.inference.intervals import (
        difference_test,
        mean_interval,
        share_with_interval,
        with_shares,
        with_wilson,
    )
    from helpers.models.inference.maximum_likelihood import estimates_table, maximise, refitted
    from helpers.models.inference.multiplicity import false_discovery_rates
else:
    __getattr__, __dir__ = lazy(__name__)
