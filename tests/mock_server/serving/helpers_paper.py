"""A client on paper: a pair of sockets, and what is written to one of them."""

import asyncio
import socket
from collections.abc import Sequence
from typing import Any, NoReturn

from aiohttp import HttpVersion, HttpVersion11
from aiohttp.test_utils import make_mocked_request

from midstream.mock_server import Injection, SessionSettings
from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.journal import Entry as JournalEntry
from midstream.mock_server.core.journal import Sent
from midstream.mock_server.core.replies import Follow, Request
from midstream.mock_server.core.segment import Entry, Segment
from midstream.mock_server.core.steps import Span
from midstream.mock_server.serving.clock import SessionClock
from midstream.mock_server.serving.connection import Connection
from midstream.mock_server.serving.response import ResponseWriter
from midstream.mock_server.serving.session import Session
from midstream.mock_server.serving.span import SpanWriter
from midstream.mock_server.serving.timer_wheel import Timed, TimerWheel
from tests.mock_server.helpers_cassettes import cassette_of, events_of, stream_of


class Paper(asyncio.Transport):
    """The transport below a connection: what it is handed waits until `flush`.

    *is_quick*: the client makes room at once when something waits, as a real one may.
    *is_roomy*: the socket takes more than a few hundred bytes.
    """

    def __init__(self, *, is_quick: bool = False, is_roomy: bool = False) -> None:
        super().__init__()
        self.ours, self.theirs = socket.socketpair()
        if not is_roomy:
            self.ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)  # the least
        for end in (self.ours, self.theirs):
            end.setblocking(False)
        self.received, self.waiting = bytearray(), bytearray()
        self.is_quick, self.is_over = is_quick, False

    def __del__(self) -> None:
        self.ours.close()
        self.theirs.close()

    def get_extra_info(self, name: str, default: object = None) -> Any:  # noqa: ANN401 (asyncio's)
        """Return our end."""
        return self.ours if name == "socket" else default

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Let *data* wait."""
        self.waiting += data
        if self.is_quick:
            self.read()

    def get_write_buffer_size(self) -> int:
        """Return how much waits."""
        return len(self.waiting)

    def is_closing(self) -> bool:
        """Say whether it was closed."""
        return self.is_over

    def close(self) -> None:
        """Be closed."""
        self.is_over = True

    def abort(self) -> None:
        """Be closed."""
        self.is_over = True

    def read(self) -> bytes:
        """Let the client read what its end has got; return all so far."""
        try:
            while data := self.theirs.recv(1 << 20):
                self.received += data
        except BlockingIOError:
            pass
        return bytes(self.received)

    def flush(self) -> bytes:
        """Let what waits get through, behind what the socket holds; return all."""
        self.read()
        self.received += self.waiting
        self.waiting.clear()
        return bytes(self.received)


class Turns(TimerWheel):
    """A wheel that is turned by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.riders: list[Timed] = []

    def add(self, rider: Timed, due_s: float) -> None:  # noqa: ARG002 (a wheel's)
        """Take *rider* up."""
        self.riders.append(rider)

    def add_more(self, rider: Timed) -> None:
        """Take *rider* up."""
        self.riders.append(rider)

    def turn(self) -> None:
        """Serve all once; those who want more stay."""
        riders, self.riders = self.riders, []
        self.riders += [rider for rider in riders if rider.run_due(0.0) is not None]


class Failed:
    """Lets the test fail by a failure of the server."""

    def fail(self, error: Exception) -> NoReturn:
        """Raise it."""
        raise error


FAILED = Failed()


class Desk:
    """One session with its journal, and writers of spans to clients on paper.

    *connection* is what was written to last.
    """

    connection: Connection

    def __init__(self, injections: Sequence[Injection] = ()) -> None:
        self.journal: list[JournalEntry] = []
        self.wheel = Turns()
        cassette = cassette_of(stream_of(events_of("short_answer")))
        self.session = Session(
            "key",
            SessionSettings(),
            [cassette],
            injections=injections,
            journal=self.journal.append,
        )

    def write(self, paper: Paper, span: Span, join: int = 1, **how: Any) -> SpanWriter:  # noqa: ANN401 (of `wire`)
        """Begin to write *span* to *paper*, behind a head."""
        made = wire(paper, **how)
        made.head(200, {})
        paper.flush()
        paper.received.clear()
        self.connection = made.connection
        writer = SpanWriter(self.session, 1, made, span, join, self.wheel)
        writer.advance()
        return writer

    def sent(self) -> list[Sent]:
        """Return what the journal says of writes."""
        return [entry for entry in self.journal if isinstance(entry, Sent)]


class Tape:
    """A session that plays the events of a recording, and its clock."""

    def __init__(
        self, wheel: TimerWheel | None = None, join: int = 1, speed: float = 0.0
    ) -> None:
        self.journal: list[JournalEntry] = []
        recorded = events_of("short_answer")
        self.cassette = cassette_of(stream_of(recorded), dialect="verbatim")
        settings = SessionSettings(speed=speed)
        write = self.journal.append
        self.session = Session("key", settings, [self.cassette], journal=write)
        self.wheel = wheel or Turns()
        self.clock = SessionClock(self.session, self.wheel, join)
        self.whole = self.cassette.exchanges[0].body

    def start(self) -> EventLog:
        """Let the recording begin to play."""
        ask = Request(number=1, method="POST", path="/threads/t/runs")
        reply = self.session.dialect.respond(ask, 0)
        assert isinstance(reply, Follow)
        self.clock.attend()
        return reply.log

    def follow(self, paper: Paper, span: Span) -> "asyncio.Task[int]":
        """Let a response be written."""
        made = wire(paper)
        made.head(200, {})
        paper.flush()
        paper.received.clear()
        return asyncio.create_task(self.clock.write(1, made, span))


def wire(
    paper: Paper,
    method: str = "POST",
    version: HttpVersion = HttpVersion11,
    *,
    stays: bool = True,
) -> ResponseWriter:
    """Return what answers a request that came on *paper*.

    *stays*: the client does not ask for the connection to be closed.
    """
    return ResponseWriter(
        make_mocked_request(
            method,
            "/",
            version=version,
            closing=not stays,
            transport=Connection(paper),
        )
    )


def body(*numbers: int, mark: bytes = b"") -> bytes:
    """Return the data of these entries."""
    return b"".join(b"%be%d;" % (mark, number) for number in numbers)


def entries(count: int, mark: bytes = b"", *, is_closed: bool = True) -> Segment:
    """Return entries called "e0", "e1" and so on, whose data is their name, marked."""
    return Segment(
        Entry(
            name=f"e{i}",
            data=b"%be%d;" % (mark, i),
            ends_segment=is_closed and i + 1 == count,
        )
        for i in range(count)
    )


def large(count: int, size: int = 300_000) -> Segment:
    """Return entries of which no socket takes a whole one at once."""
    return Segment(
        Entry(name="e", data=b"%d" % (i % 10) * size, ends_segment=i + 1 == count)
        for i in range(count)
    )


def logged(segment: Segment, published: int | None = None) -> EventLog:
    """Return a log of *segment*, of which *published* are out, or all."""
    made = EventLog("run_1")
    made.plan(segment)
    made.publish_to(made.size if published is None else published)
    return made


def unchunked(data: bytes) -> bytes:
    """Return the body of whole chunks."""
    body = bytearray()
    while data:
        size, _, data = data.partition(b"\r\n")
        body += data[: int(size, 16)]
        assert data[int(size, 16) :].startswith(b"\r\n"), data
        data = data[int(size, 16) + 2 :]
    return bytes(body)
