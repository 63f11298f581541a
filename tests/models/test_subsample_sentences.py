import pandas as pd

from helpers.models.subsample_numbers import pick_number, suggested_numbers, survey_subsamples
from helpers.models.subsample_sentences import on_choice, on_subsamples
from tests.models.test_subsample_numbers import CLOUD, SURVEY


def test_the_planted_number_is_said() -> None:
    said = on_subsamples(SURVEY, suggested_numbers(SURVEY), pick_number(SURVEY))
    assert "3 by the silhouette (in all)" in said
    assert "picks **3 clusters**" in said
    assert "Not surely worse" not in said


def test_a_cloud_is_called_a_convenient_cut() -> None:
    survey = survey_subsamples(CLOUD, 4, 2, 100, 2, 1)
    assert "convenient cut" in on_choice(survey, pick_number(survey))


def test_a_single_part_is_not_said_to_agree_with_others() -> None:
    survey = survey_subsamples(CLOUD, 3, 1, 100, 2, 1)
    said = on_subsamples(survey, suggested_numbers(survey), pick_number(survey))
    assert said.startswith("On 1 random part of the customers")
    assert "in the only one" in said
    assert isinstance(survey, pd.DataFrame)
