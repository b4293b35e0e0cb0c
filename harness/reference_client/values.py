"""The commands that the machine gives its driver, and the driver's answers.

A driver gets a command, carries it out, and returns the answer that the command's
docstring names, with the time. That is the whole interface: asyncio and gevent drive
the same machine.

`ReadMore`, `Bytes` and `Relay` occur once for every event of a stream. They are structs
because creating a struct is three to five times as fast as a frozen dataclass.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, TypeVar

import msgspec

from midstream.harness.record.ops import Claim, Op

from .decoder import Event
from .wire import ToolCall

FailureKind: TypeAlias = Literal["refused", "closed", "reset", "timeout", "garbled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Make a request. Answer: `Response`, `StreamStarted` or `Failed`.

    The driver first ends the stream that it is reading, if there is one. It answers
    `StreamStarted` only to an *is_stream* call with status 200 and an event stream.

    Attributes:
        what: The name of the operation in the history: "create_run", "poll", …
        path: The path after the base URL, with the query, already quoted.
        body: The JSON body, with its keys in this order; None for no body.
        is_stream: Whether the client asks for an event stream.
        timeout_s: The longest wait for the head, and for each next byte of a body.
    """

    what: str
    method: Literal["GET", "POST"]
    path: str
    body: Mapping[str, Any] | None = None
    is_stream: bool = False
    timeout_s: float = 0.0


class ReadMore(msgspec.Struct, frozen=True):
    """Read more of the stream. Answer: `Bytes`, `StreamEnded` or `TimedOut`.

    *idle_s* is the longest wait.
    """

    idle_s: float


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait. Answer: None."""

    seconds: float


@dataclass(frozen=True, slots=True)
class RunTool:
    """Run a tool, for at most *timeout_s*. Answer: `ToolDone`."""

    call: ToolCall
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Emit:
    """Show *op* to the user. Answer: None."""

    op: Op


class Relay(msgspec.Struct, frozen=True):
    """Pass *event* to the listeners, then show *ops*, in order. Answer: None.

    There is one `Relay` for every event of a stream, up to the event that ends the
    turn's run. *ops* is what the event changes for the user, often nothing.
    """

    event: Event
    ops: Sequence[Op]


@dataclass(frozen=True, slots=True)
class Done:
    """The conversation is over; *claim* and *reason* say how its last turn ended."""

    claim: Claim
    reason: str


Command: TypeAlias = Call | ReadMore | Sleep | RunTool | Emit | Relay | Done


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response; header names are in lower case.

    *epoch_s* is the wall clock at its arrival, for a Retry-After that is a date.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    epoch_s: float = 0.0


@dataclass(frozen=True, slots=True)
class StreamStarted:
    """The head of an event stream has arrived."""


class Bytes(msgspec.Struct, frozen=True):
    """The next bytes of the stream."""

    data: bytes


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The stream has ended: "clean", as HTTP says it should, or "torn", too early."""

    how: Literal["clean", "torn"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """No bytes arrived in time."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A request got no response. *is_sent* is False only if it surely was not sent."""

    kind: FailureKind
    is_sent: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class ToolDone:
    """The output of a tool, or a message that it failed."""

    output: str


Answer: TypeAlias = (
    Response | StreamStarted | Bytes | StreamEnded | TimedOut | Failed | ToolDone | None
)
T = TypeVar("T")
Script: TypeAlias = Generator[Command, Answer, T]
