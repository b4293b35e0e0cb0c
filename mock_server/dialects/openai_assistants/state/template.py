"""A segment's bytes, with slots for a run's own ids, times and metadata.

Two runs of one cassette differ in these places only. To decode, rebind and encode every
event again for each run costs ten times as much as to send it. A segment is therefore
rendered once (`compiling`); a run keeps only its own values and fills the slots when an
event is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec

from midstream.mock_server.core.roles import Role
from midstream.mock_server.core.segment import Effects

from .rebind import Binding
from .wire import role_of

_CRLF = b"\r\n"


@dataclass(frozen=True, slots=True)
class Line:
    """One event: its chunk, as a *form* that the values of its *slots* are put into.

    If *is_fixed* is true, the chunk has the same length for all values, and the form
    begins with that length. *outdated_by* is the index of the event that supersedes
    this one, or -1.
    """

    name: str | None
    form: bytes
    slots: tuple[int, ...]
    offset_s: float
    is_fixed: bool
    outdated_by: int

    def chunk(self, values: Sequence[bytes]) -> bytes:
        """Return the event as one chunk of HTTP/1.1."""
        filled = self.form % tuple([values[slot] for slot in self.slots])
        if self.is_fixed:
            return filled
        return b"%x\r\n%b" % (len(filled) - len(_CRLF), filled)


@dataclass(frozen=True, kw_only=True)
class Template:
    """A segment whose slots are to be filled.

    Attributes:
        lines: Its events.
        ids: The recorded ids in order of appearance; they have the first slots.
        marks: What stands for each of them in *effects*, and the slot it has.
        effects: What the journal says when events come out, by their index.
        times: The recorded times in whole seconds; they have the next slots. The last
            two slots are for the metadata of the run, and of the thread.
        texts: The tokens of each part of each message, by (slot of its id, part).
        alike: For each event, the index after the events from it on that have a fixed
            length and the same single slot, as nearly all events of a stream have.
    """

    lines: tuple[Line, ...]
    ids: tuple[str, ...]
    marks: Mapping[str, int]
    effects: Effects
    times: tuple[int, ...]
    texts: Mapping[tuple[int, int], tuple[str, ...]]
    alike: tuple[int, ...]

    @cached_property
    def names(self) -> list[str | None]:
        """The name of each event."""
        return [line.name for line in self.lines]

    @cached_property
    def roles(self) -> list[Role]:
        """What each event is for."""
        return [role_of(line.name) for line in self.lines]

    @cached_property
    def places(self) -> Mapping[str | None, Sequence[int]]:
        """The index of each event, by their names and their roles."""
        found: dict[str | None, list[int]] = {}
        for index, labels in enumerate(zip(self.names, self.roles, strict=True)):
            for label in {*labels}:
                found.setdefault(label, []).append(index)
        return found

    @cached_property
    def offsets_s(self) -> list[float]:
        """When each event is due, in seconds after the first."""
        return [line.offset_s for line in self.lines]

    @cached_property
    def pairs(self) -> list[tuple[bytes, bytes]]:
        """What stands before the slot of each event, and behind it, if it has one."""
        blank = b"\0"
        return [
            _split(line.form % blank, blank) if len(line.slots) == 1 else (b"", b"")
            for line in self.lines
        ]

    @cached_property
    def single(self) -> list[int]:
        """The slot of each event that has a fixed length and one slot, else -1."""
        return [
            line.slots[0] if line.is_fixed and len(line.slots) == 1 else -1
            for line in self.lines
        ]

    def chunk(self, index: int, values: Sequence[bytes]) -> bytes:
        """Return event *index* as a chunk of HTTP/1.1."""
        slot = self.single[index]
        if slot < 0:
            return self.lines[index].chunk(values)
        head, tail = self.pairs[index]
        return head + values[slot] + tail

    def data(self, index: int, values: Sequence[bytes]) -> bytes:
        """Return the frame of event *index*, as an entry of a log holds it."""
        chunk = self.chunk(index, values)
        return chunk[chunk.index(b"\n") + 1 : -len(_CRLF)]

    def chunks(self, start: int, stop: int, values: Sequence[bytes]) -> list[bytes]:
        """Return the events from *start* to *stop*, each as a chunk of HTTP/1.1."""
        if start < stop <= self.alike[start]:
            value = values[self.single[start]]
            return [head + value + tail for head, tail in self.pairs[start:stop]]
        return [line.chunk(values) for line in self.lines[start:stop]]

    def values(
        self, bind: Binding, metadata: Mapping[str, str], thread: Mapping[str, str]
    ) -> tuple[bytes, ...]:
        """Return the values of a run's slots; draw ids in the order of `Script`.

        *metadata* is the run's, *thread* that of its thread.
        """
        return (
            *[bind.id(name).encode() for name in self.ids],
            *[b"%d" % bind.time(time) for time in self.times],
            msgspec.json.encode(metadata),
            msgspec.json.encode(thread),
        )


def _split(filled: bytes, blank: bytes) -> tuple[bytes, bytes]:
    head, _, tail = filled.partition(blank)
    return head, tail
