from pathlib import Path

import pytest

from helpers.reporting.running import _staging, swap_in


def test_a_new_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    old, new = tmp_path / "run", tmp_path / "new"
    old.mkdir()
    (old / "stale.txt").touch()
    new.mkdir()
    (new / "fresh.txt").touch()
    swap_in(new, old)
    assert [path.name for path in old.iterdir()] == ["fresh.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_staging_is_gone_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), _staging(tmp_path / "case" / "run") as staging:
        (staging / "tables" / "no" / "such" / "folder").mkdir()
    assert not list((tmp_path / "case").iterdir())


def test_what_an_interrupted_swap_left_is_put_right(tmp_path: Path) -> None:
    """Between the two renames of a swap the old report is only under its hidden name."""
    hidden = tmp_path / ".run.old"
    hidden.mkdir()
    (hidden / "report.html").touch()
    dead = tmp_path / ".run@999999999"
    dead.mkdir()
    with _staging(tmp_path / "run"):
        assert (tmp_path / "run" / "report.html").exists()
        assert not dead.exists()
