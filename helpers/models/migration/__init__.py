"""Where do customers go between segments, and does a segment last?

- `transitions`: who stayed, moved, lapsed and came back from one period to the next
- `window_artefact`: how much of such a movement is made by how it was measured
- `out_of_time`: whether segments of the past tell who buys later, and more than past revenue does
- `hysteresis`: limits of entry and exit, so that members do not come and go
- `revenue_tree`: revenue as customers, orders and values, and which of these levers is within reach
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.migration.hysteresis import (
        changes,
        members,
        revenue_up_to,
        suggest_removal,
        thresholds,
        trade_off,
        trailing_revenue,
    )
    from helpers.models.migration.out_of_time import (
        added_by_segments,
        before_and_after,
        best_segment,
        compare_ways,
        newcomers_share,
        segments_later,
        ways_of_picking,
    )
    from helpers.models.migration.revenue_tree import lever_table, planned_levers, revenue_parts
    from helpers.models.migration.transitions import (
        check_lengths,
        clusters_by,
        fit_centres,
        half_years,
        retention,
        states,
        transition_table,
    )
    from helpers.models.migration.window_artefact import movement_artefact
else:
    __getattr__, __dir__ = lazy(__name__)
