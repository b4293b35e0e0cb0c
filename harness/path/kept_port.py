"""Edge: keeps a port from others while nobody listens on it.

While a path is down its ports are free, and any program's next connection may be given
one of them: then the path cannot come up again. A socket that is bound and does not
listen keeps the port. Connections to it are refused, as they should be, and whoever
binds with SO_REUSEADDR, as both asyncio and Go do, may listen on it.
"""

import socket
from contextlib import suppress


class KeptPort:
    """Keeps at most one port of 127.0.0.1."""

    def __init__(self) -> None:
        """Begin with none."""
        self._socket: socket.socket | None = None

    def keep(self, port: int) -> None:
        """Keep *port* until `release`; one that is taken already is let be."""
        self.release()
        holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            holder.bind(("127.0.0.1", port))
        self._socket = holder

    def release(self) -> None:
        """Give the port back; safe to call twice."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
