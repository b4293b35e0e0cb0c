import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import msgspec
import pytest

from midstream.harness.errors import ToxiproxyError
from midstream.harness.load.controller.outages import OutageReport, OutageScheduler
from midstream.harness.path.toxiproxy import api
from midstream.harness.path.toxiproxy.api import ProxyState
from tests.harness.load.helpers_load import storm
from tests.harness.load.helpers_orders import order

OUTAGE = {"name": "p", "outages": [{"after": 0.25, "for_s": 0.1}]}
ORDER = order(storm(OUTAGE), users=1, run_s=0.4)
NAME = "run.user-0-1"


class Toxiproxy:
    """One proxy that listens for real, and what was seen when it came up again."""

    def __init__(self, doors: ExitStack, *, is_listed: bool = True) -> None:
        """Listen; *is_listed*: whether it is still there when it is asked for."""
        self.done: list[bool] = []
        self.was_free = True
        self._doors, self._is_listed = doors, is_listed
        self.state = self._listen(0)

    def states(self) -> dict[str, ProxyState]:
        """Return what Toxiproxy says of its proxies."""
        if not self._is_listed and self.done:
            return {}
        return {NAME: self.state}

    def set_enabled(self, _name: str, port: int, *, is_enabled: bool) -> None:
        """Close or open the proxy on *port*."""
        self.done.append(is_enabled)
        if not self._is_listed:
            raise ToxiproxyError("no such proxy")
        if is_enabled:
            self.was_free = is_free(port)
            self.state = self._listen(port)
        else:
            self._doors.close()
            self.state = msgspec.structs.replace(self.state, enabled=False)

    def _listen(self, port: int) -> ProxyState:
        server = self._doors.enter_context(socket.create_server(("127.0.0.1", port)))
        listen = f"127.0.0.1:{server.getsockname()[1]}"
        return ProxyState(name=NAME, listen=listen, enabled=True)


def is_free(port: int) -> bool:
    """Say whether a connection could be given *port*, as any is by chance."""
    with socket.socket() as other:
        try:
            other.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@pytest.fixture
def doors() -> Iterator[ExitStack]:
    """Return what closes all that listens."""
    with ExitStack() as doors:
        yield doors


def conduct(
    toxiproxy: Toxiproxy, monkeypatch: pytest.MonkeyPatch
) -> list[OutageReport]:
    """Let a scheduler carry out the order with *toxiproxy*; return its reports."""
    monkeypatch.setattr(api, "states", toxiproxy.states)
    monkeypatch.setattr(api, "set_enabled", toxiproxy.set_enabled)
    told: list[OutageReport] = []
    began_s = time.monotonic()
    OutageScheduler(ORDER, told.append, lambda: time.monotonic() - began_s).run()
    return told


def test_an_outage_is_carried_out_and_proven(
    doors: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path goes down and comes up, and who connected meanwhile was refused."""
    toxiproxy = Toxiproxy(doors)
    (told,) = conduct(toxiproxy, monkeypatch)
    assert toxiproxy.done == [False, True]
    assert told.band is not None
    assert told.band.effect == f"1 path closed; a connection to {NAME} is refused"
    assert told.band.begin_s < told.band.end_s


def test_nobody_gets_the_port_of_a_path_that_is_down(
    doors: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of thousands of connections one would, and the path could not come up again."""
    toxiproxy = Toxiproxy(doors)
    conduct(toxiproxy, monkeypatch)
    assert not toxiproxy.was_free
    doors.close()
    assert is_free(toxiproxy.state.port)


def test_a_path_that_is_gone_is_let_go(
    doors: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its conversation has ended meanwhile; that is no trouble, and keeps nothing."""
    toxiproxy = Toxiproxy(doors, is_listed=False)
    told = conduct(toxiproxy, monkeypatch)
    assert [each.trouble for each in told] == [""]
    doors.close()
    assert is_free(toxiproxy.state.port)
