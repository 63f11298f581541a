"""Does `data` name a database, and what was read of it?"""

import re
from dataclasses import dataclass
from pathlib import Path

from helpers.errors import CasebookError

STORAGE = r"(https?|s3a?|gs|gcs|r2|azure?|abfss?|hf)://"
DATABASE = "env:"  # begins a value of `data` that names an environment variable


@dataclass(frozen=True)
class Snapshot:
    """What was read of a database, as `data` names it: the folder, and the files in it."""

    data: str
    folder: Path
    files: tuple[Path, ...]

    @property
    def source(self) -> str:
        """Where the rows came from, in words."""
        return f"{self.data} ({', '.join(file.stem for file in self.files)})"

    def told(self, text: str) -> str:
        """Return a text that tells of the database where it told of the folder."""
        return text.replace(str(self.folder), self.data)


def is_database(data: str) -> bool:
    """Say whether `data` names a database; the URL of one is refused without repeating it."""
    if re.match(STORAGE, data, re.IGNORECASE):
        raise CasebookError(
            "data is not allowed: what lies on the web or in object storage is read by DuckDB, where its extension "
            f"httpfs is installed: put duckdb:///:memory: into an environment variable, say data={DATABASE}NAME and "
            "query=SELECT * FROM read_parquet('s3://bucket/folder/*.parquet'); or download it, and say data=FILE"
        )
    if re.match(r"[a-z][\w+]*://", data):
        raise CasebookError(
            "data is not allowed: a URL may hold a secret, so put it into an environment variable, "
            f"and say data={DATABASE}NAME"
        )
    return data.startswith(DATABASE)
