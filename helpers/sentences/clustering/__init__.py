"""What do the clusters say in words, and how far can they be trusted?

- `number`, `number_on_samples`: how many the criteria call for, and which number is used
- `stability`: whether they are found again, and are firmer than in structureless data
- `choice`: which way of cutting was chosen, by which rule
- `feature_choice`, `scaling`, `embeddings`: what features, scales and maps do to them
- `subclusters`: whether one is worth a second clustering; `assignment`: where new customers go
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.sentences.clustering.assignment import on_assignment
    from helpers.sentences.clustering.choice import is_no_better_than_null, on_choice, on_null, on_survey
    from helpers.sentences.clustering.embeddings import on_embeddings
    from helpers.sentences.clustering.feature_choice import on_features
    from helpers.sentences.clustering.number import on_number
    from helpers.sentences.clustering.number_on_samples import on_number_chosen, on_subsamples
    from helpers.sentences.clustering.scaling import on_collinear, on_scalings, on_strengths
    from helpers.sentences.clustering.stability import (
        is_weak,
        on_segment_stability,
        on_spaces,
        on_stability,
        range_of_draws,
    )
    from helpers.sentences.clustering.subclusters import on_second, on_set_aside
else:
    __getattr__, __dir__ = lazy(__name__)
