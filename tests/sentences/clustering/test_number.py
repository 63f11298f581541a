from helpers.sentences.clustering.number import on_number
from tests.sentences.clustering.test_stability import SURVEY


def test_the_number_names_each_criterion_and_the_one_that_is_used() -> None:
    text = on_number(SURVEY, 3)
    assert "suggest 2 by the silhouette, 3 by the gap statistic and 4 by BIC" in text
    assert "A prediction strength of at least 0.8 supports 3 at most. **3 clusters** are used below." in text
    loose = on_number(SURVEY.assign(prediction_strength=[1, 0.7, 0.6, 0.5]), 2)
    assert "the data do not fall into clusters. **2 clusters**" in loose
