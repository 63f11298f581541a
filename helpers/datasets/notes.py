"""What was done to the files of a report while they were read?

Readers tell it here, the data chapter shows it: which parts a table has, in which encoding, what was left out.
"""

import pandas as pd

SET_ASIDE = "rows with a cell that cannot be read set aside"
COLUMNS = ["table", "what", "count", "detail"]
_DONE: dict[str, pd.DataFrame] = {}


def audit_of(notes: list[tuple[str, int, str]]) -> pd.DataFrame:
    """Return notes of what was done as a table."""
    return pd.DataFrame(notes, columns=["what", "count", "detail"])


def tell(name: str, audit: pd.DataFrame) -> None:
    """Note what was done while the table of this name was read; it takes the place of what was noted before."""
    _DONE[name] = audit.assign(table=name)[COLUMNS]


def forget() -> None:
    """Let nothing be noted, before other files are read."""
    _DONE.clear()


def set_aside() -> int:
    """Return how many rows of all tables were set aside: those that cannot be read, and those that rest on these."""
    noted = told()
    return int(noted.loc[noted["what"].str.endswith("set aside"), "count"].sum())


def told() -> pd.DataFrame:
    """Return what was noted of all tables: table, what, count and detail; of a generated sample there is nothing."""
    return pd.concat(_DONE.values(), ignore_index=True) if _DONE else pd.DataFrame(columns=COLUMNS)
