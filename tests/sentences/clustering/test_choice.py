import pandas as pd

from helpers.models.clustering.number import pick_number, suggested_numbers, survey_subsamples
from helpers.sentences.clustering.choice import (
    is_no_better_than_null,
    on_choice,
    on_null,
    on_number,
    on_number_chosen,
    on_subsamples,
    on_survey,
)
from tests.models.clustering.test_number import CLOUD, SURVEY

NAN = float("nan")
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


JUDGED = pd.DataFrame(
    {
        "method": ["k-means", "Ward"],
        "parameters": ["6 clusters", "3 clusters"],
        "space": ["features", "UMAP"],
        "clusters": [6, 3],
        "noise_share": 0.0,
        "smallest_share": 0.1,
        "silhouette": [0.2, 0.6],
        "silhouette_in_features": [0.2, 0.1],
        "jaccard": [0.85, 0.8],
        "weakest": [0.78, 0.5],
        "stable_clusters": [6, 2],
        "null_jaccard_highest": [0.57, 0.9],
        "null_silhouette_highest": [0.13, 0.12],
        "null_tables": [4, 1],
    }
)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_survey_says_whether_maps_flatter() -> None:
    assert plain(on_survey(JUDGED)).startswith("Of 2 candidates, 2 have 3 to 10 clusters, at most 10 % of noise")
    assert "Maps flatter what is found on them: the mean silhouette there is 0.60, and 0.10" in on_survey(JUDGED)
    assert "Maps" not in on_survey(JUDGED.iloc[:1])


def test_the_choice_names_its_rule() -> None:
    text = on_choice(JUDGED.iloc[0].copy().pipe(lambda row: pd.concat([row, pd.Series({"rule": "stable"})])), JUDGED)
    assert text.startswith("1 of 2 finalists is stable in every cluster")
    assert "⟦k-means (6 clusters)⟧ on the features, which gives 6 clusters (silhouette 0.20, weakest" in text
    weak = pd.concat([JUDGED.iloc[1], pd.Series({"rule": "flagged"})])
    assert on_choice(weak, JUDGED).startswith("⟦Warning:⟧ no finalist is stable")
    assert "⟦Ward (3 clusters)⟧ on the UMAP map, which gives 3 clusters" in on_choice(weak, JUDGED)
    assert "2 of 3 with a mean Jaccard index of at least 0.75" in on_choice(weak, JUDGED)


def test_structureless_data_stand_beside_the_choice() -> None:
    text = on_null(JUDGED.iloc[0])
    assert "cuts out of 4 structureless tables with the same covariance" in text
    assert "clearer (0.20 against at most 0.13) by silhouette and more stable (0.85 against at most 0.57)" in text
    assert not is_no_better_than_null(JUDGED.iloc[0])
    other = on_null(JUDGED.iloc[1])
    assert "1 structureless table with" in other
    assert "⟦no clearer⟧ (0.10 against 0.12) by silhouette and ⟦no more stable⟧ (0.80 against 0.90)" in other
    assert is_no_better_than_null(JUDGED.iloc[1])
    nothing = JUDGED.iloc[0].where(lambda row: row.index != "null_silhouette_highest")
    assert on_null(nothing).startswith("In 4 structureless tables with the same covariance the same method finds no")
    assert not is_no_better_than_null(nothing)


def test_negative_numbers_have_the_minus_sign_of_all_sentences() -> None:
    row = pd.concat([JUDGED.iloc[0], pd.Series({"rule": "stable"})])
    row["silhouette_in_features"] = -0.2
    assert "(silhouette −0.20, weakest" in on_choice(row, JUDGED)
    assert "(−0.20 against at most 0.13)" in on_null(row)
    assert "and −0.10 in the features" in on_survey(JUDGED.assign(silhouette_in_features=-0.1))


def test_the_number_names_each_criterion_and_the_one_that_is_used() -> None:
    text = on_number(NUMBERS, 3)
    assert "suggest 2 by the silhouette, 3 by the gap statistic and 4 by BIC" in text
    assert "A prediction strength of at least 0.8 supports 3 at most. ⟦3 clusters⟧ are used below." in text
    loose = on_number(NUMBERS.assign(prediction_strength=[1, 0.7, 0.6, 0.5]), 2)
    assert "the data do not fall into clusters. ⟦2 clusters⟧" in loose


def test_the_planted_number_is_said() -> None:
    said = on_subsamples(SURVEY, suggested_numbers(SURVEY), pick_number(SURVEY))
    assert "3 by the silhouette (in all)" in said
    assert "picks ⟦3 clusters⟧" in said
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
        f"The rule picks 3; ⟦5 were asked for⟧ (prediction strength {strength:.2f}) and were used."
    )
    assert "⟦9 were asked for⟧ (not tried on the parts)" in on_number_chosen(SURVEY, choice, 9)
