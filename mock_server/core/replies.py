"""Requests and replies as values: what the edge reads, what a dialect answers.

A reply is turned into steps by `steps`; whether bytes are the true ones is answered
by `is_verbatim`, from the reply and not from whoever sent them. No I/O here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias, assert_never

from .event_log import EventLog, stand_in
from .steps import Await, Finish, Head, Pause, Send, Step, Stream

JSON_TYPE = "application/json"
STREAM_TYPE = "text/event-stream; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that was read whole.

    *path* is without the mount prefix (``/v1``, ``/openai``) and the query. Header
    names are lower case. *number* counts the requests of the session.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole body at once."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """A stream of the events of *log* from index *start* to the end of the act."""

    log: EventLog
    start: int
    headers: Mapping[str, str]
    status: int = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """Recorded bytes, due *t* seconds after the head; *name* is the event's."""

    t: float
    data: bytes
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """A recorded response, byte by byte; *speed* 0 leaves out the pauses."""

    status: int
    headers: Mapping[str, str]
    pieces: tuple[Piece, ...]
    speed: float = 0.0


Reply: TypeAlias = Answer | Follow | Playback


def steps(reply: Reply) -> Iterator[Step]:
    """Yield what the connection must do for *reply*, lazily."""
    match reply:
        case Answer():
            return _answer(reply)
        case Follow():
            return _follow(reply)
        case Playback():
            return _playback(reply)
        case _:
            assert_never(reply)


def streaming(reply: Follow) -> Iterator[Step]:
    """Yield what the connection must do for *reply* under load."""
    yield _stream_head(reply)
    yield Stream(reply.start)
    yield Finish()


def trailing(steps: Iterator[Step], tail_s: float) -> Iterator[Step]:
    """Pass *steps* with *tail_s* seconds between a stream's last event and its end."""
    is_stream = False
    for step in steps:
        is_stream = is_stream or isinstance(step, Stream)
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
        case Playback():
            return _plays(reply, send)
        case _:
            assert_never(reply)


def _answer(reply: Answer) -> Iterator[Step]:
    length = {"content-length": str(len(reply.body))}
    yield Head(reply.status, {**reply.headers, **length})
    if reply.body:
        yield Send(reply.body)
    yield Finish()


def _follow(reply: Follow) -> Iterator[Step]:
    yield _stream_head(reply)
    for index in count(reply.start):
        yield Await(index)
        entry = reply.log.entry(index)
        if entry is None:
            break
        yield Send(entry.data, index, entry.name)
        if entry.ends_segment:
            break
    yield Finish()


def _stream_head(reply: Follow) -> Head:
    return Head(reply.status, {"content-type": STREAM_TYPE, **reply.headers})


def _playback(reply: Playback) -> Iterator[Step]:
    yield Head(reply.status, reply.headers)
    reached_s = 0.0
    for index, piece in enumerate(reply.pieces):
        if reply.speed and piece.t > reached_s:
            yield Pause((piece.t - reached_s) / reply.speed)
            reached_s = piece.t
        yield Send(piece.data, index, piece.name)
    yield Finish()


def _plays(reply: Playback, send: Send) -> bool:
    if send.event is None:
        return False
    rest = (reply.pieces[i].data for i in range(send.event, len(reply.pieces)))
    return stand_in(rest, send.start, send.data)
