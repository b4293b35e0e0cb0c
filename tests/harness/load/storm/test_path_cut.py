import asyncio
from typing import Literal

import pytest

from midstream.harness.load.storm.path_fault import PathCut
from midstream.harness.path.toxiproxy import Toxiproxy
from tests.harness.path.toxics.helpers_path import WHOLE, Server, fetch, perform

pytestmark = pytest.mark.toxiproxy


@pytest.mark.parametrize("end", ["fin", "rst"])
async def test_a_cut_in_place_before_the_client_comes_is_exact(
    end: Literal["fin", "rst"],
) -> None:
    """So many bytes and not one more, then the end asked for; healed, all of it."""
    cut, server = PathCut(bytes=171, end=end), Server(holds=True)
    listener = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with Toxiproxy.start() as toxiproxy, listener:
        proxy = await toxiproxy.create("user", f"127.0.0.1:{port}", cut.placed("f1"))
        taken = await fetch(proxy.port)
        assert (taken.data, taken.end) == (WHOLE[:171], end)
        await perform(proxy, cut.healed("f1"))
        server.holds = False
        assert (await fetch(proxy.port)).data == WHOLE
