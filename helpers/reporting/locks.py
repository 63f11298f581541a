"""How do two commands keep out of each other's way in a run's folder?"""

import tempfile
from pathlib import Path

from filelock import FileLock

from helpers.reporting.requests import digest_of


def alone(folder: Path) -> FileLock:
    """Return a lock that one process at a time holds on a run's folder, whichever command started it."""
    return FileLock(Path(tempfile.gettempdir()) / f"casebook-{digest_of(str(folder.resolve()))[:16]}.lock")
