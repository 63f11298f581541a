"""Where do customers go, as a picture?

- `transitions`: from period to period; `out_of_time`: whether segments last
- `revenue_tree`: what each lever is worth
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.figures.migration.out_of_time import removal_trade_off, segments_later_bars, ways_bars
    from helpers.figures.migration.revenue_tree import planned_lever_bars
    from helpers.figures.migration.transitions import artefact_bars, retention_bars, sankey, sankey_interactive
else:
    __getattr__, __dir__ = lazy(__name__)
