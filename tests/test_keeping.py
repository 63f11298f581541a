"""What is kept is found again, and only where nothing that it comes from has changed."""

import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pytest

from helpers import keeping, kept_files
from helpers.errors import CasebookError
from helpers.keeping import KEEPING, RENEW, USE, _content, keep_results, kept
from helpers.kept_files import CACHE, results_folder

ROOT = Path(__file__).resolve().parents[1]
calls: list[object] = []


@kept
def doubled(table: pd.DataFrame, times: int = 2) -> pd.DataFrame:
    calls.append(times)
    return table * times


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    calls.clear()
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.setenv(KEEPING, USE)
    monkeypatch.setattr(keeping, "_digest_of_code", lambda modules: "code")
    return tmp_path / "cache" / "results"


TABLE = pd.DataFrame({"n": [1.0, np.nan], "word": ["ann", "ben"]})


def test_a_result_is_computed_once_for_the_same_arguments_however_they_are_given() -> None:
    first, again, named = doubled(TABLE), doubled(TABLE.copy(), 2), doubled(table=TABLE, times=2)
    assert calls == [2]
    pd.testing.assert_frame_equal(first, again)
    pd.testing.assert_frame_equal(first, named)


def test_every_argument_counts() -> None:
    changed = [TABLE.rename(columns={"n": "m"}), TABLE.set_axis(["a", "b"]), TABLE.astype(object), TABLE.iloc[::-1]]
    for table in [TABLE, TABLE.fillna(0), *changed]:
        doubled(table)
    doubled(TABLE, 3)
    assert calls == [2] * 6 + [3]


def test_tables_of_an_engine_are_told_by_their_rows() -> None:
    def counted(rows: pd.DataFrame) -> int:
        return n_rows(ibis.duckdb.connect().create_table("rows", rows).filter(ibis._.n > 0))

    rows = pd.DataFrame({"n": [0, 1, 2], "word": ["ann", "ben", None]})
    others = [
        rows.assign(n=[0, 1, 3]),
        rows.fillna(""),
        rows.rename(columns={"word": "name"}),
        rows.iloc[[0, 1, 2, 2]],
    ]
    assert [counted(one) for one in [rows, rows.copy(), rows.iloc[::-1], rows.assign(n=[-1, 1, 2])]] == [2] * 4
    assert calls == [2]
    assert [counted(one) for one in others] == [2, 2, 2, 3]
    assert calls == [2, 2, 2, 2, 3]


@kept
def n_rows(table: ir.Table) -> int:
    calls.append(int(table.count().execute()))
    return calls[-1]


def test_nothing_is_kept_where_nobody_says_so(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.delenv(KEEPING)
    doubled(TABLE)
    doubled(TABLE)
    assert calls == [2, 2]
    assert not folder.exists()


def test_anew_means_anew_and_is_kept_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    doubled(TABLE)
    keep_results(anew=True)
    assert os.environ[KEEPING] == RENEW
    doubled(TABLE)
    keep_results(anew=False)
    doubled(TABLE)
    assert calls == [2, 2]


def test_what_may_stand_for_something_elsewhere_is_not_kept(tmp_path: Path, folder: Path) -> None:
    @kept
    def applied(what) -> int:
        calls.append(what)
        return what(2) if callable(what) else len(what.read_bytes())

    path = tmp_path / "file"
    path.write_text("a")
    assert [applied(lambda x: x + 1), applied(lambda x: x + 2), applied(path)] == [3, 4, 1]
    path.write_text("ab")
    assert applied(path) == 2
    assert len(calls) == 4


@pytest.mark.parametrize("spoil", [lambda whole: whole[:-1], lambda whole: b"", lambda whole: whole[:40] + b"x" * 40])
def test_a_broken_entry_is_made_again(folder: Path, spoil) -> None:
    doubled(TABLE)
    (entry,) = folder.iterdir()
    whole = entry.read_bytes()
    entry.write_bytes(spoil(whole))
    doubled(TABLE)
    assert calls == [2, 2]
    assert entry.read_bytes() == whole


def test_the_folder_is_the_users_alone(folder: Path) -> None:
    doubled(TABLE)
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o770)
    with pytest.raises(CasebookError, match="is not yours alone to write"):
        keep_results(anew=False)
    doubled(TABLE)
    assert calls == [2, 2], "what somebody else could have written is not read"


def test_a_folder_of_somebody_else_or_a_link_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results_folder()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(CasebookError, match=CACHE):
        results_folder()
    monkeypatch.undo()
    monkeypatch.setenv(CACHE, str(folder.parent))
    folder.rename(folder.parent / "elsewhere")
    folder.symlink_to(folder.parent / "elsewhere")
    with pytest.raises(CasebookError, match="remove it"):
        results_folder()


def test_where_there_can_be_no_folder_all_is_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(CACHE, str(tmp_path / "file"))
    keep_results(anew=False)
    pd.testing.assert_frame_equal(doubled(TABLE), TABLE * 2)


def test_what_was_not_used_for_longest_goes_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for times in (1, 2, 3):
        doubled(TABLE, times)
    entries = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    for age, path in enumerate(entries):
        os.utime(path, (age, age))
    doubled(TABLE, 1)  # used now, so that the second is the oldest
    size = entries[0].stat().st_size
    monkeypatch.setattr(kept_files, "MOST_BYTES", 3 * size + size // 2)
    doubled(TABLE, 4)
    assert {path for path in entries if path.exists()} == {entries[0], entries[2]}


def test_equal_values_have_one_digest_and_name_their_code() -> None:
    word = "ab"
    same = [[word, word], ["".join(["a", "b"]), word]]
    assert _content(same[0]) == _content(same[1])
    assert _content({"a": 1, "b": 2}) != _content({"b": 2, "a": 1}), "the order of names may count"
    assert _content(partial(keep_results, True))[1] >= {"helpers.keeping"}


def test_texts_are_told_by_what_they_say_however_they_are_held() -> None:
    texts = pd.Series(["b", "äö", None, "", "b"])
    later = pd.concat([pd.Series(["before"]), texts[:1], texts[1:]])[1:]
    assert _content(texts) == _content(later.reset_index(drop=True))
    none = texts[:0].reset_index(drop=True)
    others = [["b", "äö", "", None, "b"], ["bä", "ö", None, "", "b"], ["b", "äö", None, "", "c"], texts[:4]]
    different = [texts, none, texts.astype("string"), *(pd.Series(other) for other in others)]
    assert len({_content(one.array)[0] for one in different}) == len(different)
    assert _content(none) == _content(pd.Series([], dtype=str))


def test_sets_do_not_depend_on_the_hash_seed() -> None:
    code = "from helpers.keeping import _content; print(_content([frozenset('abcdef'), {'x', 'y'}])[0])"
    said = {run(code, {"PYTHONHASHSEED": seed}, ROOT) for seed in "12"}
    assert len(said) == 1


def run(code: str, environment: dict[str, str], root: Path) -> str:
    known = {**os.environ, **environment, "PYTHONPATH": str(root)}
    return subprocess.run(
        [sys.executable, "-c", code], env=known, cwd=root, check=True, text=True, capture_output=True
    ).stdout


HOUSE = {
    "helpers/models/__init__.py": "",
    "helpers/models/topic.py": "from helpers.keeping import kept\nfrom helpers.models.other import one\n"
    "@kept\ndef made(f):\n    print('made')\n    return one() + f()\n",
    "helpers/models/other.py": "def one():\n    return 1\n",
    "helpers/models/given.py": "def two():\n    return 2\n",
    "helpers/models/apart.py": "",
    "requirements.lock": "numpy==1\n",
}
CODE = "from helpers.models import topic, given; print(topic.made(given.two))"


def test_code_that_is_used_and_the_lock_count_and_other_code_does_not(tmp_path: Path, folder: Path) -> None:
    for name in ("__init__", "keeping", "kept_files", "remembered", "closure", "faces", "errors", "wording"):
        path = tmp_path / "helpers" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "helpers" / f"{name}.py", path)
    for name, text in HOUSE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert run(CODE, {}, tmp_path) == "made\n3\n"
    (tmp_path / "helpers/models/apart.py").write_text("# changed\n")
    assert run(CODE, {}, tmp_path) == "3\n"
    for name in (
        "helpers/models/topic.py",
        "helpers/models/other.py",
        "helpers/models/given.py",
        "requirements.lock",
    ):
        with (tmp_path / name).open("a") as file:
            file.write("# changed\n")
        assert run(CODE, {}, tmp_path) == "made\n3\n", name
        assert run(CODE, {}, tmp_path) == "3\n", name
