"""How are measures of different size made comparable?"""

import numpy as np
import pandas as pd


def standardised(frame: pd.DataFrame) -> pd.DataFrame:
    """Return each column with mean 0 and standard deviation 1; a constant column becomes 0.

    Examples
    --------
    >>> standardised(pd.DataFrame({"visits": [1, 3, 1, 3], "shops": 1})).to_dict("list")
    {'visits': [-1.0, 1.0, -1.0, 1.0], 'shops': [0.0, 0.0, 0.0, 0.0]}
    """
    spread = frame.std(ddof=0).replace(0, 1)
    return (frame - frame.mean()) / spread


def log_standardised(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the standardised logarithms of 1 + each value, for heavy-tailed measures that are not negative."""
    return standardised(np.log1p(frame))
