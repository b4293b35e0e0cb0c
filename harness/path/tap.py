"""Edge: a TCP forwarder that changes nothing and records what passes.

It is on the client's side of Toxiproxy, so its records prove that a fault took effect:
the size and time of every read, each FIN, each RST. It can hold connections (while the
nemesis heals a path) and refuse them (while the path is down), which a forwarder that
accepts first could not do. `harness.path.link` forwards one connection.
"""

import asyncio
import socket
from contextlib import suppress
from typing import Self

from .kept_port import KeptPort
from .link import Link, Links, Note

_BACKLOG = 100


class Tap:
    """Listens on its own loopback port and forwards to *upstream_port*."""

    def __init__(self, upstream_port: int, note: Note) -> None:
        """Forward to *upstream_port* on 127.0.0.1, and record with *note*."""
        self.port = 0
        self.links = Links(upstream_port, note)
        self._listener: socket.socket | None = None
        self._kept = KeptPort()

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.refuse()
        self._kept.release()
        self.links.drop()

    async def listen(self) -> None:
        """Accept connections, on the same port as before if there was one."""
        self._listener = socket.create_server(
            ("127.0.0.1", self.port), backlog=_BACKLOG
        )
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        asyncio.get_running_loop().add_reader(self._listener, self._accept)
        self._kept.release()

    def _accept(self) -> None:
        """Accept a connection, unless it is gone already."""
        if self._listener is not None:
            with suppress(BlockingIOError, InterruptedError, ConnectionAbortedError):
                Link(self.links, self._listener.accept()[0])

    async def refuse(self) -> None:
        """Stop listening: new connections are refused, open ones go on."""
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._listener = None
            self._kept.keep(self.port)

    def hold(self) -> None:
        """Make new connections wait before they are forwarded."""
        self.links.gate.clear()

    def release(self) -> None:
        """Forward the waiting connections, and all later ones at once."""
        self.links.gate.set()

    async def quiet(self, timeout_s: float) -> None:
        """Wait until no connection is open, but at most *timeout_s*."""
        await self.links.quiet(timeout_s)
