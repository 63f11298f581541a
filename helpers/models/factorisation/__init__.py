"""Which few factors explain who bought what?

- `nmf`: factorisations from many starts by nimfa, their consensus, and clusters of customers and products
- `rank`: how many factors there are, beside tables in which chance has shuffled who bought what
- `nimfa_on_numpy2`: the one place that mends what numpy 2 broke in nimfa
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.factorisation.nmf import consensus, refit, runs, runs_table, silhouettes, tree_order
    from helpers.models.factorisation.rank import MARGIN, compare_with_chance, suggested_rank, survey_ranks
else:
    __getattr__, __dir__ = lazy(__name__)
