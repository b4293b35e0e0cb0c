import gc
import weakref
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from midstream.mock_server.serving import resting
from midstream.mock_server.serving.resting import CollectorRest
from tests.helpers import until
from tests.mock_server.helpers_server import END, rig, start_run


class Ouroboros:
    """Refers to itself, so that it is garbage once nobody else does."""

    def __init__(self) -> None:
        self.tail = self


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Have the collector on before, whatever a test does, and after."""
    gc.enable()
    yield
    gc.enable()


def test_it_rests_until_the_last_response_has_ended() -> None:
    """However many there are at once, and in whatever order they end."""
    rest = CollectorRest()
    with ExitStack() as first, ExitStack() as second:
        first.enter_context(rest)
        second.enter_context(rest)
        assert not gc.isenabled()
        first.close()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_who_has_turned_it_off_finds_it_off() -> None:
    """It is only turned on again by who turned it off."""
    gc.disable()
    with CollectorRest():
        pass
    assert not gc.isenabled()


def test_a_response_that_fails_ends_its_rest() -> None:
    """An error is no reason to stay off for good."""
    with pytest.raises(ZeroDivisionError), CollectorRest():
        _ = 1 / 0
    assert gc.isenabled()


def test_when_much_is_new_it_looks_at_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server that is never idle does not let garbage pile up for ever."""
    rest = CollectorRest()
    with rest:
        garbage = weakref.ref(Ouroboros())
        with rest:
            assert garbage() is not None
        monkeypatch.setattr(resting, "_MOST_NEW", 0)
        with rest:
            assert garbage() is None
        assert not gc.isenabled()


async def test_the_collector_rests_while_a_stream_is_open() -> None:
    """In every server, and no longer."""
    async with rig(speed=1.0) as r, r.connect() as sock:
        await sock.until(b"thread.run.created", await start_run(sock))
        assert not gc.isenabled()
        await r.server.flush(r.session.api_key)
        await sock.until(END)
        await until(gc.isenabled)
