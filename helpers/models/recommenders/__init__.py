"""What should a customer be offered, and would they have wanted it?

- `interactions`: who has bought what, how often and how long ago; `shortlists`: the first k products for each
- `neighbours`, `factors`, `baselines`: ways to score products; `methods` names those that compete
- `holdout`, `metrics`, `trial`: lists judged by what was bought afterwards; `comparison`: who is surely better
- `leave_one_out`: the same where purchases have no dates: one of them is hidden
- `next_item`, `next_item_methods`, `next_item_factors`: a second product for who bought a single one
- `complements`: what belongs beside the product that is looked at
- `latent_space`: what the factors see
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.recommenders.comparison import compare, shown
    from helpers.models.recommenders.complements import beside
    from helpers.models.recommenders.latent_space import fit_latent_space
    from helpers.models.recommenders.leave_one_out import (
        Scorer,
        compare_methods,
        factor_scores,
        hit_table,
        item_similarity,
        rule_scores,
        segment_scores,
        verdict,
    )
    from helpers.models.recommenders.methods import ALL, NEW
    from helpers.models.recommenders.next_item import (
        compare_single_item,
        single_item_audience,
        single_item_offers,
        single_item_trial,
        trial_days,
        tune_single_item,
    )
    from helpers.models.recommenders.next_item_methods import past
    from helpers.models.recommenders.trial import run_trial, top_products, tune
else:
    __getattr__, __dir__ = lazy(__name__)
