"""One connection through the tap, under pressure and when something fails."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from midstream.harness.path.link import Link
from midstream.harness.record.history import Crossed, Ended, Opened
from tests.harness.path.helpers_tap import Peer, Rig, listening, reset
from tests.helpers import until

FLOOD = bytes(range(256)) * (1 << 16)
"""More than the kernel holds for a reader who does not read: 16 MiB."""


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """Return a listening tap and what it has noted."""
    async with listening() as rig:
        yield rig


class Slow:
    """A client that does not read, at the end of a small pipe; a server that floods."""

    def __init__(self, rig: Rig, sock: socket.socket, server: Peer) -> None:
        self.rig, self.sock, self.writer = rig, sock, server[1]
        self.got = b""

    @property
    def link(self) -> Link:
        """The one link of the tap."""
        (link,) = self.rig.tap.links._open
        return link

    def crossed(self) -> int:
        """Return how many bytes the tap has read from the server."""
        notes = [n for n in self.rig.notes if isinstance(n, Crossed)]
        return notes[-1].total if notes else 0

    async def flood(self) -> None:
        """Send until the client's side of the tap takes no more."""
        self.writer.write(FLOOD)
        await until(lambda: self.link.client._waiting)

    async def read(self, size: int) -> bytes:
        """Read *size* bytes at last, or less if the end comes first."""
        loop, piece = asyncio.get_running_loop(), b"?"
        while piece and len(self.got) < size:
            piece = await loop.sock_recv(self.sock, 1 << 20)
            self.got += piece
        return self.got


@pytest.fixture
async def slow(rig: Rig) -> AsyncIterator[Slow]:
    """Return a slow client and the server that it is connected with."""
    with socket.socket() as sock:
        sock.setblocking(False)
        path = ("127.0.0.1", rig.tap.port)
        await asyncio.get_running_loop().sock_connect(sock, path)
        slow = Slow(rig, sock, await rig.accepted.get())
        yield slow


async def test_a_client_that_does_not_read_holds_the_server_up(slow: Slow) -> None:
    """The tap keeps one read at most; the rest stays where it was sent."""
    await slow.flood()
    held = len(slow.link.client._waiting)

    assert held <= len(slow.rig.tap.links.buffer)
    assert slow.crossed() < len(FLOOD)
    assert await slow.read(len(FLOOD)) == FLOOD
    assert slow.crossed() == len(FLOOD)


async def test_a_fin_waits_for_the_bytes_before_it(slow: Slow) -> None:
    """An end that comes while bytes wait comes behind them."""
    await slow.flood()
    slow.writer.close()

    assert await slow.read(len(FLOOD) + 1) == FLOOD


async def test_an_rst_waits_for_the_bytes_before_it(slow: Slow) -> None:
    """All that has crossed before a reset arrives, if the client reads in time."""
    await slow.flood()
    reset(slow.writer)

    with pytest.raises(ConnectionResetError):
        await slow.read(len(FLOOD))
    assert slow.got == FLOOD[: slow.crossed()]
    assert slow.rig.ends() == [("server", "rst")]


async def test_a_client_that_goes_while_bytes_wait_resets_the_server(
    slow: Slow,
) -> None:
    """Bytes that nobody takes any more are no reason to go on."""
    await slow.flood()
    slow.sock.close()

    await until(slow.writer.transport.is_closing)
    assert slow.rig.ends() == [("client", "rst")]
    await until(lambda: not slow.rig.tap.links)


async def test_what_cannot_be_written_down_does_not_cross(rig: Rig) -> None:
    """Without a note the connection ends; it never goes on with a gap."""

    def fail(body: Opened | Crossed | Ended) -> None:
        if isinstance(body, Crossed):
            raise OSError("no space left on device")

    rig.tap.links.note = fail
    (reader, writer), (up_reader, _) = await rig.connect()
    writer.write(b"ask")

    assert await up_reader.read() == b""
    assert await reader.read() == b""
    assert not rig.tap.links


async def test_both_fins_end_the_link(rig: Rig) -> None:
    """A connection that both sides have ended is forgotten, whoever was first."""
    (reader, writer), (up_reader, up_writer) = await rig.connect()
    up_writer.write_eof()
    assert await reader.read() == b""
    writer.write(b"later")
    writer.close()

    assert await up_reader.read() == b"later"
    await until(lambda: not rig.tap.links)
    assert rig.ends() == [("server", "fin"), ("client", "fin")]
