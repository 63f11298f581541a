"""What do the scale, and the choice of features, do to the clusters?"""

from collections.abc import Mapping

import pandas as pd

from helpers.models.clustering.feature_choice import UNASKED
from helpers.models.clustering.number import STRONG
from helpers.wording import PERCENT, count, fixed, heading, listing, percent, two_decimals

OUTLIERS = 0.5  # share of extreme customers from which a smallest cluster is one of outliers
ALIKE = 0.8  # size of a rank correlation from which two features say nearly the same
SAME = 0.9  # adjusted Rand index from which two partitions are nearly the same (Steinley, 2004)
UNHEARD = (
    ". ⟦Importance tells nothing here⟧: fewer than two of those that stay are more telling than shuffled copies, "
    "as happens with few customers, so it decided nothing."
)


def on_scalings(table: pd.DataFrame) -> str:
    """Say on which scales of `compare_scalings`, the one in use first, the smallest cluster is one of extremes."""
    used = str(table["scale"].iloc[0])
    rows = " ".join(_on_scale(row, used) for _, row in table.iterrows())
    extremes = percent(table["overall_extreme_share"].iloc[0], 1)
    return (
        f"{_where_outliers(table)} {rows} Extreme are the {extremes} of the customers beyond the 99.9{PERCENT} "
        "quantile of some feature; agreement is the adjusted Rand index, 1 for the same clusters."
    )


def on_strengths(strengths: pd.DataFrame, used: int) -> str:
    """Say on which scale of `strength_by_scale`, the one in use first, two halves agree best on the clusters used."""
    own = strengths[strengths["clusters"] == used].reset_index(drop=True)
    if own.empty:
        return f"The customers are too few to ask whether two halves agree on {count(used, 'cluster')}."
    words = [f"{fixed(2)(row.prediction_strength)} on {_the(row.scale)}" for row in own.itertuples()]
    return (
        f"Two halves of the customers are to agree on the clusters: with {count(used, 'cluster')} the prediction "
        f"strength is {listing(words)}. {_best_scale(own)} Another scale may be strong with another number."
    )


def on_collinear(correlations: pd.DataFrame, without: pd.DataFrame, words: Mapping[str, str]) -> str:
    """Say which features say nearly the same, and whether leaving some out would change the clusters.

    From `rank_correlations` and `clusters_without`; `words` are what features are called, where not by their name.
    """
    strong = correlations[correlations["correlation"].abs() >= ALIKE]
    pairs = [
        f"{_plain(row.feature, words)} and {_plain(row.other, words)} {two_decimals(row.correlation)}"
        for row in strong.itertuples()
    ]
    alike = (
        f"Some features say nearly the same and so count more than once (rank correlations: {listing(pairs)})."
        if pairs
        else f"No two features have a rank correlation of {ALIKE:g} or more."
    )
    return f"{alike} {_left_out(without, words)}" if len(without) else alike


def _where_outliers(table: pd.DataFrame) -> str:
    found = (table["extreme_share"] >= OUTLIERS) & (table["overall_extreme_share"] < OUTLIERS)
    scales = table["scale"].map(_the)
    if not found.any():
        return f"⟦Outliers make a cluster of their own on none of the scales⟧ (in use is {scales.iloc[0]})."
    where = f"⟦Outliers make a cluster of their own on {listing(scales[found])}⟧"
    if found.iloc[0]:
        return f"{where}; in use is {scales.iloc[0]}, so the smallest cluster is one of outliers."
    return f"{where}, but not on {scales.iloc[0]}, the one in use."


def _the(scale: str) -> str:
    return f"the {scale}" if scale.endswith("scale") else scale


def _on_scale(row: pd.Series, used: str) -> str:
    silhouette, agreement, without = (fixed(2)(row[name]) for name in ("silhouette", "agreement", "without_extremes"))
    known = [f"silhouette {silhouette}"] if pd.notna(row["silhouette"]) else []
    known += [f"agreement with {_the(used)} {agreement}"] if row["scale"] != used else []
    known += [f"with itself without extreme customers {without}"] if pd.notna(row["without_extremes"]) else []
    measures = f" ({'; '.join(known)})" if known else ""
    return (
        f"{heading(row['scale'])}: clusters of {row['sizes']} customers; the smallest holds "
        f"{percent(row['smallest_share'], 2)}, {percent(row['extreme_share'])} of them extreme{measures}."
    )


def _best_scale(own: pd.DataFrame) -> str:
    used, rest = own.iloc[0], own.iloc[1:]
    scale = _the(used["scale"])
    strong = used["prediction_strength"] >= STRONG
    enough = f"reaches {STRONG:g}" if strong else f"stays below {STRONG:g}"
    if rest.empty:
        return f"In use is {scale}, which {enough}."
    better = rest.loc[rest["prediction_strength"] > used["prediction_strength"], "scale"].map(_the)
    if len(better):
        return f"In use is {scale}, which {enough}; two halves agree better on {listing(better)}."
    alone = strong and (rest["prediction_strength"] < STRONG).all()
    return f"In use is {scale}, where no other scale is stronger; it {'alone ' if alone else ''}{enough}."


def _plain(name: str, words: Mapping[str, str]) -> str:
    return words.get(name, name.replace("_", " "))


def _left_out(without: pd.DataFrame, words: Mapping[str, str]) -> str:
    agreements = [
        f"{fixed(2)(row.agreement)} without {listing(_plain(name, words) for name in row.left_out.split(', '))} "
        f"({percent(row.customers_moved_share, 1)} of the customers in another cluster)"
        for row in without.itertuples()
    ]
    lowest = without["agreement"].min()
    verdict = (
        f"⟦The clusters hardly change⟧: no agreement is below {SAME:g}."
        if lowest >= SAME
        else f"⟦The clusters change⟧: the agreement falls to {fixed(2)(lowest)}."
    )
    head = "Agreement of the clusters with those by all features (adjusted Rand index)"
    return f"{head}: {listing(agreements)}. {verdict}"


def on_features(table: pd.DataFrame) -> str:
    """Say how many features stay and which go for what reason, from `choose_features`.

    Examples
    --------
    >>> reasons = ["more telling than any shuffled copy", "the same for everybody"]
    >>> print(on_features(pd.DataFrame({"feature": ["spend", "country"], "kept": [True, False], "reason": reasons})))
    1 of 2 features stays; country (the same for everybody) goes.
    """
    gone = table[~table["kept"]]
    n = int(table["kept"].sum())
    stay = f"{count(n)} of {count(len(table), 'feature')} {'stays' if n == 1 else 'stay'}"
    unheard = (table["reason"] == UNASKED).any()
    if gone.empty:
        return f"{stay}: none repeats another{UNHEARD if unheard else ', and none is without relation to the rest.'}"
    words = [f"{row.feature} ({row.reason})" for row in gone.itertuples()]
    verb = "goes" if len(gone) == 1 else "go"
    return f"{stay}; {listing(words, len(words))} {verb}{UNHEARD if unheard else '.'}"
