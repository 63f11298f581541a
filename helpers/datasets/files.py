"""Which files hold a person's data, and how large are they when they are unpacked?

People keep a table in one file, packed, in an archive, or in a folder with a file a month. What is packed is
measured while it is unpacked, so that a small archive cannot fill the memory.
"""

import gzip
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO

from helpers.errors import CasebookError

WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
TEXTS = {".csv", ".tsv", ".txt"}
PARQUET = {".parquet"}
PACKED = {".gz"}
ARCHIVES = {".zip"}
FORMS = sorted(WORKBOOKS | TEXTS | PARQUET)
READABLE = sorted([*FORMS, ".csv.gz", ".zip"])
MOST_BYTES = 2**31  # of a file when it is unpacked
MOST_FILES = 10_000  # of a folder or an archive
CHUNK = 2**20
BROKEN = (EOFError, OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, order=True)
class DataFile:
    """A file of data: its path, the name of its entry where the path is an archive, and what messages call it."""

    path: Path
    name: str
    entry: str = ""

    @property
    def is_packed(self) -> bool:
        return bool(self.entry) or self.path.suffix.lower() in PACKED

    @property
    def suffix(self) -> str:
        name = Path(self.entry or self.path.name)
        return Path(name.stem if name.suffix.lower() in PACKED else name).suffix.lower()

    @property
    def stem(self) -> str:
        return self.name.removesuffix(self.path.suffix)

    def open(self) -> IO[bytes]:
        """Return the content, unpacked in memory where it is packed; CasebookError where that would be too large."""
        if self.entry:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.entry) as content:
                return _in_memory(content)
        if self.is_packed:
            with gzip.open(self.path) as content:
                if sum(map(len, chunks_of(content))) > MOST_BYTES:
                    raise CasebookError(f"{self.name} is larger than {MOST_BYTES // 2**30} GB when it is unpacked")
                content.seek(0)
                return _in_memory(content)
        return self.path.open("rb")


def chunks_of(content: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    """Give a content in chunks, up to one more than a file may have."""
    return islice(iter(partial(content.read, CHUNK), b""), MOST_BYTES // CHUNK + 1)


def _in_memory(content: IO[bytes] | gzip.GzipFile) -> BytesIO:
    unpacked = BytesIO()
    unpacked.writelines(chunks_of(content))
    unpacked.seek(0)
    return unpacked


def data_files(path: Path) -> list[DataFile]:
    """Return the files of data of a path: itself, the entries of an archive, or what lies in a folder and below it.

    Names that start with a dot, a tilde or an underscore are passed over, as Spark's and Excel's own files.
    """
    if path.is_dir():
        found = [file for inner in _walked(path) for file in _of_file(inner, inner.relative_to(path).as_posix())]
    else:
        found = _of_file(path, path.name)
    if len(found) > MOST_FILES:
        raise CasebookError(f"{path.name} holds {len(found):,} files, and at most {MOST_FILES:,} are read")
    if not found:
        kind = "folder" if path.is_dir() else "archive" if path.suffix.lower() in ARCHIVES else "file"
        raise CasebookError(
            f"the {kind} holds no file of data ({', '.join(READABLE)})"
            if kind != "file"
            else f"{path.name} is no file of data ({', '.join(READABLE)})"
        )
    return sorted(found, key=lambda file: file.name)


def _walked(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name[0] in ".~_":
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _walked(entry)
        elif entry.is_file():
            yield entry


def _of_file(path: Path, name: str) -> list[DataFile]:
    if path.suffix.lower() in ARCHIVES:
        return [DataFile(path, f"{entry} in {name}", entry) for entry in _entries(path)]
    file = DataFile(path, name)
    return [file] if file.suffix in FORMS else []


def _entries(path: Path) -> list[str]:
    """Return the names of an archive's files of data, after the sizes that it declares."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except BROKEN as error:
        raise CasebookError(f"{path.name} cannot be unpacked, it may be cut off ({error})") from None
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise CasebookError(f"{path.name} is larger than {MOST_BYTES // 2**30} GB when it is unpacked")
    names = [entry.filename for entry in entries]
    own = [name for name in names if not any(part[0] in ".~_" for part in name.split("/") if part)]
    return [name for name in own if DataFile(path, name, name).suffix in FORMS]


def check_regular(path: Path) -> None:
    """Raise CasebookError for what is neither a file nor a folder, as a pipe or a device, which would not end."""
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise CasebookError(f"{path.name} is neither a file nor a folder")
