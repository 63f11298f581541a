"""Would an offer work, and how would one know?

- `impact`: what offers would bring to the customers of a single item, simulated under stated assumptions
- `power`: how many customers and weeks a test takes that would prove it
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.experiments.impact import outcomes, simulate_impact
    from helpers.models.experiments.power import least_share, newcomers, sample_sizes, with_weeks
else:
    __getattr__, __dir__ = lazy(__name__)
