"""The traffic on the server's and on the client's side of the path; shared, no proof.

All faults of a run share it. Each side numbers its connections by itself. Two numbers
are matched when a request comes in, by what each connection has carried: a client sends
a new request only after it has the whole answer to the one before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import (
    Crossed,
    Ended,
    Knowledge,
    Opened,
    Received,
    Record,
    ResponseEnd,
    ResponseHead,
    Sent,
)
from midstream.mock_server.core.roles import Role

NS_PER_S = 1_000_000_000
Way: TypeAlias = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Read:
    """One read at the tap: the bytes *start* to *total* of its direction.

    *down* is the number of bytes that had come from the server by then.
    """

    record: Record
    way: Way
    start: int
    total: int
    down: int


@dataclass(slots=True)
class WireConnection:
    """A connection at the tap, what crossed it, and who ended it, in order."""

    conn: int
    opened: Record
    crossed: list[tuple[Record, Crossed]] = field(default_factory=list)
    ends: list[tuple[Record, Ended]] = field(default_factory=list)
    up: int = 0
    down: int = 0
    server_conn: int | None = None

    def reads(self) -> Iterator[Read]:
        """Yield all reads."""
        down = 0
        for record, body in self.crossed:
            down = body.total if body.way == "down" else down
            start = body.total - body.size
            yield Read(record, body.way, start, body.total, down)

    def downs(self) -> Iterator[Read]:
        """Yield the reads of what came from the server."""
        return (read for read in self.reads() if read.way == "down")

    def ups(self, before: Record) -> list[Read]:
        """Return the reads of what came from the client before record *before*."""
        reads = self.reads()
        return [r for r in reads if r.way == "up" and r.record.seq < before.seq]

    def carrying(self, sents: list[Sent]) -> list[Read]:
        """Return the reads that brought bytes of *sents*."""
        if not sents:
            return []
        first, last = sents[0].start, sents[-1].end
        return [r for r in self.downs() if r.total > first and r.start < last]


@dataclass(slots=True)
class WireResponse:
    """A request and what the server wrote in answer.

    Attributes:
        record: The request's arrival, and *received* its body.
        link: The connection at the tap that carried it, if known.
        roles: What events are for, by their names.
        head: The response's head, if any.
        sents: What was written, in order.
        end: How the response ended, if it did.
    """

    record: Record
    received: Received
    link: WireConnection | None
    roles: Mapping[str, Role] = field(default_factory=dict)
    head: tuple[Record, ResponseHead] | None = None
    sents: list[tuple[Record, Sent]] = field(default_factory=list)
    end: tuple[Record, ResponseEnd] | None = None

    @property
    def is_stream(self) -> bool:
        """Whether its head announces an event stream."""
        return self.head is not None and self.head[1].is_stream

    def is_ended_by(self, sent: Sent) -> bool:
        """Say whether *sent* is the last event of the stream, in any dialect."""
        return sent.is_final or "last" in roles_of(sent, self.roles)

    @property
    def may_be_whole(self) -> bool:
        """Whether its last event was written, or may be in a write that tells none."""
        return any(
            self.is_ended_by(sent) or (sent.count > 1 and not sent.names)
            for _, sent in self.sents
        )

    @property
    def is_end_told(self) -> bool:
        """Whether an event was written that says how the answer ends."""
        return any("terminal" in roles_of(sent, self.roles) for _, sent in self.sents)

    def after(self, seq: int) -> list[Sent]:
        """Return what was written after record *seq*."""
        return [sent for record, sent in self.sents if record.seq > seq]


class Wire:
    """All traffic of a run.

    Attributes:
        links: The tap's connections by number.
        responses: The server's responses by request.
        last: The last record of all, once the history is over.
    """

    def __init__(self, roles: Mapping[str, Role] = MappingProxyType({})) -> None:
        """Begin with *roles*, by the names of events, until the server tells them."""
        self.links: dict[int, WireConnection] = {}
        self.responses: dict[int, WireResponse] = {}
        self.last: Record | None = None
        self._clean: dict[int, set[int]] = {}
        self._links_of: dict[int, WireConnection] = {}
        self._roles = roles

    def handlers(self) -> Handlers:
        """Handle what the tap saw, and what the server wrote."""
        return {
            Knowledge: self._know,
            Opened: self._open,
            Crossed: self._cross,
            Ended: self._end,
            Received: self._receive,
            ResponseHead: self._begin,
            Sent: self._write,
            ResponseEnd: self._finish,
        }

    def _know(self, _: Record, body: Knowledge) -> None:
        self._roles = body.roles

    def _open(self, record: Record, body: Opened) -> None:
        self.links[body.conn] = WireConnection(body.conn, record)

    def _cross(self, record: Record, body: Crossed) -> None:
        link = self.links[body.conn]
        link.crossed.append((record, body))
        if body.way == "up":
            link.up = body.total
        else:
            link.down = body.total

    def _end(self, record: Record, body: Ended) -> None:
        self.links[body.conn].ends.append((record, body))

    def _receive(self, record: Record, body: Received) -> None:
        link = self._link_of(body.conn)
        self.responses[body.req] = WireResponse(record, body, link, self._roles)

    def _begin(self, record: Record, body: ResponseHead) -> None:
        if body.req in self.responses:
            self.responses[body.req].head = record, body

    def _write(self, record: Record, body: Sent) -> None:
        response = self.responses.get(body.req)
        if response is not None:
            response.sents.append((record, body))

    def _finish(self, record: Record, body: ResponseEnd) -> None:
        if body.how == "clean":
            self._clean.setdefault(body.conn, set()).add(body.end)
        if body.req in self.responses:
            self.responses[body.req].end = record, body

    def _link_of(self, conn: int) -> WireConnection | None:
        """Return the tap's connection that leads to the server's *conn*, or None."""
        if conn not in self._links_of:
            free = [
                link
                for link in self.links.values()
                if link.server_conn is None and link.up and not link.down
            ]
            if not free:
                return None
            link = max(free, key=lambda link: link.crossed[-1][0].seq)
            link.server_conn, self._links_of[conn] = conn, link
        return self._links_of[conn]

    def is_between(self, link: WireConnection, down: int) -> bool:
        """Say whether *link* was between two responses after *down* bytes."""
        clean = self._clean.get(link.server_conn or 0, set())
        return not link.up or down in clean


def roles_of(sent: Sent, roles: Mapping[str, Role]) -> set[Role]:
    """Return what the events in *sent* are for; *roles* tells it by their names."""
    if sent.role is not None:
        return {sent.role}
    names = sent.names or (sent.name,)
    return {roles.get(name or "", "other") for name in names}


def seconds(earlier: Record, later: Record) -> float:
    """Return the time from one record to another."""
    return (later.t_ns - earlier.t_ns) / NS_PER_S


def effect(*records: Record, **facts: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    """Return *facts* with the sequence numbers of the *records* that prove them."""
    return {"seq": [record.seq for record in records], **facts}
