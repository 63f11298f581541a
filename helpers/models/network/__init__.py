"""Who brought whom into a sales network, and what follows from it?

- `trees`: the members by their sponsors, with what had to be cut to make them trees
- `heavy_tail`: whether a few recruit most, and by which law
- `growth`: how fast sponsors recruit, and whether a fast start lasts
- `influence`: which sponsors matter by recruits, by branch, by the revenue below them and by who comes back
- `success`: what sets the top sponsors apart
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.network.growth import persistence, persistence_correlation
    from helpers.models.network.heavy_tail import concentration, distribution, power_law
    from helpers.models.network.influence import (
        branch_retention,
        influence_table,
        next_degree,
        revenue_concentration,
        top_sponsors,
    )
    from helpers.models.network.success import success_table
    from helpers.models.network.trees import fault_summary, levels, sponsor_network, tree_facts
else:
    __getattr__, __dir__ = lazy(__name__)
