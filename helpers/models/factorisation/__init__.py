"""Which few factors explain who bought what?

- `nmf`: factorisations from many starts by nimfa, the clusters of customers and products that they agree on, and how
  many factors there are, beside tables in which chance has shuffled who bought what
- `updates`: the same factorisations from many starts at once
- `nimfa_on_numpy2`: the one place that mends what numpy 2 broke in nimfa
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.factorisation.nmf import (
        MARGIN,
        beats_chance,
        check_rank,
        compare_with_chance,
        consensus,
        refit,
        runs,
        runs_table,
        silhouettes,
        suggested_rank,
        survey_ranks,
        tree_order,
    )
else:
    __getattr__, __dir__ = lazy(__name__)
