import pandas as pd

from helpers.models.clustering.choice import is_clearer
from helpers.sentences.clustering.choice import (
    on_assignment,
    on_choice,
    on_embeddings,
    on_null,
    on_survey,
)

NAN = float("nan")
JUDGED = pd.DataFrame(
    {
        "method": ["k-means", "Ward"],
        "parameters": ["6 clusters", "3 clusters"],
        "space": ["features", "UMAP"],
        "clusters": [6, 3],
        "noise_share": 0.0,
        "smallest": 30,
        "smallest_share": 0.1,
        "parameter": [6.0, 3.0],
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
    highest = JUDGED.iloc[0].copy().pipe(lambda row: pd.concat([row, pd.Series({"rule": "stable"})]))
    highest["parameter"] = 8.0
    assert "gives 6 clusters, the most that was tried (" in on_choice(highest, JUDGED)
    weak = pd.concat([JUDGED.iloc[1], pd.Series({"rule": "flagged"})])
    assert on_choice(weak, JUDGED).startswith("⟦Warning:⟧ no finalist is stable")
    assert "⟦Ward (3 clusters)⟧ on the UMAP map, which gives 3 clusters" in on_choice(weak, JUDGED)
    assert "2 of 3 with a mean Jaccard index of at least 0.75." in on_choice(weak, JUDGED)
    alike = JUDGED.assign(stable_clusters=[4, 2], weakest=[0.5, 0.6])
    weak["weakest"] = 0.6
    tied = ", and its weakest one is the firmest of 2 such choices (0.60)."
    assert tied in on_choice(weak, alike)


def test_structureless_data_stand_beside_the_choice() -> None:
    text = on_null(JUDGED.iloc[0])
    assert (
        "cuts out of 4 structureless tables, the clusters are clearer by silhouette (0.20 against at most 0.13)"
        in text
    )
    assert text.endswith("Their mean Jaccard index is 0.85 against at most 0.57.")
    assert is_clearer(JUDGED.iloc[0])
    other = on_null(JUDGED.iloc[1])
    assert "the finalists cut out of structureless tables, the clusters are ⟦not clearly clearer⟧ by" in other
    assert "(0.10 against at most 0.12)" in other
    assert not is_clearer(JUDGED.iloc[1])
    nothing = JUDGED.iloc[0].where(lambda row: row.index != "null_silhouette_highest")
    assert on_null(nothing).startswith("In 4 structureless tables the same method finds no clusters")
    assert is_clearer(nothing)


def test_negative_numbers_have_the_minus_sign_of_all_sentences() -> None:
    row = pd.concat([JUDGED.iloc[0], pd.Series({"rule": "stable"})])
    row["silhouette_in_features"] = -0.2
    assert "(silhouette −0.20, weakest" in on_choice(row, JUDGED)
    assert "(−0.20 against at most 0.13)" in on_null(row)
    assert "and −0.10 in the features" in on_survey(JUDGED.assign(silhouette_in_features=-0.1))


def test_the_assignment_names_the_hardest_segment() -> None:
    rows = [("accuracy", "all", 0.95), ("kappa", "all", 0.9), ("F1", "Loyal", 0.96), ("F1", "Insiders", 0.7)]
    table = pd.DataFrame(rows, columns=["measure", "segment", "agreement"]).assign(prototypes=1, low=0.6, high=0.97)
    text = plain(on_assignment(table, 1))
    assert text.startswith("With 1 prototype a segment, ⟦95.0 %⟧ of the customers held out")
    assert "cut from all customers, those held out among them" in text
    assert "segment Insiders, with an F1 of 0.70, and is often mistaken." in text
    fine = on_assignment(table.assign(agreement=0.99), 1)
    assert "told apart well too" in fine


QUALITY = pd.DataFrame(
    {
        "embedding": ["PCA", "UMAP", "t-SNE"],
        "trustworthiness": [0.9, 0.96, 0.95],
        "neighbour_overlap": [1, 0.66, NAN],
    }
)


def test_maps_are_told_by_neighbours_and_seeds() -> None:
    text = plain(on_embeddings(QUALITY))
    assert text.startswith(
        "On the map by UMAP, most of what lies near is near in the features too (trustworthiness 0.96)"
    )
    assert "UMAP have 66 % of the nearest neighbours in common." in text
    assert "largely chance" not in text
    assert "largely chance" in on_embeddings(QUALITY.assign(neighbour_overlap=[1, 0.2, NAN]))
    assert "On the map by UMAP" in on_embeddings(QUALITY.assign(trustworthiness=[0.9, 0.96, 0.99]))
    assert on_embeddings(QUALITY.iloc[2:]) == "t-SNE is a picture only, and there is no other map to judge."
    poor = QUALITY.assign(trustworthiness=[0.55, 0.6, 0.99])
    assert on_embeddings(poor).startswith(
        "No map keeps near what is near in the features; that by UMAP comes closest"
    )
