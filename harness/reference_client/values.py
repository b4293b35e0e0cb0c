"""What passes between the machine and whoever drives it: commands and answers.

A driver gets a command, carries it out, and hands back the answer that the
command's docstring names, with the time. That is the whole interface: asyncio and
gevent drive the same machine.

`ReadMore`, `Bytes` and `Relay` pass once for every event of a stream. They are
structs because a struct is made three to five times as fast as a frozen dataclass.
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

    It ends the stream that is being read, if one is. `StreamStarted` answers only
    *is_stream* calls that got status 200 and an event stream.

    Attributes:
        what: Its name in the history: "create_run", "poll", …
        path: Behind the base URL, query included, already quoted.
        body: To be sent as JSON, keys in this order; None: no body.
        timeout_s: The longest wait for the head, and for any next byte of a body.
    """

    what: str
    method: Literal["GET", "POST"]
    path: str
    body: Mapping[str, Any] | None = None
    is_stream: bool = False
    timeout_s: float = 0.0


class ReadMore(msgspec.Struct, frozen=True):
    """Read on in the stream. Answer: `Bytes`, `StreamEnded` or `TimedOut`."""

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
    """Pass *event* on to whoever listens, then show *ops*, in order. Answer: None.

    Every event of a stream comes in one, up to the one that ends the turn's run;
    *ops* are what it changes for the user, often nothing.
    """

    event: Event
    ops: Sequence[Op]


@dataclass(frozen=True, slots=True)
class Done:
    """There is nothing more to do; how the last turn ended."""

    claim: Claim
    reason: str


Command: TypeAlias = Call | ReadMore | Sleep | RunTool | Emit | Relay | Done


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response; header names in lower case.

    *epoch_s* is the wall clock when it came, for servers that name a date.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    epoch_s: float = 0.0


@dataclass(frozen=True, slots=True)
class StreamStarted:
    """The head of an event stream has come."""


class Bytes(msgspec.Struct, frozen=True):
    """The stream's next bytes."""

    data: bytes


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """No more bytes: the response ended as HTTP says it should, or was torn off."""

    how: Literal["clean", "torn"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Nothing came in time."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A request got no answer. *is_sent* is False only if it surely never left."""

    kind: FailureKind
    is_sent: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class ToolDone:
    """What a tool returned, or said of its own failure."""

    output: str


Answer: TypeAlias = (
    Response | StreamStarted | Bytes | StreamEnded | TimedOut | Failed | ToolDone | None
)
T = TypeVar("T")
Script: TypeAlias = Generator[Command, Answer, T]
