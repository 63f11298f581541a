"""What do the clusters say in words, and how far can they be trusted?

- `number`: how many the criteria call for, and which number is used
- `choice`: whether maps can be trusted, which way of cutting was chosen by which rule, and whether a rule repeats it
- `stability`: whether they are found again, and firmer than in structureless data
- `scaling`: what features and scales do to them; `subclusters`: whether one is worth a second clustering
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.sentences.clustering.choice import (
        on_assignment,
        on_choice,
        on_embeddings,
        on_null,
        on_survey,
    )
    from helpers.sentences.clustering.number import is_beyond_support, on_number, on_number_chosen, on_subsamples
    from helpers.sentences.clustering.scaling import on_collinear, on_features, on_scalings, on_strengths
    from helpers.sentences.clustering.stability import (
        is_weak,
        on_segment_stability,
        on_some,
        on_spaces,
        on_stability,
        range_of_draws,
    )
    from helpers.sentences.clustering.subclusters import on_second, on_set_aside
else:
    __getattr__, __dir__ = lazy(__name__)
