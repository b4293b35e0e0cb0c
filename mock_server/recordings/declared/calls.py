"""Reads the tool calls of a recorded stream."""

from dataclasses import dataclass, field

import msgspec

from midstream.mock_server.core.roles import Role

from .declaration import ArgumentsRule
from .event import Spot, StreamEvent


@dataclass(frozen=True, slots=True)
class ToolCallReading:
    """A tool call. It begins in block *first*; block *last* has its last piece."""

    id: str
    name: str
    arguments: str
    first: int
    last: int

    @property
    def is_json(self) -> bool:
        """Whether its arguments are JSON, or missing."""
        try:
            msgspec.json.decode(self.arguments or "null")
        except msgspec.DecodeError:
            return False
        return True


@dataclass(slots=True)
class OpenCall:
    """A tool call that is being said."""

    first: int
    last: int
    id: str = ""
    name: str = ""
    pieces: list[str] = field(default_factory=list)

    def closed(self, number: int) -> ToolCallReading:
        """Return it, complete; without an id it is called by its *number*."""
        text = "".join(self.pieces)
        known = self.id or f"call_{number}"
        return ToolCallReading(known, self.name, text, self.first, self.last)


class CallReader:
    """Reads the calls that one *rule* finds; *calls* get them as they begin."""

    def __init__(self, rule: ArgumentsRule, calls: list[OpenCall]) -> None:
        """Begin without calls."""
        self._rule, self._calls = rule, calls
        self._open: dict[Spot, OpenCall] = {}

    def read(self, event: StreamEvent) -> Role | None:
        """Take what *event* says of calls; return what it is for."""
        rule, role = self._rule, None
        if event.fits(rule.beginnings):
            role = self._read_header(event)
        for found in event.chosen(rule):
            role = (
                self._argue(event, found.value, self._spot(event, found.spot)) or role
            )
        return role

    def _spot(self, event: StreamEvent, spot: Spot) -> Spot:
        """Return what numbers a call: its part if the rule says so, else its *spot*."""
        number = event.first(self._rule.part)
        return (number,) if isinstance(number, int) else spot

    def _read_header(self, event: StreamEvent) -> Role | None:
        """Take ids and names; another id at the same place is another call.

        Where calls have no ids, another event with a name is.
        """
        role: Role | None = None
        for place, said in event.texts_at(self._rule.id).items():
            spot = self._spot(event, place)
            before = self._open.get(spot)
            if before is None or before.id not in {"", said}:
                before = self._begin(event, spot)
                role = "tool_call"
            before.id = said
        for place, said in event.texts_at(self._rule.name).items():
            spot = self._spot(event, place)
            call = self._open.get(spot)
            if call is None or (call.first != event.number and not call.id):
                call = self._begin(event, spot)
            call.name, role = said, "tool_call"
        return role

    def _argue(self, event: StreamEvent, value: object, spot: Spot) -> Role | None:
        """Take a piece of the arguments of a call, or the whole of them."""
        call = self._open.get(spot)
        if isinstance(value, dict):
            if call is None or call.first != event.number:
                call = self._begin(event, spot)
            call.pieces = [msgspec.json.encode(value).decode()]
            return "tool_call"
        if not isinstance(value, str) or not value:
            return None
        if call is None:
            if self._rule.begin:
                return None  # a call that is not the client's
            call = self._begin(event, spot)
        call.pieces.append(value)
        call.last = event.number
        return "tool_arguments"

    def _begin(self, event: StreamEvent, spot: Spot) -> OpenCall:
        call = self._open[spot] = OpenCall(event.number, event.number)
        self._calls.append(call)
        return call
