"""Who stays, who moves, and do the segments last, in words?

- `transitions`: from period to period, and what of it the measurement makes
- `out_of_time`: whether segments tell more of the months after than a ranking, and how steady a membership is
- `revenue_tree`: what the levers of the segments are worth
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.sentences.migration.out_of_time import (
        is_matched_by_revenue,
        keeps_order,
        on_added,
        on_best_segment,
        on_entry,
        on_newcomers,
        on_segments,
        on_single,
        on_suggestion,
        on_ways,
    )
    from helpers.sentences.migration.revenue_tree import CAVEAT, RULE, in_words, on_lever, on_most, on_parts
    from helpers.sentences.migration.transitions import on_artefact, on_moves, on_retention, on_return
else:
    __getattr__, __dir__ = lazy(__name__)
