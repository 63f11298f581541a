import os

import pytest

from helpers.cores import CORES, each


def test_results_stand_in_order_whatever_the_number_of_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores in ("1", "2"):
        monkeypatch.setenv(CORES, cores)
        assert each(lambda x: x * 2, (x for x in range(5))) == [0, 2, 4, 6, 8]


def test_processes_are_shared_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CORES, "2")
    first, again = (set(each(lambda _: (os.getpid(), os.environ[CORES]), range(20))) for _ in range(2))
    assert os.getpid() not in {process for process, _ in first}
    assert {cores for _, cores in first} == {"1"}, "what calls each in there goes on alone"
    assert len({process for process, _ in first | again}) <= 2
