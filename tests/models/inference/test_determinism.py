import numpy as np
from threadpoolctl import threadpool_info

from helpers.models.inference.determinism import single_thread


@single_thread
def threads() -> list[int]:
    np.ones((9, 9)) @ np.ones((9, 9))
    return [library["num_threads"] for library in threadpool_info()]


def test_one_thread_inside_and_as_before_outside() -> None:
    before = [library["num_threads"] for library in threadpool_info()]
    assert set(threads()) == {1}
    assert [library["num_threads"] for library in threadpool_info()] == before
    assert threads.__name__ == "threads"
