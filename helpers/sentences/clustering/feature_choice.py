"""Which features stay, and why do the others go?"""

import pandas as pd

from helpers.models.clustering.feature_choice import UNASKED
from helpers.wording import count, listing

UNHEARD = (
    ". **Importance tells nothing here**: fewer than two of those that stay are more telling than shuffled copies, "
    "as happens with few customers, so it decided nothing."
)


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
