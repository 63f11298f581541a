"""What do the clusters look like?

- `choice`: how many there are, how firm they are, and who fits
- `embeddings`: where the customers lie; `differences`: what tells the clusters apart
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.figures.clustering.choice import (
        finalist_bars,
        number_criteria,
        number_survey,
        silhouette_bars,
        stability_by_number,
        survey_scatter,
    )
    from helpers.figures.clustering.differences import (
        agreement_map,
        averages,
        box_plots,
        cluster_sizes,
        effect_plot,
        median_ranks,
        parallel_profile,
        rates_plot,
    )
    from helpers.figures.clustering.embeddings import embedding_maps, quality_bars, scatter_3d, scatter_pairs
else:
    __getattr__, __dir__ = lazy(__name__)
