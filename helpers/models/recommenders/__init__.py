"""What should a customer be offered, and would they have wanted it?

- `interactions`: who has bought what, how often and how long ago; `shortlists`: the first k products for each
- `baselines`, `neighbours`, `factors`, `rules`: ways to score products; `methods`: what it takes to compete
- `likeness`: who is most like whom, among very many
- `holdout`: what is known and what is hidden; `metrics`: how good a list is; `trial`: all methods judged by it
- `comparison`: who is surely better than the best simple list, in one period and in others
- `complements`: what belongs beside the product that is looked at
- `latent_space`: what the factors see
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.recommenders.comparison import lead_in_periods
    from helpers.models.recommenders.complements import beside
    from helpers.models.recommenders.holdout import bought_after, days_judged
    from helpers.models.recommenders.interactions import known_before
    from helpers.models.recommenders.latent_space import fit_latent_space, named_places
    from helpers.models.recommenders.methods import ALL, NEW
    from helpers.models.recommenders.shortlists import recommend
    from helpers.models.recommenders.trial import attempt, choose, run_trial, tune, winner, with_hits
else:
    __getattr__, __dir__ = lazy(__name__)
