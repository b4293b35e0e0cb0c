import asyncio

import pytest
from toxiproxy import Proxy
from toxiproxy.api import APIConsumer

from midstream.harness.path.toxiproxy import Toxiproxy, api

pytestmark = pytest.mark.toxiproxy

UPSTREAM = "127.0.0.1:9"


async def test_a_proxy_may_be_closed_while_it_is_made(
    toxiproxy: Toxiproxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever takes paths down may be at it right after one has opened."""
    assert toxiproxy.pid
    post = APIConsumer.post

    def closed_next(url: str, **asked: dict[str, object]) -> object:
        answer = post(url, **asked)
        if asked["json"].get("enabled"):
            Proxy(name="ours", upstream="", enabled=True, listen="").disable()
        return answer

    monkeypatch.setattr(APIConsumer, "post", closed_next)
    port = await asyncio.to_thread(api.build, "ours", UPSTREAM, ())
    there = await asyncio.to_thread(api.states)
    assert [(s.name, s.port, s.enabled) for s in there.values()] == [
        ("ours", port, False)
    ]
