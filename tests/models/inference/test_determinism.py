import subprocess
import sys

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


def test_a_library_that_is_loaded_later_is_limited_too() -> None:
    script = """
import numpy as np
from threadpoolctl import threadpool_info
from helpers.models.inference.determinism import single_thread
threads = single_thread(lambda: {one["prefix"]: one["num_threads"] for one in threadpool_info()})
before = threads()
import sklearn.cluster
assert set(threads()) > set(before), "scikit-learn brings OpenMP"
assert set(threads().values()) == {1}
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
