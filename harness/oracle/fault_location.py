"""Compares where in a response a fault began to act with the place its case declares.

The place is read from the bytes that the server wrote and from the event that was due
there, never from what a fault says of itself. If another fault has altered the
response before, events can no longer be counted, and their number is not compared.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from midstream.harness.record.case import ArmedFault
from midstream.harness.record.dispatch import Handlers
from midstream.harness.record.history import (
    FaultFired,
    Knowledge,
    PathFired,
    Record,
    ResponseHead,
    Sent,
)
from midstream.mock_server.core.roles import Role

_PIECE_BYTES = 16
"""Two equal pieces of an event with more bytes than this are the event sent twice."""
_CRLF_BYTES = 2
Byte: TypeAlias = int | str


@dataclass(slots=True)
class _Stream:
    """What the server has written of one response, and how often each event began.

    *roles* is what events are for, by their names.
    """

    roles: Mapping[str, Role]
    has_head: bool = False
    begun: Counter[str | None] = field(default_factory=Counter)
    first: Sent | None = None
    altered_by: set[str] = field(default_factory=set)

    def write(self, sent: Sent) -> None:
        """Count the event that *sent* begins, if it is one of the run's."""
        if sent.first is None:
            return
        if sent.count > 1:
            for name in sent.names:
                self.begun.update(_labels(name, None, self.roles))
            return
        if self.first is None or not _continues(self.first, sent):
            self.begun.update(_labels(sent.name, sent.role, self.roles))
            self.first = sent


def _labels(
    name: str | None, role: Role | None, roles: Mapping[str, Role]
) -> set[str | None]:
    """Return by which words an event can be asked for: its name, and its role."""
    return {name, role or roles.get(name or "", "other")}


def _continues(first: Sent, sent: Sent) -> bool:
    """Say whether *sent* is a later piece of the event that *first* began."""
    if sent.first != first.first:
        return False
    size = sent.end - sent.start
    is_same = sent.head == first.head and size == first.end - first.start
    return not is_same or size <= _PIECE_BYTES


class WrittenStreams:
    """What the server has written of each response; all faults of a run share it.

    The faults *altering* alter the events that follow them.

    Attributes:
        roles: What events are for, by their names.
    """

    def __init__(self, altering: Collection[str] = ()) -> None:
        self._altering = altering
        self._streams: dict[int, _Stream] = {}
        self.roles: Mapping[str, Role] = {}

    def handlers(self) -> Handlers:
        """Handle what the server writes, and faults that fire."""
        return {
            Knowledge: self._know,
            ResponseHead: self._begin,
            Sent: self._write,
            FaultFired: self._fire,
        }

    def of(self, req: int) -> _Stream:
        """Return what the server has written in answer to request *req*."""
        stream = self._streams.get(req)
        if stream is None:
            stream = self._streams[req] = _Stream(self.roles)
        return stream

    def _know(self, _: Record, body: Knowledge) -> None:
        self.roles = body.roles

    def _begin(self, _: Record, body: ResponseHead) -> None:
        self.of(body.req).has_head = True

    def _write(self, _: Record, body: Sent) -> None:
        self.of(body.req).write(body)

    def _fire(self, _: Record, body: FaultFired) -> None:
        if body.fault in self._altering:
            self.of(body.req).altered_by.add(body.fault)


class FaultLocation:
    """Follows one fault in *streams*, which must handle each record before this does.

    Attributes:
        misplaced: Where the fault struck instead of its place; "" if it struck there.
    """

    def __init__(self, fault: ArmedFault, streams: WrittenStreams) -> None:
        self._fault, self._streams = fault, streams
        self._gate: FaultFired | None = None
        self._cut_at: int | None = None
        self.misplaced = ""

    def handlers(self) -> Handlers:
        """Handle the firing; for a cut, also the piece that is written there."""
        firing: Handlers = {FaultFired: self._fire, PathFired: self._fire_path}
        is_cut = self._fault.kind == "cut"
        return {**firing, Sent: self._look_at_cut} if is_cut else firing

    def _fire(self, _: Record, body: FaultFired) -> None:
        """Compare the place at which the fault fires."""
        if body.fault == self._fault.id:
            self._gate = body
            self.misplaced = self.misplaced or self._look(body)

    def _fire_path(self, _: Record, body: PathFired) -> None:
        if body.fault == self._fault.id:
            self._cut_at = body.cut_at

    def _look(self, fired: FaultFired) -> str:
        """Return where *fired* is if that is not the declared place, else ""."""
        stream = self._streams.of(fired.req)
        is_altered = bool(stream.altered_by - {self._fault.id})
        return "" if is_altered else _misplaced(self._fault.at, fired, stream)

    def _look_at_cut(self, _: Record, sent: Sent) -> None:
        """Compare the offset of the cut with the event that was written there."""
        gate, at = self._gate, self._fault.at
        if gate is None or self._cut_at is None:
            return
        if (sent.req, sent.start) != (gate.req, gate.offset) or self.misplaced:
            return
        labels = _labels(sent.name, sent.role, self._streams.roles)
        if at.get("event") not in labels:
            self.misplaced = f"the event {sent.name}, not {at}"
        elif not _is_at(self._cut_at, sent, self._fault.args.get("byte", 0)):
            place = f"byte {self._cut_at} of the connection; the event has bytes"
            self.misplaced = f"{place} {sent.start} to {sent.end}, the place is {at}"


def _misplaced(at: dict[str, Any], fired: FaultFired, stream: _Stream) -> str:
    """Return where *fired* is if that is not the place *at*, else ""."""
    event, nth = at.get("event"), at.get("nth", 1)
    if event is None:
        return f"after the head, not {at}" if stream.has_head else ""
    if not stream.has_head:
        return f"the head, not {at}"
    due = _labels(fired.due, fired.due_role, stream.roles)
    if fired.due is not None and event not in due:
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
