import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import silhouette_samples, silhouette_score

from helpers.models.clustering.methods import SILHOUETTE_SAMPLE, silhouette
from helpers.models.clustering.widths import silhouette_widths


@pytest.mark.parametrize(("rows", "columns", "clusters"), [(700, 5, 4), (90, 1, 3), (1200, 12, 2)])
def test_the_widths_are_those_of_scikit_learn(rows, columns, clusters):
    rng = np.random.default_rng(rows)
    points, labels = 5 + rng.normal(size=(rows, columns)), rng.integers(0, clusters, rows)
    points[1::7], labels[0] = points[0], 99  # many that are alike, and one who is alone
    assert silhouette_widths(points, labels) == pytest.approx(silhouette_samples(points, labels), abs=1e-12)


def test_of_very_many_rows_those_are_measured_that_scikit_learn_draws():
    rng = np.random.default_rng(0)
    points, labels = rng.normal(size=(SILHOUETTE_SAMPLE + 500, 2)), rng.integers(0, 2, SILHOUETTE_SAMPLE + 500)
    theirs = silhouette_score(points, labels, sample_size=SILHOUETTE_SAMPLE, random_state=3)
    assert silhouette(pd.DataFrame(points), pd.Series(labels), seed=3) == pytest.approx(theirs, abs=1e-12)
