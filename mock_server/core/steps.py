"""What a replay asks of the connection, as values.

A response is a sequence of steps; `app.py` alone performs them. A server fault
is a function from steps to steps (`faults/`), tested on lists. Nothing here does
I/O or knows the time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

CloseHow: TypeAlias = Literal["fin", "rst"]


@dataclass(frozen=True, slots=True)
class Head:
    """Send the status line and headers."""

    status: int
    headers: Mapping[str, str]
    dates_in_s: Mapping[str, float] = field(default_factory=dict)
    """Headers whose value is the HTTP date so many seconds from now."""


@dataclass(frozen=True, slots=True)
class Send:
    """Write *data* as one piece; *event* and *name* say which event it belongs to.

    *event* is the index in the run's log (0 first), None for bytes that are no
    event of the log: a JSON body, a comment, an event a fault has made up.
    *start* is the offset of *data* in the event's bytes, for a piece of one.
    """

    data: bytes
    event: int | None = None
    name: str | None = None
    start: int = 0


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait *seconds* without sending."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Await:
    """Wait until the followed run's log holds event *index*, or has ended before it."""

    index: int


@dataclass(frozen=True, slots=True)
class Stream:
    """Send the followed log from entry *start* to the end of its act, as it comes out.

    Many `Await` and `Send` in one, for a server under load; no fault can strike here.
    """

    start: int


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


Step: TypeAlias = (
    Head | Send | Pause | Await | Stream | Gate | Fired | Finish | Abort | Hold
)
Fault: TypeAlias = Callable[[Iterator[Step]], Iterator[Step]]
