"""Edge: the end of a connection by RST that destroys no byte sent before it.

An RST makes both kernels drop what is under way. So whoever resets waits first until
the peer's kernel has all; each waits in the way of its own event loop.
"""

import fcntl
import socket
import struct
import termios
from collections.abc import Callable, Iterator

_STEP_S = 0.001
_LINGER_ZERO = struct.pack("ii", 1, 0)
"""SO_LINGER with a time of 0: closing sends an RST."""


def unsent_bytes(sock: socket.socket) -> int:
    """Return how many bytes the kernel has not yet got acknowledged; closed: none.

    tcp(7): "SIOCOUTQ: Returns the amount of unsent data in the socket send queue";
    on Linux it is the same number as TIOCOUTQ, and 0 means all was acknowledged.
    """
    if sock.fileno() < 0:
        return 0
    raw = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
    return int(struct.unpack("i", raw)[0])


def waits_s(unsent: Callable[[], int], most_s: float) -> Iterator[float]:
    """Yield how long to sleep, again and again, until nothing is *unsent*.

    After about *most_s* it is given up.
    """
    for _ in range(int(most_s / _STEP_S)):
        if not unsent():
            return
        yield _STEP_S


def close_by_rst(sock: socket.socket) -> None:
    """Let the closing of *sock* send an RST; a closed one is left alone."""
    if sock.fileno() >= 0:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
