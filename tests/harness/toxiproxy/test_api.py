import asyncio

import pytest
from toxiproxy import Proxy

from harness.errors import ToxiproxyError
from harness.toxiproxy import Toxiproxy, api

pytestmark = pytest.mark.toxiproxy

UPSTREAM = "127.0.0.1:9"


async def test_a_shared_proxy_may_be_closed_while_it_is_made(
    toxiproxy: Toxiproxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever else takes paths down may be quicker than the look at the new one."""
    assert toxiproxy.pid
    look = api.state

    def closed(name: str) -> api.ProxyState:
        Proxy(name=name, upstream="", enabled=True, listen="").disable()
        return look(name)

    monkeypatch.setattr(api, "state", closed)
    with pytest.raises(ToxiproxyError, match="did not open proxy own"):
        await asyncio.to_thread(api.build, "own", UPSTREAM, ())
    port = await asyncio.to_thread(api.build, "ours", UPSTREAM, (), is_shared=True)
    there = await asyncio.to_thread(api.states)
    assert [(s.name, s.port, s.enabled) for s in there.values()] == [
        ("ours", port, False)
    ]
