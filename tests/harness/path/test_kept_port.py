import socket
from collections.abc import Iterator

import pytest

from midstream.harness.path.kept_port import KeptPort


@pytest.fixture
def port() -> Iterator[int]:
    """Yield a port that is kept and free otherwise."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        number: int = server.getsockname()[1]
    kept = KeptPort()
    kept.keep(number)
    yield number
    kept.release()


def test_a_kept_port_refuses_connections(port: int) -> None:
    """To a client, nobody is there."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_a_kept_port_is_given_to_nobody_by_chance(port: int) -> None:
    """Who binds without SO_REUSEADDR, as a connection does, does not get it."""
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))


def test_a_kept_port_may_be_listened_on(port: int) -> None:
    """A proxy that comes up again gets its port back."""
    with socket.create_server(("127.0.0.1", port)) as server:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            pass
        assert server.getsockname()[1] == port


def test_a_port_that_is_taken_is_let_be() -> None:
    """There is nothing to keep where somebody listens, and no error."""
    kept = KeptPort()
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept.keep(server.getsockname()[1])
        kept.release()
        kept.release()
