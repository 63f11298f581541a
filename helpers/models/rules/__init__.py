"""What do customers who bought one thing also buy, and is it more than chance?

- `mining`: itemsets and association rules by apriori, redundant ones marked
- `looked_at`: the sets of products that apriori looks at, and how many baskets hold each
- `bounding`: the support at which there are no more itemsets than can be looked at
- `significance`: each rule's test and interval, and how many rules shuffled baskets would print
- `selection`: what to expect of the rules among new customers, since they were picked for being high
- `grouping`: rules that say the same thing
- `recommending`: what the rules offer to each customer
- `by_segment`: rules of two products within segments, and what each segment favours
"""

from typing import TYPE_CHECKING

from helpers.faces import lazy

if TYPE_CHECKING:
    from helpers.models.rules.bounding import affordable_support
    from helpers.models.rules.by_segment import rule_differences, segment_products, segment_rules
    from helpers.models.rules.grouping import group_rules, summarise_groups
    from helpers.models.rules.mining import association_rules, frequent_itemsets, mark_redundant, readable
    from helpers.models.rules.recommending import combinations, pick_customer, recommend
    from helpers.models.rules.selection import with_new_confidence
    from helpers.models.rules.significance import (
        beyond_luck,
        chance_summary,
        fisher_tests,
        rules_by_chance,
        with_intervals,
        with_tests,
    )
else:
    __getattr__, __dir__ = lazy(__name__)
