"""Which customers are alike, how many groups do they make, and how far can these be trusted?

- `methods`: six ways to cut the customers; `stability_beside_null` sets them beside structureless data
- `lloyd`, `mixtures`: k-means and Gaussian mixtures from many starts at once, as scikit-learn makes them one by one
- `labels`: how clusters are numbered and named, and who is in none; `widths`: how far they lie apart, by silhouettes
- `number`: how many clusters; `samples`: who stands for all where customers are very many
- `stability`: whether the same clusters are found among other customers, by Jaccard index
- `choice`: a survey of all methods in features and on maps, the finalists judged, one chosen
- `embeddings`: maps by PCA, UMAP, t-SNE and forests, and whether they keep the neighbours
- `feature_choice`, `scaling`, `ways`: what describes a customer, on which scale, and what that decides
- `subclusters`: which cluster hides groups of its own
- `assignment`: where a new customer belongs; `differences`: what tells the clusters apart
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.clustering.assignment import agreement_table, fit_assignment, simplest, to_table
    from helpers.models.clustering.choice import (
        STABLE_RULE,
        choose,
        cluster_stability,
        cut_as_chosen,
        is_clearer,
        judge,
        silhouettes,
        survey_clusterings,
    )
    from helpers.models.clustering.differences import distribution_table, effect_sizes, rates_by_cluster
    from helpers.models.clustering.embeddings import embedding_quality
    from helpers.models.clustering.feature_choice import choose_features
    from helpers.models.clustering.methods import (
        agreement,
        check_number,
        compare_clusterings,
        compare_spaces,
        gaussian_mixture,
        kmeans,
        most_clusters,
        silhouette,
        stability_beside_null,
        stability_by_cluster,
        ward,
        with_same_values,
    )
    from helpers.models.clustering.number import (
        number_summary,
        pick_number,
        strong_number,
        suggested_numbers,
        suggestions,
        survey_numbers,
        survey_subsamples,
    )
    from helpers.models.clustering.samples import ENOUGH, some_of
    from helpers.models.clustering.scaling import (
        clusters_without,
        compare_scalings,
        fit_scale,
        in_use_first,
        rank_correlations,
        scaled,
        strength_by_scale,
    )
    from helpers.models.clustering.stability import bootstrap_jaccard, secured, stability_table
    from helpers.models.clustering.subclusters import Inside, second_clustering, survey_splits
    from helpers.models.clustering.ways import Way
else:
    __getattr__, __dir__ = lazy(__name__)
