"""Which method recommends best, as a picture?

- `comparison`: each method's measure with its interval
- `latent_space`: what the factors see
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.figures.recommenders.comparison import methods
    from helpers.figures.recommenders.latent_space import latent_map
else:
    __getattr__, __dir__ = lazy(__name__)
