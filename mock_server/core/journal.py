"""What the server truly received, did and sent: the ground truth, as data.

Entries are written in the order in which things happened; an effect is written
before any byte that could tell the client of it. The harness stores them in the
history unchanged. Nothing here writes files: a sink is given by whoever owns one.
"""

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

import msgspec

from .roles import RequestRole, Role


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all entries have in common: they are values, and take nothing unknown."""


class Knowledge(_Entry, frozen=True, kw_only=True, tag="session.knows"):
    """The first entry: what this journal can tell of what the server replays.

    *tells_text*: it tells the text and the tool calls of each answer. *keeps_state*: it
    tells what a request made or did, since the server keeps that. Of what it cannot
    tell, its silence says nothing. *roles* is what events are for, by their names.
    """

    dialect: str
    tells_text: bool
    keeps_state: bool
    roles: Mapping[str, Role] = {}


class Received(_Entry, frozen=True, kw_only=True, tag="req.recv"):
    """A request was read whole. *attempt* counts requests of the same *op*.

    *role* is what it is for, in the words of no API, and *scope* the conversation that
    it names; "" without one. Of those that generate, *attempt* counts all.
    """

    req: int
    conn: int
    op: str
    method: str
    path: str
    attempt: int
    body_bytes: int = 0
    body_hash: str = ""
    retry_count: int | None = None
    """The SDKs' own header ``x-stainless-retry-count``, where sent."""
    idempotency_key: str | None = None
    role: RequestRole = "other"
    scope: str = ""


class Committed(_Entry, frozen=True, kw_only=True, tag="effect.commit"):
    """The server's state changed by request *req*; *what* was made or done.

    *text* is the user's text: of the message made, or, for a run, of the last user
    message in its thread, which names the turn the run belongs to. *call_ids* are
    the tool calls whose outputs were accepted.
    """

    req: int
    what: Literal["assistant", "thread", "message", "run", "tool_output", "cancel"]
    id: str
    thread: str = ""
    text: str = ""
    call_ids: tuple[str, ...] = ()


class Rejected(_Entry, frozen=True, kw_only=True, tag="effect.reject"):
    """Request *req* was refused by the rules of the API, not by a fault."""

    req: int
    status: int
    code: str | None
    message: str


class ResponseHead(_Entry, frozen=True, kw_only=True, tag="resp.head"):
    """Status and headers of *req* were written; *end* is the offset behind them.

    Offsets count the bytes written on connection *conn* since it was opened.
    *retry_after_s* is what the response told the client to wait, in seconds,
    *retry_after_kind* how it said so.
    """

    req: int
    conn: int
    status: int
    end: int
    is_stream: bool
    retry_after_s: float | None = None
    retry_after_kind: Literal["seconds", "date", "ms"] | None = None


class Sent(msgspec.Struct, frozen=True, gc=False, tag="ev.sent"):
    """Bytes [*start*, *end*) of connection *conn* were written for request *req*.

    One record for each write, or, where recorded chunks are written, for each event
    that a write touches. *first* is the index in the log of the event that they belong
    to, and *count* how many events they are; None, 1: bytes of no event. *name* is that
    of the event, *names* those of several where a fault counts them.
    *is_verbatim*: the bytes are exactly those the log has at that place (False for
    anything a fault made up or altered). *is_last*: no more bytes of the event are to
    come, by the log. *says_truth*: the bytes are not verbatim, but say what the event
    says, and none of them are to come. *head* is the beginning of the bytes, at most 64
    of them, where they are sent in other ways than as the log has them, or the log has
    no names.
    *role* is what the event is for, and *is_final* whether the log has none behind it,
    where names do not tell (`Knowledge.roles`).
    """

    req: int
    conn: int
    first: int | None
    start: int
    end: int
    name: str | None = None
    count: int = 1
    is_verbatim: bool = True
    is_last: bool = True
    head: str = ""
    names: tuple[str | None, ...] = ()
    role: Role | None = None
    is_final: bool = False
    says_truth: bool = False


class ResponseEnd(_Entry, frozen=True, kw_only=True, tag="resp.end"):
    """The response to *req* ended at offset *end*, as the server saw it.

    "clean": ended by the rules of HTTP; "fin", "rst": aborted by the server;
    "gone": the client's side was closed first.
    """

    req: int
    conn: int
    how: Literal["clean", "fin", "rst", "gone"]
    end: int


class FaultFired(_Entry, frozen=True, kw_only=True, tag="fault.fire"):
    """Fault *fault* began to act, at offset *offset* of *conn*, in request *req*.

    *due* names the event of the run's log that was next, or was being sent, as the
    edge knows it, and *due_role* says what it is for; None: none was, or the response
    follows no run.
    """

    fault: str
    req: int
    conn: int
    offset: int
    due: str | None = None
    due_role: Role | None = None


class RunStatus(_Entry, frozen=True, kw_only=True, tag="run.status"):
    """A run reached *status* on the server."""

    run: str
    thread: str
    status: str


class TextPlanned(_Entry, frozen=True, kw_only=True, tag="truth.foretold"):
    """Unless it is cut short, the run will say exactly *texts*, a token each.

    The texts of one (message, part), joined in order, are the ground truth of the
    oracle. Written when the run plans them, whether anybody follows it or not; all
    streams of a cassette share the tuple.
    """

    run: str
    message: str
    part: int
    texts: tuple[str, ...]


class TextDropped(_Entry, frozen=True, kw_only=True, tag="truth.unsaid"):
    """The run was cut short: the last *count* tokens of the part were never said.

    They were planned; the run says no more of this part.
    """

    run: str
    message: str
    part: int
    count: int


class Closed(_Entry, frozen=True, kw_only=True, tag="truth.message"):
    """A message is over: *parts* maps part index to its whole text."""

    run: str
    thread: str
    message: str
    parts: dict[int, str]
    status: Literal["completed", "incomplete"]


class Asked(_Entry, frozen=True, kw_only=True, tag="truth.tool_call"):
    """The run asks for a tool; *arguments* is JSON text as the model wrote it."""

    run: str
    call_id: str
    name: str
    arguments: str


class ServerFailed(_Entry, frozen=True, kw_only=True, tag="server.failed"):
    """The server itself failed, so nothing that follows is to be blamed on a client.

    *text* is the exception. It was answering request *req*; None: it was playing a log.
    """

    text: str
    req: int | None = None


Entry: TypeAlias = (
    Knowledge
    | ServerFailed
    | Received
    | Committed
    | Rejected
    | ResponseHead
    | Sent
    | ResponseEnd
    | FaultFired
    | RunStatus
    | TextPlanned
    | TextDropped
    | Closed
    | Asked
)
Sink: TypeAlias = Callable[[Entry], None]
