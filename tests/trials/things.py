"""Strange files and folders for trials."""

import os
import socket
from collections.abc import Iterable
from pathlib import Path

LAUGHS = "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcde", "bcdef", strict=True)
)
TEXTS = {
    "nul.yaml": "seed: 1\0",
    "escaped_nul.yaml": 'data: "a\\0b"',
    "half_pair.yaml": 'data: "\\ud800"',
    "deep.yaml": f"seed: {'[' * 3000}",
    "deep_mapping.yaml": f"seed: {'{a: ' * 100}",
    "laughs.yaml": f"a: &a [1, 1]\n{LAUGHS}",
    "circle.yaml": "seed: &a [*a]",
    "twice.yaml": "seed: 1\nseed: 2",
    "long.yaml": f"seed: 1{' ' * 1_000_001}",
    "object.yaml": "seed: !!python/object/apply:os.system [exit]",
    "tagged.yaml": "seed: !!bool x",
    "list.yaml": "[1, 2]",
    "numbers.yaml": "1: 2",
    "open.yaml": "seed: [1",
    "wrong.yaml": "sead: 1",
    "word.yaml": "seed: one",
}


def make_things(folder: Path, cases: Iterable[str]) -> Path:
    """Fill a folder with what nobody should name on a command line."""
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    (folder / "latin.yaml").write_bytes("data: Käse".encode("latin-1"))
    for name in ("pipe.yaml", "pipe.csv"):
        os.mkfifo(folder / name)
    with socket.socket(socket.AF_UNIX) as at:
        at.bind(str(folder / "socket"))
    (folder / "loop").symlink_to("loop")
    (folder / "dangling.csv").symlink_to("nowhere.csv")
    (folder / "empty").mkdir()
    for case in cases:
        for kind in ("linked", "filed"):
            (folder / kind / case).mkdir(parents=True)
        (folder / "taken").mkdir(exist_ok=True)
        (folder / "taken" / case).write_text("mine")
        (folder / "linked" / case / "default").symlink_to(folder / "empty")
        (folder / "filed" / case / "default").write_text("mine")
    return folder
