"""What is a method that competes, and what may it recommend?"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers.models.recommenders.interactions import Interactions, Known

NEW, ALL = "new products", "all products"
OFFERS = (NEW, ALL)  # what may be recommended: what a customer has not bought yet, or everything
Scorer = Callable[[Interactions], np.ndarray]  # what customers have bought -> customers x products
Learner = Callable[[Known], Scorer]


@dataclass(frozen=True)
class Method:
    """A way to recommend, in one of its settings (which may be empty).

    It learns from what is known, competes for some of OFFERS, and is a baseline where it does without what is to be
    shown to be worth its trouble.
    """

    name: str
    setting: str
    learn: Learner
    offers: tuple[str, ...] = OFFERS
    baseline: bool = False
