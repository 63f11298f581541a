import pandas as pd

from helpers.models.clustering.number import pick_number, suggested_numbers, survey_subsamples
from helpers.sentences.clustering.number_on_samples import on_number_chosen, on_subsamples
from tests.models.clustering.test_number import CLOUD, SURVEY


def test_the_planted_number_is_said() -> None:
    said = on_subsamples(SURVEY, suggested_numbers(SURVEY), pick_number(SURVEY))
    assert "3 by the silhouette (in all)" in said
    assert "picks **3 clusters**" in said
    assert "Not surely worse" not in said


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
        f"The rule picks 3; **5 were asked for** (prediction strength {strength:.2f}) and were used."
    )
    assert "**9 were asked for** (not tried on the parts)" in on_number_chosen(SURVEY, choice, 9)
