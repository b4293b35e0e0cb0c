"""Where in a response a fault began to act, against the place that its case declares.

Read off the bytes that the server's edge wrote and off the event that was due there,
never off what a fault says of itself. Where another fault has altered the response
before, its events can no longer be counted, and their number is not looked at.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .case import ArmedFault
from .history import Fired, PathFired, Record, ResponseHead, Sent

_PIECE_BYTES = 16
"""Two equal pieces of an event, of more bytes than this, are the event sent twice."""
_CRLF_BYTES = 2
Byte: TypeAlias = int | str


@dataclass(slots=True)
class _Stream:
    """What was written of one response so far: how often each event was begun."""

    has_head: bool = False
    is_altered: bool = False
    begun: Counter[str | None] = field(default_factory=Counter)
    first: Sent | None = None

    def write(self, sent: Sent) -> None:
        """Take note of a piece; what is no event of the run is passed by."""
        if sent.event is None:
            return
        if self.first is None or not _goes_on(self.first, sent):
            self.begun[sent.name] += 1
            self.first = sent


def _goes_on(first: Sent, sent: Sent) -> bool:
    """Say whether *sent* is a later piece of the event that *first* began."""
    if sent.event != first.event:
        return False
    size = sent.end - sent.start
    is_same = sent.head == first.head and size == first.end - first.start
    return not is_same or size <= _PIECE_BYTES


class Place:
    """Follows one fault; *others* are the ids of all faults that alter responses."""

    def __init__(self, fault: ArmedFault, others: Collection[str] = ()) -> None:
        """Watch for *fault*."""
        self._fault, self._others = fault, others
        self._streams: dict[int, _Stream] = {}
        self._gate: Fired | None = None
        self._cut_at: int | None = None
        self.astray = ""

    def feed(self, record: Record) -> None:
        """Take note of what was written, and of where the fault fired."""
        body = record.body
        if isinstance(body, PathFired):
            if body.fault == self._fault.id:
                self._cut_at = body.cut_at
            return
        if not isinstance(body, Fired | ResponseHead | Sent):
            return
        stream = self._streams.setdefault(body.req, _Stream())
        if isinstance(body, ResponseHead):
            stream.has_head = True
        elif isinstance(body, Sent):
            self._look_at_cut(body)
            stream.write(body)
        elif body.fault == self._fault.id:
            self._gate = body
            self.astray = self.astray or _astray(self._fault.at, body, stream)
        elif body.fault in self._others:
            stream.is_altered = True

    def _look_at_cut(self, sent: Sent) -> None:
        """Compare the offset of the cut with the event that came to stand there."""
        gate, at = self._gate, self._fault.at
        if self._fault.kind != "cut" or gate is None or self._cut_at is None:
            return
        if (sent.req, sent.start) != (gate.req, gate.offset) or self.astray:
            return
        if sent.name != at.get("event"):
            self.astray = f"the event {sent.name}, not {at}"
        elif not _is_at(self._cut_at, sent, self._fault.args.get("byte", 0)):
            place = f"byte {self._cut_at} of the connection; the event stands at"
            self.astray = f"{place} {sent.start} to {sent.end}, the place is {at}"


def _astray(at: dict[str, Any], fired: Fired, stream: _Stream) -> str:
    """Say where *fired* is, if that is not the place *at*; else ""."""
    event, nth = at.get("event"), at.get("nth", 1)
    if stream.is_altered:
        return ""
    if event is None:
        return f"behind the head, not {at}" if stream.has_head else ""
    if not stream.has_head:
        return f"the head, not {at}"
    if fired.due is not None and fired.due != event:
        return f"the event {fired.due}, not {at}"
    begun = stream.begun[event] + (0 if at.get("byte", 0) else 1)
    return f"number {begun} of {event}, not {at}" if begun != nth else ""


def _is_at(cut_at: int, sent: Sent, byte: Byte) -> bool:
    """Say whether offset *cut_at* of the connection is *byte* of the event *sent*.

    RFC 9112, section 7.1: "chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF".
    """
    if byte == 0:
        return cut_at == sent.start
    if byte == "end":
        return cut_at == sent.end
    if not isinstance(byte, int):
        return sent.start < cut_at < sent.end
    size = sent.end - sent.start
    leads = [n for n in range(1, 9) if len(f"{size - n - 2 * _CRLF_BYTES:x}") == n]
    places = {min(byte, size)}
    for digits in leads:
        data_bytes = size - digits - 2 * _CRLF_BYTES
        places.add(digits + _CRLF_BYTES + min(byte, data_bytes))
    return cut_at - sent.start in places
