"""How many of the things that were looked at seem to be there by chance alone?"""

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control


def false_discovery_rates(p: pd.Series, tested: int) -> np.ndarray:
    """Return p-values corrected for all that were looked at; those that were not kept count as 1."""
    every = np.r_[p.to_numpy(dtype=float), np.ones(max(0, tested - len(p)))]
    return np.asarray(false_discovery_control(every))[: len(p)] if len(every) else every
