"""How many of the things that were looked at seem to be there by chance alone?"""

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

HOLM, BENJAMINI_HOCHBERG = "holm", "fdr_bh"


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
    every = np.r_[known.to_numpy(dtype=float), np.ones(max(0, n_tests - len(known)))]
    corrected = multipletests(every, method=method)[1][: len(known)] if len(known) else known
    return pd.Series(corrected, known.index, dtype=float).reindex(p_values.index)
