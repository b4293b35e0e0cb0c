"""A tap between a client and a server of the test's."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from midstream.harness.path.tap import Tap
from midstream.harness.record.history import Crossed, Ended, Opened

Peer = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Rig:
    """A tap between a client of the test's and a server of the test's."""

    def __init__(self) -> None:
        self.notes: list[Opened | Crossed | Ended] = []
        self.accepted: asyncio.Queue[Peer] = asyncio.Queue()
        self.tap = Tap(0, self.notes.append)
        self.writers: list[asyncio.StreamWriter] = []

    async def accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Hand the server's end of a connection to the test."""
        self.writers.append(writer)
        await self.accepted.put((reader, writer))

    async def connect(self) -> tuple[Peer, Peer]:
        """Return the client's and the server's ends of a connection."""
        client = await asyncio.open_connection("127.0.0.1", self.tap.port)
        self.writers.append(client[1])
        return client, await self.accepted.get()

    def ends(self) -> list[tuple[str, str]]:
        """Return who ended a connection, and how, in order."""
        return [(n.who, n.how) for n in self.notes if isinstance(n, Ended)]


@asynccontextmanager
async def listening() -> AsyncIterator[Rig]:
    """Give a listening tap and what it has noted."""
    rig = Rig()
    server = await asyncio.start_server(rig.accept, "127.0.0.1", 0)
    rig.tap.links.upstream_port = server.sockets[0].getsockname()[1]
    async with rig.tap:
        yield rig
    server.close()
    for writer in rig.writers:
        if not writer.is_closing():
            writer.transport.abort()


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with an RST."""
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, linger
    )
    writer.transport.abort()
