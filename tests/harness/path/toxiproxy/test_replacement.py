import asyncio
import os
import signal
import socket
from contextlib import suppress

import pytest
from toxiproxy import api as toxiproxys_own

from midstream.harness.errors import ToxiproxyError
from midstream.harness.path.toxics import Placed, SetToxic
from midstream.harness.path.toxiproxy import Proxy, Toxiproxy, api
from midstream.harness.path.toxiproxy.transport import Transport

pytestmark = pytest.mark.toxiproxy

UPSTREAM = "127.0.0.1:9"
LATENCY = Placed("f1", "latency", "downstream", {"latency": 5})


def strike(toxiproxy: Toxiproxy, how: signal.Signals) -> None:
    """Send the server a signal."""
    assert toxiproxy.pid is not None
    os.kill(toxiproxy.pid, how)


async def test_a_stuck_server_is_replaced(
    toxiproxy: Toxiproxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run that met it gets an error soon; the next one is served."""
    proxy, before = await toxiproxy.create("run", UPSTREAM, [LATENCY]), toxiproxy.pid
    monkeypatch.setattr(toxiproxys_own, "requests", Transport(timeout_s=0.3))
    strike(toxiproxy, signal.SIGSTOP)
    assert not await toxiproxy.is_healthy()
    with pytest.raises(ToxiproxyError, match=r"hung and was replaced.*within 0\.3 s"):
        await proxy.change(SetToxic("f1", {"latency": 9}))
    assert await toxiproxy.is_healthy()
    assert toxiproxy.pid != before
    assert (await toxiproxy.create("run", UPSTREAM, [])).port


async def test_a_client_that_does_not_read_cannot_stop_later_runs(
    toxiproxy: Toxiproxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full chain blocks Toxiproxy's whole interface for good: the wedge itself."""
    flood = await asyncio.start_server(_flood, "127.0.0.1", 0)
    upstream = f"127.0.0.1:{flood.sockets[0].getsockname()[1]}"
    proxy, before = await toxiproxy.create("run", upstream, [LATENCY]), toxiproxy.pid
    monkeypatch.setattr(toxiproxys_own, "requests", Transport(timeout_s=0.3))
    with (
        socket.create_connection(("127.0.0.1", proxy.port)),
        pytest.raises(ToxiproxyError, match="hung and was replaced"),
    ):
        await _change_for_ever(proxy)
    assert toxiproxy.pid != before
    assert (await toxiproxy.create("run", UPSTREAM, [])).port
    flood.close()


async def _change_for_ever(proxy: Proxy) -> None:
    """Change a toxic again and again, until that fails."""
    while True:
        await proxy.change(SetToxic("f1", {"latency": 1}))


async def _flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Write without end."""
    with suppress(ConnectionError):
        while True:
            writer.write(bytes(1 << 16))
            await writer.drain()
    writer.close()


async def test_a_server_can_be_restarted(toxiproxy: Toxiproxy) -> None:
    """It is another process, and empty."""
    proxy, before = await toxiproxy.create("run", UPSTREAM, []), toxiproxy.pid
    await toxiproxy.restart()
    assert await toxiproxy.is_healthy()
    assert (toxiproxy.pid != before, await asyncio.to_thread(api.names)) == (True, [])
    with pytest.raises(ToxiproxyError, match="replaced during the run"):
        await proxy.disable()


async def test_a_server_that_died_is_replaced(toxiproxy: Toxiproxy) -> None:
    """The call that meets it says so; proxies of the dead one stay dead."""
    proxy = await toxiproxy.create("run", UPSTREAM, [LATENCY])
    other = await toxiproxy.create("other", UPSTREAM, [])
    strike(toxiproxy, signal.SIGKILL)
    with pytest.raises(ToxiproxyError, match="Toxiproxy died and was replaced"):
        await proxy.change(SetToxic("f1", {"latency": 9}))
    with pytest.raises(ToxiproxyError, match="replaced during the run"):
        await other.delete()
    assert (await toxiproxy.create("run", UPSTREAM, [])).port


async def test_the_next_run_does_not_meet_a_dead_server(
    toxiproxy: Toxiproxy,
) -> None:
    """A server that died between two runs is replaced without an error."""
    pid = toxiproxy.pid
    strike(toxiproxy, signal.SIGKILL)
    assert toxiproxy._process is not None
    await asyncio.to_thread(toxiproxy._process._child.wait)
    assert (await toxiproxy.create("run", UPSTREAM, [])).port
    assert toxiproxy.pid != pid


async def test_a_slow_answer_costs_no_other_run_its_proxy(
    toxiproxy: Toxiproxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A healthy server is kept, whoever lost patience with it."""
    monkeypatch.setattr(api, "build", _silent)
    pid = toxiproxy.pid
    with pytest.raises(ToxiproxyError, match="Toxiproxy was too slow"):
        await toxiproxy.create("run", UPSTREAM, [])
    assert toxiproxy.pid == pid


def _silent(*_: object) -> int:
    """Ask somebody who never answers, whatever should be built."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        Transport(timeout_s=0.05).get(f"http://127.0.0.1:{port}/")
    return 0
