import pandas as pd
import pytest

from helpers.cases.loyalty.advice import on_lessons, on_then_and_now
from helpers.cases.loyalty.published import actions_beside_published
from helpers.cases.loyalty.published_recipe import RecipeOverSeeds

QUALITY = pd.DataFrame({"embedding": ["PCA", "UMAP", "forest"], "neighbour_overlap": [float("nan"), 0.69, 0.63]})


def judged(forest: float, features: float, null: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "space": ["features", "forest"],
            "silhouette_in_features": [features, forest],
            "null_silhouette_highest": null,
            "weakest": 0.9,
            "clusters": 4,
            "noise_share": 0.0,
            "smallest": 50,
            "smallest_share": 0.1,
        }
    )


@pytest.mark.parametrize(
    ("forest", "features", "words"), [(0.1, 0.3, "separates no better"), (0.4, 0.3, "does separate better")]
)
def test_lessons_follow_the_tables(forest: float, features: float, words: str) -> None:
    agreement = pd.DataFrame([[1.0, 0.66, 0.93], [0.66, 1.0, 0.7], [0.93, 0.7, 1.0]])
    recipe = RecipeOverSeeds({}, pd.DataFrame(), agreement, pd.Series(dtype=float))
    table = judged(forest, features, 0.2)
    first, second, third = on_lessons(table, table.iloc[0], QUALITY, recipe)
    passed = sum(value > 0.22 for value in (forest, features))
    assert f"{passed} of 2 finalists pass every test" in first
    assert "these clusters are clearer" in first
    assert words in second
    assert "UMAP 69\u00a0% and forest 63\u00a0%" in third
    assert "0.66 to 0.93" in third
    chance = judged(forest, features, 0.5)
    assert "these clusters are no clearer" in on_lessons(chance, chance.iloc[0], QUALITY, recipe)[0]


def test_segments_whose_customers_nobody_knew_are_said_so() -> None:
    table = pd.DataFrame(
        {"segment": ["Insiders", "New"], "customers": [10, 8], "known": [9, 0], "share": [0.9, float("nan")]}
    )
    said = on_then_and_now(table.assign(mostly="Insiders (9 Sep)"), pd.Timestamp("2024-09-09"))
    assert "Insiders: 90\u00a0% were in Insiders (9 Sep)" in said
    assert "New: none known" in said
    few = on_then_and_now(table.assign(mostly="x", known=3, share=float("nan")), pd.Timestamp("2024-09-09"))
    assert "New: only 3 of 8 known" in few


def test_the_actions_of_the_study_stand_beside_ours_for_the_same_name() -> None:
    names = pd.DataFrame({"published_name": ["Insiders", "Churn 2"], "name": ["Insiders", "Churn 1"]})
    plan = pd.DataFrame(
        {"segment": ["Insiders", "Churn"], "lever": ["items a purchase", "none"], "action": ["a", "b"]}
    )
    table = actions_beside_published(names, plan).set_index("published_name")
    assert len(table) == 12
    assert table.loc["Churn 2", ["published_action", "lever", "action"]].tolist() == ["do nothing", "none", "b"]
    assert table.loc["Insiders", "action"] == "a"
    assert pd.isna(table.loc["Promising 1", "lever"])
