"""A segment's bytes, with slots for a run's own ids, times and metadata.

Two runs of one cassette differ in these places only. To decode, rebind and encode every
event again for each run costs ten times as much as to send it. In a load test a segment
is therefore rendered once (`compiling`); a run keeps only its own values and fills the
slots when an event is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from .rebind import Binding

_CRLF = b"\r\n"


@dataclass(frozen=True, slots=True)
class Line:
    """One event: the *pieces* of its chunk, with the value of a slot between each two.

    If *is_fixed* is true, the chunk has the same length for all values, and its first
    piece states that length. *outdated_by* is the index of the event that supersedes
    this one, or -1.
    """

    name: str
    pieces: tuple[bytes, ...]
    slots: tuple[int, ...]
    offset_s: float
    is_fixed: bool
    outdated_by: int

    def chunk(self, values: Sequence[bytes]) -> bytes:
        """Return the event as one chunk of HTTP/1.1."""
        filled = bytearray(self.pieces[0])
        for slot, piece in zip(self.slots, self.pieces[1:], strict=True):
            filled += values[slot] + piece
        if self.is_fixed:
            return bytes(filled)
        return b"%x\r\n" % (len(filled) - len(_CRLF)) + filled

    def data(self, values: Sequence[bytes]) -> bytes:
        """Return the event's frame, as an entry of a log holds it."""
        chunk = self.chunk(values)
        return chunk[chunk.index(b"\n") + 1 : -len(_CRLF)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A segment whose slots are to be filled.

    Attributes:
        lines: Its events.
        ids: The recorded ids in order of appearance; they have the first slots.
        times: The recorded times in whole seconds; they have the next slots. The last
            slot is for the metadata of the run.
        texts: The tokens of each part of each message, by (slot of its id, part).
        alike: For each event, the index after the events from it on that have a fixed
            length and the same single slot, as nearly all events of a stream have.
    """

    lines: tuple[Line, ...]
    ids: tuple[str, ...]
    times: tuple[int, ...]
    texts: Mapping[tuple[int, int], tuple[str, ...]]
    alike: tuple[int, ...]

    def chunks(self, start: int, stop: int, values: Sequence[bytes]) -> list[bytes]:
        """Return the events from *start* to *stop*, each as a chunk of HTTP/1.1."""
        lines = self.lines[start:stop]
        if lines and self.alike[start] >= stop:
            value = values[lines[0].slots[0]]
            return [line.pieces[0] + value + line.pieces[1] for line in lines]
        return [line.chunk(values) for line in lines]

    def values(self, bind: Binding, metadata: Mapping[str, str]) -> tuple[bytes, ...]:
        """Return the values of a run's slots; draw ids in the order of `Script`."""
        return (
            *(bind.id(name).encode() for name in self.ids),
            *(b"%d" % bind.time(time) for time in self.times),
            msgspec.json.encode(metadata),
        )
