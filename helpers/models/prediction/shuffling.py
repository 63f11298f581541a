"""What would the features be, were one of them dealt anew among the customers?"""

import numpy as np

from helpers.models.inference.determinism import seeded


def shuffles(n: int, n_repeats: int, seed: int) -> np.ndarray:
    """Return whose value each of `n` customers gets in each repeat, as scikit-learn deals it; repeats x customers.

    So that what is judged by it equals `sklearn.inspection.permutation_importance`, which predicts anew for each
    feature and repeat what can be predicted at once.
    """
    rng = seeded(seeded(seed).randint(2**31))
    places, dealt, found = np.arange(n), np.arange(n), []
    for _ in range(n_repeats):
        rng.shuffle(places)
        dealt = dealt[places]
        found.append(dealt)
    return np.array(found)
