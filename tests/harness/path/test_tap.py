import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from midstream.harness.record.history import Crossed, Opened
from tests.harness.path.helpers_tap import Rig, listening, reset
from tests.helpers import until


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """Return a listening tap and what it has noted."""
    async with listening() as rig:
        yield rig


async def test_bytes_pass_unaltered_both_ways_and_are_counted(rig: Rig) -> None:
    """What goes in comes out, and the totals of both ways are right."""
    (reader, writer), (up_reader, up_writer) = await rig.connect()
    sent = bytes(range(256)) * 4000

    writer.write(b"ask")
    assert await up_reader.readexactly(3) == b"ask"
    up_writer.write(sent)

    assert await reader.readexactly(len(sent)) == sent
    crossed = [n for n in rig.notes if isinstance(n, Crossed)]
    assert [n.total for n in crossed if n.way == "up"] == [3]
    assert sum(n.size for n in crossed if n.way == "down") == len(sent)
    assert [n.total for n in crossed if n.way == "down"][-1] == len(sent)
    writer.close()
    up_writer.close()


async def test_a_fin_of_the_server_is_a_fin_to_the_client(rig: Rig) -> None:
    """A clean end stays one, behind all the bytes before it."""
    (reader, writer), (_, up_writer) = await rig.connect()
    up_writer.write(b"tail")
    up_writer.close()

    assert await reader.read() == b"tail"
    writer.close()
    await until(lambda: len(rig.ends()) == 2)
    assert rig.ends() == [("server", "fin"), ("client", "fin")]


async def test_an_rst_of_the_server_is_an_rst_to_the_client(rig: Rig) -> None:
    """A reset arrives as a reset, and the bytes before it arrive too."""
    (reader, writer), (_, up_writer) = await rig.connect()
    up_writer.write(b"tail")
    await until(lambda: any(isinstance(n, Crossed) for n in rig.notes))
    reset(up_writer)

    assert await reader.readexactly(4) == b"tail"
    with pytest.raises(ConnectionResetError):
        await reader.read()
    assert rig.ends() == [("server", "rst")]
    writer.close()


async def test_an_rst_of_the_client_is_an_rst_to_the_server(rig: Rig) -> None:
    """The server learns how its client went."""
    (_, writer), (up_reader, up_writer) = await rig.connect()
    reset(writer)

    with pytest.raises(ConnectionResetError):
        await up_reader.read()
    assert rig.ends() == [("client", "rst")]
    up_writer.close()


async def test_a_half_close_keeps_the_other_way_open(rig: Rig) -> None:
    """A client that has said all still hears the answer."""
    (reader, writer), (up_reader, up_writer) = await rig.connect()
    writer.write_eof()
    assert await up_reader.read() == b""

    up_writer.write(b"answer")
    up_writer.close()

    assert await reader.read() == b"answer"
    writer.close()


async def test_a_closed_path_resets_the_client_and_is_noted(rig: Rig) -> None:
    """Where nobody listens behind the tap, the client gets no byte."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        rig.tap.links.upstream_port = unused.getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", rig.tap.port)

        with pytest.raises(ConnectionResetError):
            await reader.read()
    assert rig.ends() == [("server", "refused")]
    writer.close()


async def test_refuse_refuses_and_listen_comes_back_on_the_same_port(rig: Rig) -> None:
    """An outage is a refused connection, and its end brings the same address back."""
    port = rig.tap.port
    await rig.tap.refuse()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)

    await rig.tap.listen()

    (_, writer), (_, up_writer) = await rig.connect()
    assert rig.tap.port == port
    writer.close()
    up_writer.close()


async def test_held_connections_wait_until_released(rig: Rig) -> None:
    """While the path is being healed nothing reaches the server; then all does."""
    rig.tap.hold()
    reader, writer = await asyncio.open_connection("127.0.0.1", rig.tap.port)
    writer.write(b"early")
    await until(lambda: any(isinstance(n, Opened) for n in rig.notes))
    assert rig.accepted.empty()

    rig.tap.release()

    up_reader, up_writer = await rig.accepted.get()
    assert await up_reader.readexactly(5) == b"early"
    writer.close()
    up_writer.close()
    assert await reader.read() == b""


async def test_quiet_waits_for_the_last_connection(rig: Rig) -> None:
    """Quiet means that both sides of every connection are gone."""
    (_, writer), (_, up_writer) = await rig.connect()
    waiting = asyncio.ensure_future(rig.tap.quiet(timeout_s=10))
    writer.close()
    await asyncio.sleep(0)
    assert not waiting.done()

    up_writer.close()

    await waiting
    assert [who for who, _ in rig.ends()] == ["client", "server"]
