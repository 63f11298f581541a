"""What does a person decide about a file that does not say it itself?

The types of such parameters. They stand apart from what reads, since a request is checked before anything is read.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

Names = str | Sequence[str]  # of sheets or files, with wildcards
DateOrder = Literal["day", "month"]
Decimal = Literal["point", "comma"]
Rows = Annotated[int, Field(ge=0)]
Cleaning = Literal["netted", "published"]


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"it is no regular expression: {error}") from None
    return pattern


CodePattern = Annotated[str, AfterValidator(_compiles)]
