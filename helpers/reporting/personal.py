"""Which columns, parameters and words are about single customers?

Columns and parameters that are named in personal.csv beside this module are, also as customer_id or member_name; a
table says others itself. In a sentence, `helpers.wording.person` marks the name.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.wording import PERSON

if TYPE_CHECKING:
    import pandas as pd

ENDS = r"_(id|ids|name|no|number|code)$"
NAMES = frozenset(Path(__file__).with_suffix(".csv").read_text(encoding="utf-8").split()[1:])


def is_personal(name: str) -> bool:
    """Say whether the values of a column or parameter are single customers, or tell who they are.

    >>> [is_personal(name) for name in ("customer", "Member_ID", "customers", "segment_name")]
    [True, True, False, False]
    """
    return re.sub(ENDS, "", name.lower()) in NAMES


def personal_columns(frame: "pd.DataFrame", further: Iterable[str] = ()) -> list[str]:
    """Return the columns of a table whose rows are single customers; what is only true or false is not one."""
    wanted = set(further)
    told = [str(name) for name in frame if str(name) in wanted or is_personal(str(name))]
    return [name for name in told if frame[name].dtype != bool]


def people_in(content: Any) -> set[str]:
    """Return the names that are marked in any text of a record.

    >>> sorted(people_in({"text": "Offer ⟪Garley⟫ this.", "more": ["⟪Ann⟫"], "n": 3}))
    ['Ann', 'Garley']
    """
    if isinstance(content, str):
        return set(re.findall(PERSON, content))
    parts = content.values() if isinstance(content, dict) else content if isinstance(content, list) else []
    return {name for part in parts for name in people_in(part)}
