"""Where a fault is injected: a logical place in the traffic, never a time.

`inject` cuts a response's steps at a position and hands the rest to the fault,
so that no fault needs to know about positions.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from .steps import Fault, Fired, Send, Span, Step, Until, each, expanded

Byte: TypeAlias = Annotated[int, Meta(ge=0)] | Literal["end", "mid_char"]


class Position(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A place in the traffic of one session.

    Attributes:
        on: What the request to hit is for ("generate", "submit", "say", …, see
            `roles`), or the name of its operation; "run" is the former word for
            "generate".
        attempt: The first request of that operation to be hit; 1 is the first.
        times: How many requests in a row are hit; 0 means all from there on.
        event: What the event to hit is for ("text", "terminal", "last", …, see
            `roles`), or the name that the API gives it; None means the head.
        nth: Which such event on this response; 1 is the first.
        byte: Where in that event: an offset in bytes, "end" for right behind it,
            "mid_char" for inside its first character of several bytes.
    """

    on: str = "generate"
    attempt: Annotated[int, Meta(ge=1)] = 1
    times: Annotated[int, Meta(ge=0)] = 1
    event: str | None = None
    nth: Annotated[int, Meta(ge=1)] = 1
    byte: Byte = 0

    def is_on(self, *words: str) -> bool:
        """Say whether a request is hit that has these *words* for role and name."""
        return ("generate" if self.on == "run" else self.on) in words

    def includes(self, attempt: int) -> bool:
        """Say whether the *attempt*-th request of the operation is hit."""
        if attempt < self.attempt:
            return False
        return not self.times or attempt < self.attempt + self.times


def inject(
    at: Position, name: str, fault: Fault, steps: Iterator[Step]
) -> Iterator[Step]:
    """Pass *steps* up to the position, then `Fired(name)`, then what *fault* makes.

    Up to the position the steps stay as they are, so a span is sent in one go; from
    there on its entries come one by one. If the position never comes, nothing fires.
    """
    if at.event is None:
        yield Fired(name)
        yield from fault(expanded(steps))
        return
    seen = 0
    for step in steps:
        if isinstance(step, Send) and not step.start and _is(step, at.event):
            seen += 1
            if seen == at.nth:
                yield from _strike(step, at, name, fault, steps)
                return
        if isinstance(step, Span) and step.stop != step.start:
            wanted = Until(at.event, at.nth - seen)
            yield replace(step, until=(*step.until, wanted))
            # The entries before the span's end are out by now, and change no more.
            end = step.end()
            log = step.log
            index = log.find(wanted.event, wanted.nth, step.start)
            data = None if index is None else log.data(index)
            if index is not None and data is not None and index < end:
                send = Send(data, index, log.name(index), 0, log.role(index))
                rest = chain(each(step.since(index + 1)), steps)
                yield from _strike(send, at, name, fault, rest)
                return
            seen += log.count(at.event, step.start, end)
            continue
        yield step


def _strike(
    send: Send, at: Position, name: str, fault: Fault, rest: Iterator[Step]
) -> Iterator[Step]:
    """Let *fault* act from *at.byte* of *send* on, and on the *rest*."""
    before, after = _split(send, at.byte)
    yield from before
    yield Fired(name)
    yield from fault(chain(after, rest))


def _split(send: Send, byte: Byte) -> tuple[list[Step], list[Step]]:
    """Cut *send* at *byte*, leaving out empty pieces."""
    cut = _offset(send.data, byte)
    before: list[Step] = [send.piece(0, cut)] if cut else []
    after: list[Step] = [send.piece(cut)] if cut < len(send.data) else []
    return before, after


def _is(send: Send, event: str) -> bool:
    return event in {send.name, send.role}


def _offset(data: bytes, byte: Byte) -> int:
    """Turn *byte* into an offset; without a long character "mid_char" is half-way."""
    if byte == "end":
        return len(data)
    if byte == "mid_char":
        wide = (i for i, value in enumerate(data) if value >= 0xC0)  # noqa: PLR2004
        return next(wide, len(data) // 2 - 1) + 1
    return min(byte, len(data))
