import os
import threading

import pytest

from helpers import cores
from helpers.cores import CORES, each, in_threads


def test_results_stand_in_order_whatever_the_number_of_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    for n in ("1", "2"):
        monkeypatch.setenv(CORES, n)
        assert each(lambda x: x * 2, (x for x in range(5))) == [0, 2, 4, 6, 8]


def test_little_work_starts_no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CORES, "2")
    monkeypatch.setattr(cores, "_started", [])
    assert set(each(lambda _: os.getpid(), range(20))) == {os.getpid()}
    assert not cores._started


def test_threads_serve_as_many_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    for n, least in (("1", 1), ("2", 2)):
        monkeypatch.setenv(CORES, n)
        meeting = threading.Barrier(least)
        assert in_threads(lambda x, meeting=meeting: (meeting.wait(10), x)[1], range(4)) == [0, 1, 2, 3]


def test_processes_are_shared_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CORES, "2")
    monkeypatch.setattr(cores, "START", -1.0)
    monkeypatch.setattr(cores, "_started", [])
    assert each(lambda _: os.getpid(), range(20))[0] == os.getpid()
    first, again = (set(each(lambda _: (os.getpid(), os.environ[CORES]), range(20))) for _ in range(2))
    assert os.getpid() not in {process for process, _ in first}
    assert {cores for _, cores in first} == {"1"}, "what calls each in there goes on alone"
    assert len({process for process, _ in first | again}) <= 2
