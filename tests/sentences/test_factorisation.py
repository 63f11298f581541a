import pandas as pd

from helpers.sentences import factorisation


def ranks(ratios: list[float], beats: list[bool]) -> pd.DataFrame:
    return pd.DataFrame({"rank": range(2, 2 + len(ratios)), "ratio": ratios, "beats_chance": beats})


def test_the_suggestion_follows_the_survey() -> None:
    said = factorisation.on_suggestion(ranks([1.6, 1.3, 0.9], [True, True, False]), 3, 3)
    assert said.startswith("3 factors beat chance: the last of them explains 1.30 times as much")
    assert "a further one only 0.90 times." in said
    alone = factorisation.on_suggestion(ranks([1.6, 1.3], [True, True]), 1, 3)
    assert alone.endswith(", and the survey ends there. Here 1 is used.")
    assert "Here 2 are used." in factorisation.on_suggestion(ranks([1.6, 1.3], [True, True]), 2, 3)


def test_no_structure_is_said() -> None:
    said = factorisation.on_suggestion(ranks([1.0], [False]), 2, 3)
    assert said == (
        "No number of factors explains clearly more than it does on 3 shuffled tables; the segments of the 2 factors "
        "used here may be chance."
    )


def test_sizes_and_their_spread() -> None:
    profile = pd.DataFrame({"segment": ["small", "large"], "customers": [20, 80], "offers": [1, 5]})
    said = factorisation.on_segments(profile, 100, beyond_chance=True)
    assert said.startswith("The customers fall into 2 segments: ")
    assert factorisation.on_segments(profile, 100, beyond_chance=False).startswith(
        "Cut into 2 segments, which may be ch"
    )
    assert factorisation.on_segments(profile.head(1), 100, beyond_chance=False).startswith(
        "The customers fall into 1 se"
    )
    assert "⟦large⟧ (80\u00a0% of the customers, 5 offers) and ⟦small⟧ (20\u00a0% of the customers, 1 offer)" in said
    sizes = pd.DataFrame({"share_1": [0.6, 0.7], "share_2": [0.4, 0.3]})
    assert "60\u00a0% to 70\u00a0% and 30\u00a0% to 40\u00a0% of the customers" in factorisation.on_spread(sizes)
    assert "the largest, 60\u00a0% and 40\u00a0% of the customers" in factorisation.on_spread(sizes.head(1))
    one = factorisation.on_spread(pd.DataFrame({"share_1": [1.0, 1.0]}))
    assert one == "Over 2 runs the one segment has 100\u00a0% of the customers."


def test_weak_segments_are_named() -> None:
    table = pd.DataFrame(
        {"segment": ["a", "b"], "of": "customers", "jaccard": [0.9, 0.5], "verdict": ["stable", "unstable"]}
        | {"draws": 50, "at_least": [0.8, 0.4]}
    )
    assert factorisation.on_weak_segments(table) == (
        "Not surely found again among other customers: b (customers, Jaccard 0.50, unstable); the other one is."
    )
    assert "All segments are" in factorisation.on_weak_segments(
        pd.concat([table.head(1), table.assign(verdict="stable")])
    )
    assert factorisation.on_weak_segments(table.head(1)).startswith("There is one segment, which holds everybody")
    chance = factorisation.on_weak_segments(table.assign(verdict="doubtful"))
    assert "a (customers, Jaccard 0.90, doubtful, since so many segments may be chance)" in chance
    near = table.assign(jaccard=[0.76, 0.5], at_least=[0.7, 0.4], verdict=["doubtful", "stable"])
    assert factorisation.on_weak_segments(near).endswith(
        "a (customers, Jaccard 0.76, doubtful, since 50 samples are too few to be surer); the other one is."
    )
    low = near.assign(jaccard=0.58)
    assert "0.58, doubtful, since 50 samples are too few to be surer)" in factorisation.on_weak_segments(low)
