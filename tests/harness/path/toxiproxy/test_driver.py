import asyncio
import random
import socket
import string

import pytest

from midstream.harness.errors import ToxiproxyError
from midstream.harness.path.toxics import Placed, SetToxic
from midstream.harness.path.toxiproxy import Toxiproxy, api, find_or_explain
from midstream.harness.path.toxiproxy.driver import check_name
from midstream.harness.path.toxiproxy.process import ServerProcess

UPSTREAM = "127.0.0.1:9"
LATENCY = Placed("f1", "latency", "downstream", {"latency": 5})


def test_two_thousand_good_names_are_good() -> None:
    """Any mixture of the allowed characters can name a proxy."""
    draw, letters = random.Random(3), string.ascii_letters + string.digits + "_.-"
    for _ in range(2000):
        check_name("r" + "".join(draw.choices(letters, k=draw.randrange(100))))


@pytest.mark.parametrize(
    "name", ["", "a/b", "a?b", "a b", "ä", "a\n", "..", ".", "%41", "x" * 101]
)
def test_a_name_that_could_never_be_deleted_is_refused(name: str) -> None:
    """What means something in a URL is no name."""
    with pytest.raises(ToxiproxyError, match="is not a valid proxy name"):
        check_name(name)


@pytest.mark.toxiproxy
async def test_a_proxy_holds_its_toxics_before_it_listens(toxiproxy: Toxiproxy) -> None:
    """The server tells back what was placed, and a port of its own."""
    proxy = await toxiproxy.create("run", UPSTREAM, [LATENCY])
    told = await asyncio.to_thread(api.state, "run")
    assert (told.port, told.enabled) == (proxy.port, True)
    assert [(t.name, t.toxicity) for t in told.toxics] == [("f1", 1.0)]
    assert toxiproxy.version == "2.12.0"


@pytest.mark.toxiproxy
async def test_a_change_is_made(toxiproxy: Toxiproxy) -> None:
    """Attributes and toxicity are as asked when the call returns."""
    proxy = await toxiproxy.create("run", UPSTREAM, [LATENCY])
    await proxy.change(SetToxic("f1", {"latency": 9}, toxicity=0.0))
    (toxic,) = (await asyncio.to_thread(api.state, "run")).toxics
    assert (toxic.attributes["latency"], toxic.toxicity) == (9, 0.0)


@pytest.mark.toxiproxy
@pytest.mark.parametrize(
    ("toxic", "expected"),
    [
        (Placed("f1", "latency", "downstream", {"latencyy": 5}), "latencyy"),
        (Placed("f1", "no_such", "downstream", {}), "400 invalid toxic type"),
        (Placed("f/1", "latency", "downstream", {}), "not a valid proxy name"),
    ],
)
async def test_a_proxy_that_is_not_as_asked_is_not_made(
    toxiproxy: Toxiproxy, toxic: Placed, expected: str
) -> None:
    """The error says what differs, and nothing is left on the server."""
    with pytest.raises(ToxiproxyError, match=expected):
        await toxiproxy.create("run", UPSTREAM, [toxic])
    assert await asyncio.to_thread(api.names) == []


@pytest.mark.toxiproxy
async def test_a_name_in_use_is_refused(toxiproxy: Toxiproxy) -> None:
    """Two runs never share a proxy, and the first one's is left alone."""
    await toxiproxy.create("run", UPSTREAM, [])
    with pytest.raises(ToxiproxyError, match="409 proxy already exists"):
        await toxiproxy.create("run", UPSTREAM, [])
    assert await asyncio.to_thread(api.names) == ["run"]


@pytest.mark.toxiproxy
async def test_a_proxy_comes_back_on_its_port(toxiproxy: Toxiproxy) -> None:
    """Down, nobody listens there; up, the proxy does."""
    proxy = await toxiproxy.create("run", UPSTREAM, [])
    await proxy.disable()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", proxy.port))
    await proxy.enable()
    socket.create_connection(("127.0.0.1", proxy.port)).close()


@pytest.mark.toxiproxy
async def test_a_port_stolen_during_an_outage_is_told(toxiproxy: Toxiproxy) -> None:
    """The library would say that the proxy is up again."""
    proxy = await toxiproxy.create("run", UPSTREAM, [])
    await proxy.disable()
    with (
        socket.create_server(("127.0.0.1", proxy.port)),
        pytest.raises(ToxiproxyError, match="address already in use"),
    ):
        await proxy.enable()


@pytest.mark.toxiproxy
async def test_a_deleted_proxy_is_gone(toxiproxy: Toxiproxy) -> None:
    """Deleting what is gone is an error: somebody else has taken it away."""
    proxy = await toxiproxy.create("run", UPSTREAM, [])
    await proxy.delete()
    assert await asyncio.to_thread(api.names) == []
    with pytest.raises(ToxiproxyError, match="404 proxy not found"):
        await proxy.delete()


@pytest.mark.toxiproxy
async def test_calls_may_overlap(toxiproxy: Toxiproxy) -> None:
    """Forty runs make, change and delete their proxies side by side."""

    async def run(number: int) -> int:
        proxy = await toxiproxy.create(f"r{number}", UPSTREAM, [LATENCY])
        await proxy.change(SetToxic("f1", {"latency": number}))
        await proxy.delete()
        return proxy.port

    ports = await asyncio.gather(*(run(n) for n in range(40)))
    assert all(ports)
    assert await asyncio.to_thread(api.names) == []


@pytest.mark.toxiproxy
async def test_a_process_drives_one_server(toxiproxy: Toxiproxy) -> None:
    """The library keeps one address a process, so a second one is refused."""
    with pytest.raises(ToxiproxyError, match="already drives a Toxiproxy"):
        async with Toxiproxy.start():
            pass
    assert await toxiproxy.is_healthy()


@pytest.mark.toxiproxy
async def test_a_server_of_somebody_else_is_used_and_left_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is never killed; of its proxies, ours alone are taken away."""
    path = find_or_explain().path
    assert path is not None
    foreign = await ServerProcess.start(path, None)
    api.use("127.0.0.1", foreign.port)
    await asyncio.to_thread(api.build, "theirs", UPSTREAM, [])
    monkeypatch.setenv("MIDSTREAM_TOXIPROXY", f"http://127.0.0.1:{foreign.port}")
    async with Toxiproxy.start() as toxiproxy:
        assert (await toxiproxy.create("theirs", UPSTREAM, [])).name == "theirs"
        with pytest.raises(ToxiproxyError, match="not started by midstream"):
            await toxiproxy.restart()
    assert await asyncio.to_thread(api.names) == ["theirs"]
    await foreign.kill()
