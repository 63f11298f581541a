"""The command in this process, up to where a kernel would start."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import run_reports
from helpers.keeping import KEEPING
from helpers.reporting import command


class Started(BaseException):
    """Nothing was wrong with the request: reports would be made now."""


def _start(*_: object) -> None:
    raise Started


def status_of(arguments: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """Return the exit status of the command; Started where it would begin to make reports."""
    monkeypatch.setattr(sys, "argv", ["run_reports.py", *arguments])
    monkeypatch.setattr(command, "_make_stale", _start)
    monkeypatch.setattr(command, "hear_signals", lambda: None)
    monkeypatch.setenv(KEEPING, "")  # which the command sets, for this process too
    try:
        return run_reports.main()
    except SystemExit as ended:
        return int(ended.code or 0)


def state_of(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return what a folder holds, to see that it stays as it is."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) for path in files}
