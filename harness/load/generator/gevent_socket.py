"""Edge: one TCP connection, read by a watcher of gevent's hub.

gevent's own `socket.recv` makes two system calls, a watcher and a timer for each piece,
and a stream brings a piece for each event. One watcher per connection, and one timer
for the timeouts of all, take little more than half the time (docs/performance.md).
"""

import os
from time import monotonic
from typing import Any

from gevent import getcurrent, socket
from gevent.hub import get_hub

_PIECE_BYTES = 1 << 16
_READABLE = 1
_LOOK_S = 0.05
"""How often timeouts are checked; no read takes longer than this beyond its timeout."""


class GeventSocket:
    """A connection to *host* and *port*.

    Attributes:
        received: How many bytes were received.
    """

    def __init__(self, host: str, port: int, connect_s: float) -> None:
        """Connect within *connect_s* seconds.

        Raises:
            OSError: It was refused, or took too long.
        """
        self.received = 0
        self._hub: Any = get_hub()
        self._socket = _connected(host, port, connect_s)
        self._descriptor = self._socket.fileno()
        self._watcher = self._hub.loop.io(self._descriptor, _READABLE)
        self._is_watched = False
        self._reader: Any = None
        self._deadline_s = 0.0
        _PATIENCE.watch(self)

    def send(self, data: bytes) -> None:
        """Send all of *data*.

        Raises:
            OSError: The connection is dead.
        """
        self._socket.sendall(data)

    def receive(self, patience_s: float) -> bytes:
        """Return the next bytes; b"" if the peer has ended its side.

        Raises:
            TimeoutError: Nothing came within *patience_s* seconds.
            OSError: The connection is dead.
        """
        self._deadline_s = monotonic() + patience_s
        self._reader = getcurrent()
        if not self._is_watched:
            self._is_watched = True
            self._watcher.start(self._ready)
        try:
            data: bytes = self._hub.switch()
        finally:
            self._reader = None
        self.received += len(data)
        return data

    @property
    def is_alive(self) -> bool:
        """Whether an idle connection can be used again: no data and no end came."""
        try:
            os.read(self._descriptor, 1)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Close; safe to call twice."""
        _PATIENCE.forget(self)
        self._watcher.stop()
        self._watcher.close()
        self._socket.close()

    def lose_patience(self, now_s: float) -> None:
        """Raise TimeoutError in the reader if its time is up."""
        if self._reader is not None and now_s >= self._deadline_s:
            self._reader.throw(TimeoutError("nothing came in time"))

    def _ready(self) -> None:
        """Pass new data to the reader, in the hub; without a reader, stop watching."""
        reader = self._reader
        if reader is None:
            self._is_watched = False
            self._watcher.stop()
            return
        try:
            data = os.read(self._descriptor, _PIECE_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            reader.throw(error)
            return
        reader.switch(data)


def _connected(host: str, port: int, connect_s: float) -> socket.socket:
    """Return a connected socket, without gevent's resolver.

    Raises:
        OSError: It was refused, or took too long.
    """
    made = socket.socket()
    try:
        made.settimeout(connect_s)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.connect((host, port))
        made.settimeout(None)
    except BaseException:
        made.close()
        raise
    return made


class _Patience:
    """Checks the timeouts of all connections of a process, with one timer."""

    def __init__(self) -> None:
        self._lines: dict[GeventSocket, None] = {}
        self._timer: Any = None

    def watch(self, line: GeventSocket) -> None:
        self._lines[line] = None
        if self._timer is None:
            self._timer = get_hub().loop.timer(_LOOK_S, repeat=_LOOK_S)
            self._timer.start(self._look)

    def forget(self, line: GeventSocket) -> None:
        self._lines.pop(line, None)

    def _look(self) -> None:
        """End the reads whose time is up; runs in the hub."""
        now_s = monotonic()
        for line in tuple(self._lines):
            line.lose_patience(now_s)
        if not self._lines:
            self._timer.close()
            self._timer = None


_PATIENCE = _Patience()
