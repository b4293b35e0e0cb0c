"""What a replay asks of the connection, as values.

A response is a sequence of steps; `serving.player` alone performs them. A server fault
is a function from steps to steps (`faults/`), tested on lists. Nothing here does I/O or
knows the time. Steps that are made for each response, or for each event behind a fault,
are structs: they cost a quarter of what frozen data classes do.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from .event_log import EventLog
from .roles import Role

CloseHow: TypeAlias = Literal["fin", "rst"]


class Head(msgspec.Struct, frozen=True):
    """Send the status line and headers."""

    status: int
    headers: Mapping[str, str]
    dates_in_s: Mapping[str, float] = msgspec.field(default_factory=dict)
    """Headers whose value is the HTTP date so many seconds from now."""

    def coded(self, coding: str) -> "Head":
        """Return it for a body that is compressed by *coding*, of unknown length."""
        headers = {k: v for k, v in self.headers.items() if k != "content-length"}
        codings = [headers.get("content-encoding"), coding]
        headers["content-encoding"] = ", ".join(filter(None, codings))
        return Head(self.status, headers, self.dates_in_s)


@dataclass(frozen=True, slots=True)
class Until:
    """The *nth* entry of a span whose role or name is *event*, 1 for the first."""

    event: str
    nth: int = 1


class Span(msgspec.Struct, frozen=True):
    """Send the entries of *log* from *start* on, as they come out, each as one piece.

    It goes on to the end of the segment, or up to *stop* or the first entry that
    *until* names, whichever comes first; that entry is not sent, but waited for. So an
    empty span, whose *stop* is its *start*, waits for one entry.
    """

    log: EventLog
    start: int
    stop: int | None = None
    until: tuple[Until, ...] = ()

    def end(self) -> int:
        """Return the index at which the span ends, by what is planned now."""
        ends = [self.log.segment_end(self.start)]
        if self.stop is not None:
            ends.append(self.stop)
        for wanted in self.until:
            found = self.log.find(wanted.event, wanted.nth, self.start)
            if found is not None:
                ends.append(found)
        return min(ends)

    def since(self, start: int) -> "Span":
        """Return the rest of the span, from entry *start* on."""
        until = tuple(
            Until(each.event, each.nth - self.log.count(each.event, self.start, start))
            for each in self.until
        )
        return replace(self, start=start, until=until)


class Send(msgspec.Struct, frozen=True):
    """Write *data* as one piece; *event* and *name* say which event it belongs to.

    *event* is the index in the log (0 first), None for bytes that are no event of the
    log: a JSON body, a comment, an event a fault has made up. *start* is the offset of
    *data* in the event's bytes, for a piece of one. *role* is what the event is for.
    *wire* are the bytes that are written in place of *data*, compressed.
    *says_truth*: whoever has read up to its end knows what the event says, also if its
    bytes are other ones.
    """

    data: bytes
    event: int | None = None
    name: str | None = None
    start: int = 0
    role: Role = "other"
    says_truth: bool = True
    wire: bytes | None = None

    def piece(self, start: int, stop: int | None = None) -> "Send":
        """Return the bytes *start* to *stop* of it."""
        data, at = self.data[start:stop], self.start + start
        is_all = self.says_truth and (stop is None or stop >= len(self.data))
        return Send(data, self.event, self.name, at, self.role, is_all)

    def altered(self, data: bytes) -> "Send":
        """Return other *data* in its place, which says something else."""
        return replace(self, data=data, says_truth=False)

    def recoded(self, data: bytes) -> "Send":
        """Return other *data* in its place that says the same."""
        return replace(self, data=data)


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait *seconds* without sending."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Gate:
    """Stop, publish the wire offset on this connection, go on when told.

    *data* is what will be sent next, so that whoever waits at the gate can reckon
    where in it to cut.
    """

    name: str
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Fired:
    """Journal that fault *fault* begins to act here."""

    fault: str


@dataclass(frozen=True, slots=True)
class Finish:
    """End the response properly; on a chunked one, send the 0-chunk."""


@dataclass(frozen=True, slots=True)
class Abort:
    """Close the connection at once: *how* is FIN or RST."""

    how: CloseHow = "fin"


@dataclass(frozen=True, slots=True)
class Hold:
    """Send nothing more and leave the connection open until the client closes it."""


Step: TypeAlias = Head | Span | Send | Pause | Gate | Fired | Finish | Abort | Hold
Fault: TypeAlias = Callable[[Iterator[Step]], Iterator[Step]]


def each(span: Span) -> Iterator[Step]:
    """Yield what *span* sends entry by entry, each waited for and then sent."""
    log, index, plans, end = span.log, span.start, -1, span.start
    while True:
        if log.plans != plans:
            plans, end = log.plans, span.end()
        if index >= end:
            break
        yield Span(log, index, index)
        data = log.data(index)
        if log.plans == plans and data is not None:
            yield Send(data, index, log.name(index), 0, log.role(index))
            index += 1
    if span.until or span.stop is not None:
        yield Span(log, index, index)


def expanded(steps: Iterator[Step]) -> Iterator[Step]:
    """Yield *steps*, but send every span entry by entry, so that faults see them."""
    for step in steps:
        if isinstance(step, Span):
            yield from each(step)
        else:
            yield step
