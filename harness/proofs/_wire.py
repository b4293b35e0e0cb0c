"""What passed on the server's and on the client's side of the path; shared, no proof.

Both sides number their connections by themselves. They belong together by what they
have carried when a request comes in: the client asks anew only once it has all of
the answer before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from harness.case import ArmedFault
from harness.history import (
    Crossed,
    Ended,
    Fired,
    Opened,
    PathFired,
    Received,
    Record,
    ResponseEnd,
    ResponseHead,
    Sent,
)

NS_PER_S = 1_000_000_000
Way: TypeAlias = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Read:
    """One read at the tap, from *start* to *total* of its way.

    *down* is the total from the server by then.
    """

    record: Record
    way: Way
    start: int
    total: int
    down: int


@dataclass(slots=True)
class Link:
    """A connection at the tap, its reads, and who ended it, in order."""

    conn: int
    opened: Record
    reads: list[Read] = field(default_factory=list)
    ends: list[tuple[Record, Ended]] = field(default_factory=list)
    up: int = 0
    down: int = 0
    server_conn: int | None = None

    def downs(self) -> Iterator[Read]:
        """Yield the reads of what came from the server."""
        return (read for read in self.reads if read.way == "down")

    def carrying(self, sents: list[Sent]) -> list[Read]:
        """Return the reads that brought bytes of *sents*."""
        if not sents:
            return []
        first, last = sents[0].start, sents[-1].end
        return [r for r in self.downs() if r.total > first and r.start < last]


@dataclass(slots=True)
class Response:
    """A request and what the server wrote in answer.

    Attributes:
        record: The request's arrival, and *received* its body.
        link: The connection at the tap it came by, where known.
        head: The response's head, if any.
        sents: What was written, in order.
        end: How the response ended, if it did.
    """

    record: Record
    received: Received
    link: Link | None
    head: tuple[Record, ResponseHead] | None = None
    sents: list[tuple[Record, Sent]] = field(default_factory=list)
    end: tuple[Record, ResponseEnd] | None = None

    @property
    def is_stream(self) -> bool:
        """Whether its head announces an event stream."""
        return self.head is not None and self.head[1].is_stream

    def after(self, seq: int) -> list[Sent]:
        """Return what was written behind record *seq*."""
        return [sent for record, sent in self.sents if record.seq > seq]


class Wire:
    """All that passed, and where the fault began to act.

    Attributes:
        links: The tap's connections by number.
        responses: The server's responses by request.
        fired: The records of the fault's firing.
        cut_at: The offsets at which the path was asked to cut.
        last: The last record seen.
    """

    def __init__(self, fault: ArmedFault) -> None:
        """Watch for *fault*."""
        self.fault = fault
        self.links: dict[int, Link] = {}
        self.responses: dict[int, Response] = {}
        self.fired: list[Record] = []
        self.cut_at: set[int] = set()
        self.last: Record | None = None
        self._struck: list[int] = []
        self._offsets: dict[int, int] = {}
        self._clean: dict[int, set[int]] = {}
        self._links_of: dict[int, Link] = {}

    def feed(self, record: Record) -> None:
        """Take note of what passed."""
        self.last = record
        body = record.body
        if isinstance(body, Crossed):
            _cross(self.links[body.conn], record, body)
        elif isinstance(body, Sent | ResponseHead | ResponseEnd):
            self._write(record, body)
        elif isinstance(body, Received):
            link = self._link_of(body.conn)
            self.responses[body.req] = Response(record, body, link)
        elif isinstance(body, Opened):
            self.links[body.conn] = Link(body.conn, record)
        elif isinstance(body, Ended):
            self.links[body.conn].ends.append((record, body))
        elif isinstance(body, Fired | PathFired) and body.fault == self.fault.id:
            self.fired.append(record)
            if isinstance(body, Fired):
                self._struck.append(body.req)
            elif body.cut_at is not None:
                self.cut_at.add(body.cut_at)

    def _write(self, record: Record, body: Sent | ResponseHead | ResponseEnd) -> None:
        """Take note of what the server wrote on a connection."""
        self._offsets[body.conn] = body.end
        if isinstance(body, ResponseEnd) and body.how == "clean":
            self._clean.setdefault(body.conn, set()).add(body.end)
        response = self.responses.get(body.req)
        if response is None:
            return
        if isinstance(body, Sent):
            response.sents.append((record, body))
        elif isinstance(body, ResponseHead):
            response.head = record, body
        else:
            response.end = record, body

    def _link_of(self, conn: int) -> Link | None:
        """Return the tap's connection by which the server's *conn* is reached."""
        if conn not in self._links_of:
            free = [
                link
                for link in self.links.values()
                if link.server_conn is None and link.up and not link.down
            ]
            if not free:
                return None
            link = max(free, key=lambda link: link.reads[-1].record.seq)
            link.server_conn, self._links_of[conn] = conn, link
        return self._links_of[conn]

    @property
    def began(self) -> Record | None:
        """The record from which on the fault acts; None: it never did.

        A path fault without a position acts from the first connection on.
        """
        if self.fired:
            return self.fired[0]
        if self.fault.family == "path" and not self.fault.at and self.links:
            return next(iter(self.links.values())).opened
        return None

    def struck(self) -> list[Response]:
        """Return the responses that the fault struck, or could strike."""
        began = self.began
        if began is None:
            return []
        if self._struck:
            return [self.responses[req] for req in self._struck]
        return [
            response
            for response in self.responses.values()
            if response.end is None or response.end[0].seq > began.seq
        ]

    def is_between(self, link: Link, down: int) -> bool:
        """Say whether *link* was between two responses when it had carried *down*."""
        clean = self._clean.get(link.server_conn or 0, set())
        return not link.up or down in clean


def _cross(link: Link, record: Record, body: Crossed) -> None:
    """Take note in *link* of one read."""
    if body.way == "up":
        link.up = body.total
    else:
        link.down = body.total
    start = body.total - body.size
    link.reads.append(Read(record, body.way, start, body.total, link.down))


def seconds(earlier: Record, later: Record) -> float:
    """Return the time from one record to another."""
    return (later.t_ns - earlier.t_ns) / NS_PER_S


def effect(*records: Record, **facts: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    """Return *facts* with the sequence numbers of the *records* that prove them."""
    return {"seq": [record.seq for record in records], **facts}
