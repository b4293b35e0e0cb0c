import socket
import time
from collections.abc import Iterator

import pytest

from midstream.mock_server.serving import rst


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return both ends of a TCP connection."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as ours,
        server.accept()[0] as theirs,
    ):
        yield ours, theirs


def test_a_wait_ends_when_nothing_is_unsent() -> None:
    """It is asked before each sleep, so that nobody sleeps for nothing."""
    left = iter([2, 1, 0])
    assert [*rst.waits_s(lambda: next(left), 1.0)] == [0.001, 0.001]


def test_a_wait_is_given_up() -> None:
    """A peer that never reads is not waited for for ever."""
    assert len([*rst.waits_s(lambda: 1, 0.05)]) == 50


def test_bytes_are_unsent_until_the_peer_has_them(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    """They wait in our kernel while the peer's has no room."""
    ours, theirs = pair
    assert rst.unsent_bytes(ours) == 0
    ours.setblocking(False)
    size = ours.send(bytes(1 << 24))
    assert rst.unsent_bytes(ours) > 0
    theirs.settimeout(10)
    while size:
        size -= len(theirs.recv(1 << 20))
    for wait_s in rst.waits_s(lambda: rst.unsent_bytes(ours), 10.0):
        time.sleep(wait_s)
    assert rst.unsent_bytes(ours) == 0


def test_closing_resets_behind_what_was_sent(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    """The peer's kernel has the bytes; reading on fails."""
    ours, theirs = pair
    ours.sendall(b"last words")
    for wait_s in rst.waits_s(lambda: rst.unsent_bytes(ours), 10.0):
        time.sleep(wait_s)
    rst.close_by_rst(ours)
    assert theirs.recv(100) == b"last words"
    ours.close()
    theirs.settimeout(10)
    with pytest.raises(ConnectionResetError):
        theirs.recv(100)


def test_a_closed_socket_has_nothing_to_reset(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    """It is left alone."""
    ours, _ = pair
    ours.close()
    assert rst.unsent_bytes(ours) == 0
    rst.close_by_rst(ours)
