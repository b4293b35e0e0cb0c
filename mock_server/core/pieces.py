"""How the bytes of a segment go out as they were recorded, and when."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that go out together, *offset_s* seconds after the segment was planned.

    They reach up to byte *byte* of entry *stop* of the segment, and begin where the
    piece before ends. A byte behind the entry's last one stands for its end.
    """

    offset_s: float
    stop: int
    byte: int = 0


def recorded_pieces(
    chunks: Iterable[tuple[float, int]], ends: Sequence[int], index: Sequence[int]
) -> tuple[Piece, ...]:
    """Return the pieces of a segment whose bytes were recorded in *chunks*.

    Each chunk is the time at which it came, in seconds, and the offset behind it in the
    recorded body. *ends* holds the offset behind each recorded event, *index* the entry
    that each is in the segment; one more stands for the segment's end. An event that is
    left out has the index of the entry behind it. A chunk without bytes of an entry is
    no piece.
    """
    made: list[Piece] = []
    before = (0, 0)
    for offset_s, end in chunks:
        event = bisect_left(ends, end)
        is_whole = event == len(ends) or ends[event] == end
        start = ends[event - 1] if event else 0
        is_kept = event < len(ends) and index[event] < index[event + 1]
        if is_whole:
            place = index[min(event + 1, len(ends))], 0
        else:
            place = index[event], end - start if is_kept else 0
        if place > before:
            made.append(Piece(offset_s, *place))
            before = place
    return tuple(made)
