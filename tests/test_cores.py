import os
import threading
import time
from pathlib import Path

import psutil
import pytest
from threadpoolctl import threadpool_info

from helpers import cores
from helpers.cores import CORES, each, in_threads
from helpers.errors import Unanswerable


@pytest.mark.parametrize("n", ["1", "2", "3"])
def test_results_stand_in_order_whatever_the_number_of_cores(monkeypatch: pytest.MonkeyPatch, n: str) -> None:
    monkeypatch.setenv(CORES, n)
    monkeypatch.setattr(cores, "START", -1.0)
    assert each(lambda x: x * 2, (x for x in range(5))) == [0, 2, 4, 6, 8]
    assert each(len, []) == []


def test_little_work_makes_no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CORES, "2")
    assert set(each(lambda _: os.getpid(), range(20))) == {os.getpid()}


def test_work_is_shared_out_to_copies_of_one_core_and_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CORES, "2")
    monkeypatch.setattr(cores, "START", -1.0)

    def told(_: int) -> tuple[int, str, int]:
        time.sleep(0.05)
        return os.getpid(), os.environ[CORES], max(pool["num_threads"] for pool in threadpool_info())

    first, *rest = each(told, range(6))
    assert first[0] == os.getpid(), "by which it is known that there is enough to do"
    assert len({process for process, *_ in rest} - {os.getpid()}) == 2
    assert {said[1:] for said in rest} == {("1", 1)}
    assert os.environ[CORES] == "2"
    assert not any(psutil.pid_exists(process) for process, *_ in rest)


def test_what_goes_wrong_in_a_copy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CORES, "2")

    def fail(text: str) -> None:
        raise Unanswerable(text)

    with pytest.raises(Unanswerable, match="too few"):
        each(fail, ["too few", "too few"])
    with pytest.raises(Exception, match="terminated abruptly"):
        each(os._exit, [1, 1])


def test_copies_end_with_their_process(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    child = os.fork()
    if child == 0:
        os.environ[CORES] = "2"
        each(lambda place: (told.with_suffix(f".{place}").write_text(str(os.getpid())), time.sleep(99)), range(2))
    while len(found := [path for path in tmp_path.iterdir() if path.read_text()]) < 2:
        time.sleep(0.01)
    copies = [psutil.Process(int(path.read_text())) for path in found]
    os.kill(child, 9)
    os.waitpid(child, 0)
    assert not psutil.wait_procs(copies, timeout=10)[1]


def test_threads_serve_as_many_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    for n, least in (("1", 1), ("2", 2)):
        monkeypatch.setenv(CORES, n)
        meeting = threading.Barrier(least)
        assert in_threads(lambda x, meeting=meeting: (meeting.wait(10), x)[1], range(4)) == [0, 1, 2, 3]
