import json
import os
import threading
from pathlib import Path

import pytest

from helpers.errors import CasebookError
from helpers.reporting.folders import alone, check_place, hand_over, staging_for, swap_in, write_whole


def test_a_new_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    for name, file in {"run": "picture.svg", "new": "report.html"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / file).touch()
    swap_in(tmp_path / "new", tmp_path / "run")
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["report.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_staging_is_gone_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), staging_for(tmp_path / "case" / "run") as staging:
        (staging / "tables" / "no" / "such" / "folder").mkdir()
    assert not list((tmp_path / "case").iterdir())


def test_what_an_interrupted_swap_left_is_put_right(tmp_path: Path) -> None:
    """Between the two renames of a swap the old report is only under its hidden name."""
    hidden = tmp_path / ".run.old"
    hidden.mkdir()
    (hidden / "report.html").touch()
    dead = tmp_path / ".run@999999999-abc"
    dead.mkdir()
    with staging_for(tmp_path / "run"):
        assert (tmp_path / "run" / "report.html").exists()
        assert not dead.exists()


def run_of(folder: Path, *tables: str, **own: str) -> None:
    """Leave a run with tables in a folder, and files of the user's own."""
    (folder / "tables").mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps({"tables": tables}))
    for name in ("report.html", "picture.svg", "failed.json", *(f"tables/{name}.csv" for name in tables)):
        (folder / name).write_text("ours")
    for name, text in own.items():
        (folder / name.replace("__", "/")).write_text(text)


def test_what_is_the_users_own_moves_along(tmp_path: Path) -> None:
    run_of(tmp_path / "run", "old", "both", notes="mine", tables__mine="mine too")
    run_of(tmp_path / "new", "both")
    (tmp_path / "new" / "failed.json").unlink()
    swap_in(tmp_path / "new", tmp_path / "run")
    files = (path for path in (tmp_path / "run").rglob("*") if path.is_file())
    kept = {path.relative_to(tmp_path / "run").as_posix() for path in files}
    assert kept == {"notes", "tables/mine", "run.json", "report.html", "picture.svg", "tables/both.csv"}
    assert (tmp_path / "run" / "notes").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_what_is_the_users_own_is_not_lost_where_a_swap_was_interrupted_late(tmp_path: Path) -> None:
    run_of(tmp_path / "run")
    run_of(tmp_path / ".run.old", notes="mine")
    with staging_for(tmp_path / "run"):
        assert (tmp_path / "run" / "notes").read_text() == "mine"
        assert not (tmp_path / ".run.old").exists()


@pytest.mark.parametrize(
    ("place", "fault"), [("case/run", "is a file"), ("case", "is a file"), ("link", "symbolic link")]
)
def test_what_stands_in_the_place_of_a_folder_is_told(tmp_path: Path, place: str, fault: str) -> None:
    run = tmp_path / "case" / "run"
    if place == "link":
        run.parent.mkdir()
        (tmp_path / "there").mkdir()
        run.symlink_to(tmp_path / "there")
    else:
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text("mine")
    with pytest.raises(CasebookError, match=fault):
        check_place(run)


@pytest.mark.parametrize("place", [".", "run", "run/tables"])
def test_a_folder_that_another_user_has_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "run" / "tables").mkdir(parents=True)
    monkeypatch.setattr(os, "access", lambda path, _: path != tmp_path / place)
    with pytest.raises(CasebookError, match=rf"{tmp_path / place} belongs to another user"):
        check_place(tmp_path / "run")


def test_a_lock_is_held_by_one_at_a_time_and_goes(tmp_path: Path) -> None:
    counted, held = [], []

    def work() -> None:
        for _ in range(20):
            with alone(tmp_path / "run"):
                held.append(1)
                counted.append(len(held))
                held.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted == [1] * 80
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mask", [0o022, 0o002, 0o077])
def test_modes_follow_the_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        with staging_for(tmp_path / "run") as staging:
            (staging / "failed.html").write_text("x")
            hand_over(staging, tmp_path / "run", "failed.html")
            modes = [path.stat().st_mode & 0o777 for path in (staging, staging / "tables", tmp_path / "run")]
            assert modes == [0o777 & ~mask] * 3
            swap_in(staging, tmp_path / "run")
        write_whole(tmp_path / "index.html", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o777 & ~mask
    assert (tmp_path / "index.html").stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    write_whole(tmp_path / "index.html", "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "index.html", "new \ud800")
    assert (tmp_path / "index.html").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1
