"""Requests and replies as values: what the edge reads, what a dialect answers.

A reply is turned into steps by `steps`; whether bytes are the true ones is answered
by `is_verbatim`, from the reply and not from whoever sent them. No I/O here.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias, assert_never

import msgspec

from .coding import Coding
from .event_log import EventLog
from .steps import Finish, Head, Pause, Send, Span, Step

JSON_TYPE = "application/json"
STREAM_TYPE = "text/event-stream; charset=utf-8"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was read whole.

    *path* is without the mount prefix (``/v1``, ``/openai``) and the query. *headers*
    are asked for by names in lower case. *number* counts the requests of the session.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A whole body at once."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Follow(msgspec.Struct, frozen=True, kw_only=True):
    """The entries of *log* from index *start* to the end of the segment.

    *is_private*: the log exists for this response alone, and ends with it. *coding*:
    the body is to be compressed so on the wire, as *headers* say.
    """

    log: EventLog
    start: int
    headers: Mapping[str, str]
    status: int = 200
    is_private: bool = False
    coding: Coding | None = None


Reply: TypeAlias = Answer | Follow


def steps(reply: Reply) -> Iterator[Step]:
    """Yield what the connection must do for *reply*, lazily."""
    match reply:
        case Answer():
            length = {"content-length": str(len(reply.body))}
            yield Head(reply.status, {**reply.headers, **length})
            if reply.body:
                yield Send(reply.body)
        case Follow():
            yield Head(reply.status, reply.headers)
            yield Span(reply.log, reply.start)
        case _:
            assert_never(reply)
    yield Finish()


def trailing(steps: Iterator[Step], tail_s: float) -> Iterator[Step]:
    """Pass *steps* with *tail_s* seconds between a stream's last event and its end."""
    is_stream = False
    for step in steps:
        is_stream = is_stream or isinstance(step, Span)
        is_stream = is_stream or (isinstance(step, Send) and step.event is not None)
        if isinstance(step, Finish) and is_stream:
            yield Pause(tail_s)
        yield step


def is_verbatim(reply: Reply | None, send: Send) -> bool:
    """Say whether *send* holds exactly the bytes that *reply* has at that place."""
    match reply:
        case None:
            return False
        case Answer():
            return reply.body[send.start : send.start + len(send.data)] == send.data
        case Follow():
            return reply.log.holds(send.event, send.start, send.data)
        case _:
            assert_never(reply)
