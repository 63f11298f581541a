"""How many of the things that were looked at seem to be there by chance alone?"""

import numpy as np
import pandas as pd

HOLM, BENJAMINI_HOCHBERG = "Holm", "Benjamini and Hochberg"


def adjusted(p_values: pd.Series, method: str = BENJAMINI_HOCHBERG, n_tests: int = 0) -> pd.Series:
    """Return p-values corrected for how many there are; missing ones do not count and stay missing.

    By BENJAMINI_HOCHBERG (1995), for the share of false ones among what is found, or HOLM (1979), for any false one.
    Where `n_tests` things were looked at and fewer were kept, the others count as 1.

    Examples
    --------
    >>> adjusted(pd.Series([0.01, np.nan, 0.03]), HOLM).tolist()
    [0.02, nan, 0.03]
    """
    known = p_values.dropna()
    ranked, n = known.sort_values(kind="stable"), max(n_tests, len(known))
    p, ranks = ranked.to_numpy(dtype=float), np.arange(1, len(known) + 1)
    if method == HOLM:
        corrected = np.maximum.accumulate(p * (n + 1 - ranks))
    else:
        corrected = np.minimum.accumulate((p / (ranks / n))[::-1])[::-1]
    return pd.Series(corrected.clip(max=1.0), ranked.index, name=p_values.name).reindex(p_values.index)
