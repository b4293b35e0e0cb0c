import asyncio

import pytest

from midstream.harness.path.toxics.bandwidth import Bandwidth
from midstream.harness.path.toxics.latency import Latency
from midstream.harness.path.toxics.limit_data import LimitData
from midstream.harness.path.toxics.outage import Outage
from midstream.harness.path.toxics.reset_peer import ResetPeer
from midstream.harness.path.toxics.slicer import Slicer
from midstream.harness.path.toxics.slow_close import SlowClose
from midstream.harness.path.toxics.timeout import Timeout
from midstream.harness.path.toxiproxy import Toxiproxy
from tests.harness.path.toxics.helpers_path import (
    BEFORE,
    START,
    WHOLE,
    Server,
    fetch,
    path,
    perform,
)

pytestmark = pytest.mark.toxiproxy


@pytest.mark.parametrize("is_gated", [False, True])
async def test_latency_delays_and_loses_nothing(
    toxiproxy: Toxiproxy, *, is_gated: bool
) -> None:
    """The answer is whole, and takes the latency longer."""
    toxic = Latency(latency_ms=150)
    async with path(toxiproxy, toxic, Server(), is_gated=is_gated) as proxy:
        taken = await fetch(proxy.port)
    assert taken.data == WHOLE
    assert taken.total_s >= 0.15


async def test_latency_upstream_delays_the_request(toxiproxy: Toxiproxy) -> None:
    """The server is asked later, and the answer comes at once."""
    server = Server()
    began = asyncio.get_running_loop().time()
    async with path(
        toxiproxy, Latency(latency_ms=150, stream="upstream"), server
    ) as proxy:
        assert (await fetch(proxy.port)).data == WHOLE
    assert server.asked[0] - began >= 0.15


async def test_bandwidth_slows_and_loses_nothing(toxiproxy: Toxiproxy) -> None:
    """At 1000 bytes a second the answer takes as long as it is large."""
    async with path(toxiproxy, Bandwidth(rate_kb_per_s=1), Server()) as proxy:
        taken = await fetch(proxy.port)
    assert taken.data == WHOLE
    assert taken.total_s >= 0.8 * len(WHOLE) / 1000


async def test_slow_close_holds_back_the_end(toxiproxy: Toxiproxy) -> None:
    """The server closes at once; the client learns of it later."""
    async with path(toxiproxy, SlowClose(delay_ms=200), Server()) as proxy:
        taken = await fetch(proxy.port)
    assert (taken.data, taken.end) == (WHOLE, "fin")
    assert taken.total_s >= 0.2


async def test_timeout_swallows_and_closes_after_silence(toxiproxy: Toxiproxy) -> None:
    """From the start, not even the response's head comes."""
    server = Server(holds=True)
    async with path(toxiproxy, Timeout(timeout_ms=100), server) as proxy:
        taken = await fetch(proxy.port)
    assert (taken.data, taken.end) == (b"", "fin")
    assert taken.total_s >= 0.1


async def test_timeout_hangs_until_it_is_healed(toxiproxy: Toxiproxy) -> None:
    """Healing ends the stream that hangs, with no gap in it; the next one is whole."""
    server, toxic = Server(holds=True, got=bytearray()), Timeout()
    async with path(toxiproxy, toxic, server, is_gated=True) as proxy:
        hanging = asyncio.create_task(fetch(proxy.port, server.got))
        await server.written.wait()
        assert not hanging.done()
        await perform(proxy, toxic.healed("f1"))
        assert (await hanging).data == BEFORE
        server.holds = False
        assert (await fetch(proxy.port)).data == WHOLE


@pytest.mark.parametrize(("is_gated", "expected"), [(False, b""), (True, BEFORE)])
async def test_reset_peer_resets(
    toxiproxy: Toxiproxy, *, is_gated: bool, expected: bytes
) -> None:
    """The client gets ECONNRESET; with a position, behind what had arrived before."""
    server, toxic = Server(got=bytearray()), ResetPeer()
    async with path(toxiproxy, toxic, server, is_gated=is_gated) as proxy:
        taken = await fetch(proxy.port, server.got)
        assert (taken.data, taken.end) == (expected, "rst")
        await perform(proxy, toxic.healed("f1"))
        assert (await fetch(proxy.port)).data == WHOLE


async def test_slicer_splits_and_loses_nothing(toxiproxy: Toxiproxy) -> None:
    """The answer comes in many small reads."""
    toxic = Slicer(slice_bytes=32, delay_us=5000)
    async with path(toxiproxy, toxic, Server()) as proxy:
        taken = await fetch(proxy.port)
    assert taken.data == WHOLE
    assert len(taken.reads) >= 4


@pytest.mark.parametrize(
    ("is_gated", "expected"), [(False, WHOLE[:50]), (True, WHOLE[: len(BEFORE) + 50])]
)
async def test_limit_data_passes_exactly_so_many_bytes(
    toxiproxy: Toxiproxy, *, is_gated: bool, expected: bytes
) -> None:
    """Counted from the connection's start, or from the position."""
    server, toxic = Server(), LimitData(bytes=50)
    async with path(toxiproxy, toxic, server, is_gated=is_gated) as proxy:
        taken = await fetch(proxy.port)
        assert (taken.data, taken.end) == (expected, "fin")
        await perform(proxy, toxic.healed("f1"))
        assert (await fetch(proxy.port)).data == WHOLE


async def test_limit_data_upstream_cuts_the_request(toxiproxy: Toxiproxy) -> None:
    """The server never reads a whole request, and the client gets nothing."""
    server = Server()
    async with path(toxiproxy, LimitData(bytes=9, stream="upstream"), server) as proxy:
        taken = await fetch(proxy.port)
    assert (taken.data, server.asked) == (b"", [])


async def test_an_outage_ends_all_and_refuses_until_it_is_over(
    toxiproxy: Toxiproxy,
) -> None:
    """Then the same port serves again."""
    server, toxic = Server(holds=True), Outage()
    async with path(toxiproxy, toxic, server) as proxy:
        hanging = asyncio.create_task(fetch(proxy.port))
        await server.written.wait()
        await perform(proxy, toxic.struck("f1", START))
        taken = await hanging
        assert (WHOLE.startswith(taken.data), taken.end) == (True, "fin")
        with pytest.raises(ConnectionRefusedError):
            await fetch(proxy.port)
        await proxy.enable()
        server.holds = False
        assert (await fetch(proxy.port)).data == WHOLE
