"""Reads a recorded stream as a declaration says: its text, its tool calls, its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from midstream.mock_server.core.framing import Block, blocks, data_of, is_ignored
from midstream.mock_server.core.roles import Role

from .calls import CallReader, OpenCall, ToolCallReading
from .declaration import Declaration, Ending, MarkRule, TextRule
from .event import NO_JSON, Spot, StreamEvent, is_one

Part: TypeAlias = tuple[str, int]
"""A message, by the id that the API gives it or "", and the number of a part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a stream says.

    Attributes:
        blocks: The events of the body, and what lies between them.
        roles: What each of them is for.
        texts: The pieces of the answer, by message and part, in order.
        reasoning: The pieces of what the model thought, likewise.
        calls: The tool calls, in the order in which they began.
        ending: How it ends; None: nothing says so.
        ended_at: The block that says so.
        oddities: What a reader may not expect, each in a sentence.
    """

    blocks: tuple[Block, ...]
    roles: tuple[Role, ...]
    texts: Mapping[Part, tuple[str, ...]]
    reasoning: Mapping[Part, tuple[str, ...]]
    calls: tuple[ToolCallReading, ...]
    ending: Ending | None
    ended_at: int | None
    oddities: tuple[str, ...]


def read(body: bytes, declared: Declaration) -> Reading:
    """Return what the recorded *body* of a stream says."""
    reader = _Reader(declared)
    found = blocks(body, declared.stream.framing)
    for block in found:
        reader.read(block, body[block.start : block.stop])
    return reader.reading(tuple(found))


class _Reader:
    """Reads the events of one stream in order."""

    def __init__(self, declared: Declaration) -> None:
        self._declared = declared
        self._roles: list[Role] = []
        self._texts: dict[Part, list[str]] = {}
        self._reasoning: dict[Part, list[str]] = {}
        self._calls: list[OpenCall] = []
        self._readers = [CallReader(rule, self._calls) for rule in declared.arguments]
        self._ids: list[str] = []
        self._no_json: list[int] = []
        self._last_text = -1
        self._ending: Ending | None = None
        self._ended_at: int | None = None
        self._ends: dict[Spot, int] = {}
        self._odd: list[str] = []

    def read(self, block: Block, raw: bytes) -> None:
        """Read one block, whose bytes are *raw*."""
        number = len(self._roles)
        data = data_of(raw, self._declared.stream.framing)
        if block.name is None or data is None:
            self._roles.append("other")
            if not is_ignored(raw):
                self._odd.append(f"block {number} is no event, or is cut off")
            return
        event = StreamEvent(number, block.name, data)
        said = self._read_texts(event)
        asked = [role for each in self._readers if (role := each.read(event))]
        is_marked = self._read_marks(event)
        if event.json is NO_JSON and not is_marked:
            self._no_json.append(number)
        self._roles.append("terminal" if is_marked else said or _first(asked))

    def _read_texts(self, event: StreamEvent) -> Role | None:
        """Take the text and the thoughts in *event*; return what it is for."""
        role: Role | None = None
        for rule in self._declared.reasoning:
            if self._take(event, rule, self._reasoning):
                role = "reasoning"
        for rule in self._declared.text:
            if self._take(event, rule, self._texts):
                role, self._last_text = "text", event.number
        return role

    def _take(
        self, event: StreamEvent, rule: TextRule, to: dict[Part, list[str]]
    ) -> bool:
        """Take what *rule* finds in *event*; say whether there was any."""
        self._name_message(event, rule)
        number, has_any = event.first(rule.part), False
        for found in event.chosen(rule):
            if isinstance(found.value, str) and found.value:
                part = found.indexes[-1] if found.indexes else 0
                part = number if isinstance(number, int) else part
                to.setdefault((self._message, part), []).append(found.value)
                has_any = True
        return has_any

    def _name_message(self, event: StreamEvent, rule: TextRule) -> None:
        """Keep the first id of a message; another one is odd."""
        said = event.first(rule.id)
        if not isinstance(said, str) or not said or said in self._ids:
            return
        self._ids.append(said)
        if len(self._ids) > 1:
            self._odd.append(f"the id becomes {said} in event {event.number}")

    @property
    def _message(self) -> str:
        return self._ids[0] if self._ids else ""

    def _read_marks(self, event: StreamEvent) -> bool:
        """Note whether *event* says how the stream ends."""
        declared, is_marked = self._declared, False
        kinds: tuple[tuple[Ending, tuple[MarkRule, ...]], ...] = (
            ("completed", declared.end),
            ("incomplete", declared.incomplete),
            ("failed", declared.error),
        )
        for rank, (ending, rules) in enumerate(kinds):
            for number, rule in enumerate(rules):
                if event.fits(rule.conditions):
                    is_marked = True
                    self._mark(event, ending, (rank, number), rule)
        return is_marked

    def _mark(
        self, event: StreamEvent, ending: Ending, key: tuple[int, int], rule: MarkRule
    ) -> None:
        """Note an end; the worst one counts."""
        order: tuple[Ending, ...] = ("completed", "incomplete", "failed")
        path, wanted = rule.conditions[0]
        for found in event.find(path):
            if is_one(found.value, wanted):
                self._note_twice(event, (*key, *found.indexes))
        if self._ending is None or order.index(ending) > order.index(self._ending):
            self._ending, self._ended_at = ending, event.number
        elif ending == self._ending:
            self._ended_at = event.number

    def _note_twice(self, event: StreamEvent, key: Spot) -> None:
        before = self._ends.setdefault(key, event.number)
        if before != event.number:
            self._odd.append(f"it ends in event {before} and again in {event.number}")

    def reading(self, found: tuple[Block, ...]) -> Reading:
        """Return all that was read of the blocks *found*."""
        calls = tuple(call.closed(n) for n, call in enumerate(self._calls))
        roles = self._with_last(found)
        ended_at = len(roles) if self._ended_at is None else self._ended_at
        self._odd += [
            f"the data of event {number} is no JSON"
            for number in self._no_json
            if roles[number] != "last"
        ]
        self._odd += [
            f"the arguments of {c.id} are no JSON" for c in calls if not c.is_json
        ]
        if self._last_text > ended_at:
            self._odd.append(f"event {self._last_text} has text behind the end")
        if self._ending is None:
            self._odd.append("nothing says how it ends")
        return Reading(
            blocks=found,
            roles=roles,
            texts={part: tuple(said) for part, said in self._texts.items()},
            reasoning={part: tuple(said) for part, said in self._reasoning.items()},
            calls=calls,
            ending=self._ending,
            ended_at=self._ended_at,
            oddities=tuple(self._odd),
        )

    def _with_last(self, found: tuple[Block, ...]) -> tuple[Role, ...]:
        """Return the roles; the last event of all is "last" behind the end."""
        named = [n for n, block in enumerate(found) if block.name is not None]
        roles = list(self._roles)
        if named and self._ended_at is not None and named[-1] > self._ended_at:
            roles[named[-1]] = "last"
        return tuple(roles)


def _first(roles: Sequence[Role]) -> Role:
    return roles[0] if roles else "other"
