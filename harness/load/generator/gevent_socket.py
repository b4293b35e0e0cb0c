"""Edge: one TCP connection, read by a watcher of gevent's hub.

`socket.recv` of gevent asks the kernel twice and makes a watcher and a timer for each
piece; a stream brings a piece for each event. A watcher that is kept, and one clock
for the patience of all lines, take little more than half (docs/performance.md).
"""

import os
from time import monotonic
from typing import Any

from gevent import getcurrent, socket
from gevent.hub import get_hub

_PIECE_BYTES = 1 << 16
_READABLE = 1
_LOOK_S = 0.05
"""How often patience is looked at; nobody waits more than that too long."""


class GeventSocket:
    """A connection to *port* of 127.0.0.1.

    Attributes:
        received: How many bytes have come.
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
        """Return the next bytes; none: the peer has ended its side.

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
        """Whether an idle connection can be used again: nothing came, nor an end."""
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
        """Let the reader go if it has waited long enough."""
        if self._reader is not None and now_s >= self._deadline_s:
            self._reader.throw(TimeoutError("nothing came in time"))

    def _ready(self) -> None:
        """Hand on what has come; runs in the hub. Without a reader, look no more."""
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
    """Return a socket that is connected; an address needs no resolver.

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
    """Looks after all lines of a process, by one timer, while there are any."""

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
        """Let go who has waited long enough; runs in the hub."""
        now_s = monotonic()
        for line in tuple(self._lines):
            line.lose_patience(now_s)
        if not self._lines:
            self._timer.close()
            self._timer = None


_PATIENCE = _Patience()
