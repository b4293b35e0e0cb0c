import signal
from collections.abc import Iterator

import gevent
import pytest

from midstream.harness.load.locust_hooks.interrupt import Interrupt

pytestmark = pytest.mark.load


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the signal as it was."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_signal_is_noted_and_ends_what_waits() -> None:
    """Who waits at the very bottom is interrupted, as without us."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    interrupt = Interrupt()
    signal.raise_signal(signal.SIGINT)
    assert interrupt.has_come
    with pytest.raises(KeyboardInterrupt):
        gevent.sleep(60)


def test_without_a_signal_nothing_is_noted() -> None:
    """Listening alone interrupts nobody."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    interrupt = Interrupt()
    gevent.sleep(0)
    assert not interrupt.has_come


def test_a_signal_that_is_ignored_stays_so() -> None:
    """In the background of a shell Ctrl-C is for others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interrupt = Interrupt()
    signal.raise_signal(signal.SIGINT)
    gevent.sleep(0)
    assert not interrupt.has_come


def test_who_listens_already_goes_on() -> None:
    """Somebody else's handler is not taken away."""
    heard: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    interrupt = Interrupt()
    signal.raise_signal(signal.SIGINT)
    assert (heard, interrupt.has_come) == ([signal.SIGINT], False)
