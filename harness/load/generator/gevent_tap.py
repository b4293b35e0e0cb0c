"""Edge: the tap for conversations with a sampled fault, under gevent.

It records and forwards the same as `harness.path.tap`: bytes as they are, a FIN as a
FIN, an RST as an RST after all bytes before it. Conversations without a fault need no
proof and have no tap.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Literal, TypeAlias

import gevent
from gevent import socket
from gevent.event import Event
from gevent.server import StreamServer

from midstream.harness.record.history import Crossed, Ended, Opened
from midstream.mock_server.serving import rst

Note: TypeAlias = Callable[[Opened | Crossed | Ended], object]
Who: TypeAlias = Literal["client", "server"]
_HOST = "127.0.0.1"
_PIECE_BYTES = 1 << 16
_DRAIN_S = 1.0


class PathTap:
    """Listens on a loopback port of its own and forwards to *upstream_port*."""

    def __init__(self, upstream_port: int, note: Note) -> None:
        """Forward to *upstream_port* of 127.0.0.1 and tell *note* what happens."""
        self.note = note
        self._upstream_port = upstream_port
        self._gate = Event()
        self._gate.set()
        self._links: set[_Link] = set()
        self._count = 0
        self._server = StreamServer((_HOST, 0), self._accept)
        self._server.start()

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self._server.server_port or 0)

    def hold(self) -> None:
        """Make new connections wait before they are forwarded."""
        self._gate.clear()

    def release(self) -> None:
        """Forward the waiting connections, and all later ones at once."""
        self._gate.set()

    def close(self) -> None:
        """Stop listening and end every connection."""
        self._server.stop(timeout=0)
        for link in tuple(self._links):
            link.drop()

    def quiet(self, timeout_s: float) -> None:
        """Wait until no connection is open, but at most *timeout_s*."""
        gevent.joinall([link.pumping for link in self._links], timeout=timeout_s)

    def _accept(self, client: socket.socket, _address: object) -> None:
        """Serve one connection; runs in a greenlet of its own."""
        self._count += 1
        conn = self._count
        self.note(Opened(conn=conn))
        self._gate.wait()
        try:
            server = socket.create_connection((_HOST, self._upstream_port))
        except OSError:
            self.note(Ended(conn=conn, who="server", how="refused"))
            _reset(client)
            return
        link = _Link(conn, {"client": client, "server": server}, self.note)
        self._links.add(link)
        try:
            link.pumping.join()
        finally:
            self._links.discard(link)
            link.drop()


class _Link:
    """One client connection, and the connection to the path that belongs to it."""

    def __init__(self, conn: int, sides: dict[Who, socket.socket], note: Note) -> None:
        self._conn, self._sides, self._note = conn, sides, note
        self._totals: dict[Who, int] = {"client": 0, "server": 0}
        self._ended: set[Who] = set()
        for side in sides.values():
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pumping = gevent.spawn(self._pump_both)

    def drop(self) -> None:
        """Close both sides at once, without a record in the history."""
        self.pumping.kill(block=False)
        for side in self._sides.values():
            side.close()

    def _pump_both(self) -> None:
        ways = [
            gevent.spawn(self._pump, "client", "server"),
            gevent.spawn(self._pump, "server", "client"),
        ]
        try:
            gevent.joinall(ways)
        finally:
            gevent.killall(ways, block=False)

    def _pump(self, who: Who, whom: Who) -> None:
        """Forward what *who* sends to *whom*, and then how *who* ends its side."""
        source, target = self._sides[who], self._sides[whom]
        while True:
            try:
                data = source.recv(_PIECE_BYTES)
            except OSError:
                self._end(who, "rst")
                self._ended.add(whom)  # we end that side; it is not recorded
                _reset(target)
                return
            if not data:
                break
            self._cross(who, len(data))
            try:
                target.sendall(data)
            except OSError:
                return  # the greenlet that reads that side records why
        self._end(who, "fin")
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def _cross(self, who: Who, size: int) -> None:
        self._totals[who] += size
        way: Literal["up", "down"] = "up" if who == "client" else "down"
        total = self._totals[who]
        self._note(Crossed(conn=self._conn, way=way, size=size, total=total))

    def _end(self, who: Who, how: Literal["fin", "rst"]) -> None:
        if who not in self._ended:
            self._ended.add(who)
            self._note(Ended(conn=self._conn, who=who, how=how))


def _reset(side: socket.socket) -> None:
    """Close with an RST, once the peer's kernel has all bytes before it."""
    with suppress(OSError):  # closed already
        for wait_s in rst.waits_s(lambda: rst.unsent_bytes(side), _DRAIN_S):
            gevent.sleep(wait_s)
        rst.close_by_rst(side)
    side.close()
