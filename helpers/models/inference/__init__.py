"""How sure is a figure?

- `bootstrap`: the customers drawn anew, the same draws for all that is compared, and intervals over them
- `intervals`: of means, correlations, counts and medians, from what is known of their distribution
- `proportions`: shares with their intervals, also where only customers are independent and for those that were picked
- `multiplicity`: what is left of p-values when many things were looked at
- `sharing_tests`: whether two things meet more often than by chance, asked of millions of pairs at once
- `permutation`: which groups differ from all, values dealt anew among them
- `maximum_likelihood`: the likeliest parameters within bounds, and how far they are known
- `forests`: trees that all cores grow
- `determinism`: one thread for linear algebra, so that the same request gives the same bytes
- `batches`: how many rows at a time can be worked on within memory
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.inference.bootstrap import bootstrap_by_group, draws, percentile_interval, weightings
    from helpers.models.inference.determinism import single_thread
    from helpers.models.inference.intervals import mean_interval, rank_correlation_interval
    from helpers.models.inference.maximum_likelihood import estimates_table, maximise, refitted
    from helpers.models.inference.multiplicity import adjusted
    from helpers.models.inference.proportions import share_with_interval, wilson_interval, with_share
else:
    __getattr__, __dir__ = lazy(__name__)
