"""Writes the bytes of a log in the pieces in which they were recorded.

A piece is one write, whatever it holds: a part of an event, several events, or both.
The journal has a record for each event that it touches, so that offsets stay exact.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from midstream.mock_server.core.journal import Sent
from midstream.mock_server.core.pieces import Piece
from midstream.mock_server.core.segment import Segment

from .span import SpanWriter

Place: TypeAlias = tuple[int, int]
"""An entry of a log, by its index, and how many of its bytes lie before the place."""
_HEAD_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class _Part:
    """Bytes of entry *index*, from *byte* on, of which it has *size* in all."""

    index: int
    byte: int
    size: int
    data: bytes


class RecordedWriter(SpanWriter):
    """Writes the pieces of one span; a `clock.Playhead` moves it on."""

    _segment: Segment | None = None
    _piece = 0
    _byte = 0
    """How many bytes of the next entry are written."""

    def _write_some(self, most: int) -> tuple[bool, bool]:
        """Write *most* pieces at most; say whether more are out, and all were taken."""
        for _ in range(most):
            place = self._place()
            if place is None:
                return False, True
            if not self._write_to(place):
                return True, False
        return self._place() is not None, True

    def _place(self) -> Place | None:
        """Return where the next piece that is out ends, by the end of the span."""
        log, here = self.log, (self.next, self._byte)
        if log.segment is not self._segment:
            self._segment, self._piece = log.segment, 0
        if here >= (self._stop, 0):
            return None
        if self.next < log.first:
            place = log.first, 0  # what was begun before the plan was replaced
        elif log.segment.pieces:
            place = self._piece_end(log.segment.pieces, here)
        else:
            place = min(self.next + 1, log.published), 0
        return min(place, (self._stop, 0)) if place > here else None

    def _piece_end(self, pieces: Sequence[Piece], here: Place) -> Place:
        """Return where the first piece ends that reaches beyond *here* and is out."""
        first, end = self.log.first, here
        while end <= here and self._piece < self.log.pieces_out:
            piece = pieces[self._piece]
            end = first + piece.stop, piece.byte
            if end <= here:
                self._piece += 1
        return end

    def _write_to(self, place: Place) -> bool:
        """Write up to *place* at once; say whether it was taken."""
        wire, parts = self._wire, [*self._parts(place)]
        connection, start = wire.connection, wire.connection.written
        if not wire.is_bodiless:
            data = b"".join(part.data for part in parts)
            if not connection.can_push() or not connection.push(wire.frame(data)):
                return False
            self._note_parts(parts, start, wire.lead(data))
        last = parts[-1]
        self.next, self._byte = last.index, last.byte + len(last.data)
        if self._byte == last.size:
            self.next, self._byte = last.index + 1, 0
        return True

    def _parts(self, place: Place) -> Iterator[_Part]:
        """Yield what is written of each entry up to *place*."""
        index, byte = self.next, self._byte
        while (index, byte) < place and (entry := self.log.entry(index)) is not None:
            stop = place[1] if index == place[0] else len(entry.data)
            yield _Part(index, byte, len(entry.data), entry.data[byte:stop])
            index, byte = index + 1, 0

    def _note_parts(self, parts: Sequence[_Part], start: int, lead: int) -> None:
        """Journal *parts*, written from *start* on behind *lead* bytes of framing.

        The framing in front belongs to the first part, that behind to the last one.
        """
        data_end = start + lead
        for part in parts:
            data_end += len(part.data)
            end = self._wire.offset if part is parts[-1] else data_end
            is_whole = len(part.data) == part.size
            self._note(
                Sent(
                    self._number,
                    self._wire.connection.number,
                    part.index,
                    start,
                    end,
                    name=self.log.name(part.index),
                    is_last=part.byte + len(part.data) == part.size,
                    head="" if is_whole else _head(part.data),
                    role=self._role(part.index),
                    is_final=self._is_final(part.index),
                )
            )
            start = end


def _head(data: bytes) -> str:
    return data[:_HEAD_BYTES].decode(errors="replace")
