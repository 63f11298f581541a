"""What does a person decide about measures of customers?

The types of such parameters, apart from what uses them, as in `helpers.datasets.options`.
"""

from typing import Literal

Scoring = Literal["cutoffs", "quintiles"]
