"""Why is nimfa not imported directly?

Its last release (2019) reads two names that numpy 2 has dropped. They are put back for it here, and nothing else uses
them.
"""

import warnings

import numpy as np

np.mat = np.asmatrix  # type: ignore[attr-defined]
np.Inf = np.inf  # type: ignore[attr-defined]
with warnings.catch_warnings(action="ignore", category=SyntaxWarning):
    import nimfa

Nmf = nimfa.Nmf
