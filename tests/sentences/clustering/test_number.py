import pandas as pd

from helpers.models.clustering.number import pick_number, suggested_numbers, survey_subsamples
from helpers.sentences.clustering.number import is_beyond_support, on_number, on_number_chosen, on_subsamples
from tests.models.clustering.test_number import CLOUD, SURVEY

NUMBERS = pd.DataFrame(
    {
        "clusters": [1, 2, 3, 4],
        "silhouette": [float("nan"), 0.5, 0.4, 0.3],
        "gap": [0.1, 0.5, 0.9, 0.8],
        "gap_error": [0.05] * 4,
        "prediction_strength": [1, 0.95, 0.85, 0.5],
        "bic": [9.0, 5, 4, 3],
    }
)


def test_the_number_names_each_criterion_and_the_one_that_is_used() -> None:
    text = on_number(NUMBERS, 3)
    assert [is_beyond_support(NUMBERS, k) for k in (2, 3, 4)] == [False, False, True]
    assert "suggest 2 by the silhouette, 3 by the gap statistic and 4 by BIC" in text
    assert (
        "halves of the customers agree on 3 at most (a prediction strength of at least 0.8). ⟦3 clusters⟧ are" in text
    )
    assert "4 by BIC. The most that was tried is 4; it is what BIC would take, and perhaps more. Two halves" in text
    assert "The most" not in on_number(NUMBERS.assign(bic=[9.0, 5, 2, 3]), 3)
    loose = on_number(NUMBERS.assign(prediction_strength=[1, 0.7, 0.6, 0.5]), 2)
    assert "two halves do not agree on any. ⟦2 clusters⟧" in loose


def test_the_planted_number_is_said() -> None:
    said = on_subsamples(SURVEY, suggested_numbers(SURVEY), pick_number(SURVEY))
    assert "3 by the silhouette (in all)" in said
    assert "picks ⟦3 clusters⟧" in said
    assert "Not surely worse" not in said


def test_the_edge_of_what_was_tried_is_said_of_every_criterion() -> None:
    survey = SURVEY[SURVEY["clusters"] <= 3]
    said = on_subsamples(survey, suggested_numbers(survey), pick_number(survey))
    assert "The most that was tried is 3; it is what the silhouette (in 3 of 3), the gap statistic (in" in said
    assert "and prediction strength (in 3 of 3) would take, and perhaps more." in said
    assert "That is the most that was tried." in said
    assert "the most that was tried" not in on_subsamples(SURVEY, suggested_numbers(SURVEY), pick_number(SURVEY))


def test_a_cloud_is_called_a_convenient_cut() -> None:
    survey = survey_subsamples(CLOUD, 4, 2, 100, 2, 1)
    assert "convenient cut" in on_number_chosen(survey, pick_number(survey))


def test_a_single_part_is_not_said_to_agree_with_others() -> None:
    survey = survey_subsamples(CLOUD, 3, 1, 100, 2, 1)
    said = on_subsamples(survey, suggested_numbers(survey), pick_number(survey))
    assert said.startswith("On 1 random part of the customers")
    assert "in the only one" in said
    assert isinstance(survey, pd.DataFrame)


def test_a_number_that_was_asked_for_is_told() -> None:
    choice = pick_number(SURVEY)
    assert on_number_chosen(SURVEY, choice, 3) == on_number_chosen(SURVEY, choice)
    strength = SURVEY.loc[SURVEY["clusters"] == 5, "prediction_strength"].mean()
    assert on_number_chosen(SURVEY, choice, 5).endswith(
        f"The rule picks 3; ⟦5 were asked for⟧ (prediction strength {strength:.2f}) and were used."
    )
    assert "⟦9 were asked for⟧ (not tried on the parts)" in on_number_chosen(SURVEY, choice, 9)
