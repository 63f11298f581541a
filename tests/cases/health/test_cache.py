import threading
from pathlib import Path

import pytest

from helpers.cases.health.cache import digest, kept
from helpers.errors import CasebookError
from helpers.kept_files import CACHE, cache_root


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))


def test_a_sample_is_written_once(tmp_path: Path) -> None:
    written: list[Path] = []

    def write(folder: Path) -> None:
        written.append(folder)
        (folder / "table").write_text("rows")

    first, again = kept("kind/abc", write), kept("kind/abc", write)
    assert first == again == cache_root() / "kind" / "abc"
    assert (first / "table").read_text() == "rows"
    assert len(written) == 1
    assert written[0] != first


def test_what_fails_leaves_nothing_and_is_written_the_next_time() -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        kept("kind/abc", fail)
    assert [path.name for path in (cache_root() / "kind").iterdir()] == ["abc.lock"]
    assert kept("kind/abc", lambda folder: None).is_dir()


def test_the_rest_of_a_killed_process_is_cleared() -> None:
    left = cache_root() / "kind" / "abc.part-xyz"
    left.mkdir(parents=True)
    kept("kind/abc", lambda folder: None)
    assert not left.exists()


def test_two_at_once_write_once() -> None:
    started, written = threading.Barrier(2), []

    def write(folder: Path) -> None:
        written.append(folder)

    def ask() -> None:
        started.wait()
        kept("kind/abc", write)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(written) == 1


def test_the_digest_changes_with_parameters_and_sources(tmp_path: Path) -> None:
    source = tmp_path / "source.py"
    source.write_text("a = 1")
    before = digest({"n": 1}, [source])
    assert before == digest({"n": 1}, [source])
    assert before != digest({"n": 2}, [source])
    source.write_text("a = 2")
    assert before != digest({"n": 1}, [source])


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(CACHE, str(tmp_path / "file"))
    with pytest.raises(CasebookError, match="CASEBOOK_CACHE"):
        kept("kind/abc", lambda folder: None)
