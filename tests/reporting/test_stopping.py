import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from helpers.reporting.stopping import SIGNALS, Stopped, hear_signals, signals_held_back, signals_let_in


@pytest.fixture(autouse=True)
def _hearing() -> Iterator[None]:
    before = [signal.getsignal(number) for number in SIGNALS]
    hear_signals()
    yield
    for number, handler in zip(SIGNALS, before, strict=True):
        signal.signal(number, handler)


def to_this_thread(number: int) -> None:
    signal.pthread_kill(threading.get_ident(), number)


def let_in_by_another(number: int) -> None:
    """Stand in for a signal that the system gives to another thread: Python hears it all the same."""
    handler = signal.getsignal(number)
    assert callable(handler)
    handler(number, None)


def work(send: Callable[[int], None], number: int, done: list[str]) -> None:
    with signals_held_back():
        send(number)
        done.append("all that is held together")
        with signals_let_in():
            done.append("never")


@pytest.mark.parametrize("send", [to_this_thread, let_in_by_another])
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_waits_until_it_is_let_in(number: int, send: Callable[[int], None]) -> None:
    done: list[str] = []
    with pytest.raises(Stopped) as stopped:
        work(send, number, done)
    assert done == ["all that is held together"]
    assert stopped.value.status == 128 + number


@pytest.mark.parametrize("send", [to_this_thread, let_in_by_another])
def test_a_signal_that_was_never_let_in_is_heard_in_the_end(send: Callable[[int], None]) -> None:
    with pytest.raises(Stopped), signals_held_back():
        send(signal.SIGTERM)
    with signals_held_back(), signals_let_in():
        pass
