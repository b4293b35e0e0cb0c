"""Edge: reserves a port while nobody listens on it.

While a path is down its ports are free, and the system may give one of them to any
program's next connection; then the path could not come up again. A socket that is bound
but does not listen reserves the port. Connections to it are refused, as they should be,
and a program that binds with SO_REUSEADDR, as asyncio and Go do, can listen on it.
"""

import socket
from contextlib import suppress


class KeptPort:
    """Reserves at most one port of 127.0.0.1."""

    def __init__(self) -> None:
        """Reserve no port yet."""
        self._socket: socket.socket | None = None

    def keep(self, port: int) -> None:
        """Reserve *port* until `release`, unless another program has taken it."""
        self.release()
        holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            holder.bind(("127.0.0.1", port))
        self._socket = holder

    def release(self) -> None:
        """Free the port; safe to call twice."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
