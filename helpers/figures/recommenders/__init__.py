"""Which method recommends best, as a picture?

- `comparison`: by what was bought afterwards; `leave_one_out`: by purchases that were hidden
- `next_item`: for customers of a single product; `latent_space`: what the factors see
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.figures.recommenders.comparison import ndcg
    from helpers.figures.recommenders.latent_space import latent_map
    from helpers.figures.recommenders.leave_one_out import hidden_hit_rates
    from helpers.figures.recommenders.next_item import hit_rates
else:
    __getattr__, __dir__ = lazy(__name__)
