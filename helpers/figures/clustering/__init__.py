"""What do the clusters look like?

- `number`, `number_on_samples`: how many there are, and how firm
- `choice`: the ways of cutting the customers; `embeddings`: the maps; `silhouettes`: who fits
- `differences`, `parallel`: what tells the clusters apart
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.figures.clustering.choice import finalist_bars, survey_scatter
    from helpers.figures.clustering.differences import averages, box_plots, cluster_sizes, effect_plot, rates_plot
    from helpers.figures.clustering.embeddings import embedding_maps, quality_bars
    from helpers.figures.clustering.number import (
        agreement_map,
        number_survey,
        scatter_3d,
        scatter_pairs,
        stability_by_number,
    )
    from helpers.figures.clustering.number_on_samples import number_criteria
    from helpers.figures.clustering.parallel import median_ranks, parallel_profile
    from helpers.figures.clustering.silhouettes import silhouette_bars
else:
    __getattr__, __dir__ = lazy(__name__)
