"""What a generation plans to say in one go: its entries, and how they go out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from .journal import Entry as JournalEntry
from .pieces import Piece
from .roles import Role

Effects: TypeAlias = Sequence[tuple[int, tuple[JournalEntry, ...]]]
"""What the journal says when entries come out, by their index in the segment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event: its frame *data*, due *offset_s* after its plan was made.

    *payload* is its JSON object, None where the data is no object. *ends_segment* marks
    the last one before the generation waits for outputs or is over.
    """

    name: str | None
    data: bytes
    role: Role = "other"
    payload: dict[str, Any] | None = None
    offset_s: float = 0.0
    ends_segment: bool = False


class Segment:
    """What a generation plans to say in one go.

    Attributes:
        names: The name of each entry.
        roles: What each entry is for.
        offsets_s: When each entry is due, in seconds after the plan was made.
        effects: What the journal says when entries come out, as `told` reads it.
        is_closed: Whether its last entry ends it.
        pieces: How its bytes go out, if not an entry at a time; the last piece reaches
            up to its end.
    """

    __slots__ = (
        "_entries", "effects", "is_closed", "names", "offsets_s", "pieces", "roles",
    )  # fmt: skip

    def __init__(
        self,
        entries: Iterable[Entry],
        effects: Effects = (),
        pieces: Sequence[Piece] = (),
    ) -> None:
        """Hold *entries*."""
        self._entries = tuple(entries)
        self.effects, self.pieces = effects, pieces
        self.names: Sequence[str | None] = [entry.name for entry in self._entries]
        self.roles: Sequence[Role] = [entry.role for entry in self._entries]
        self.offsets_s: Sequence[float] = [entry.offset_s for entry in self._entries]
        self.is_closed = bool(self._entries) and self._entries[-1].ends_segment

    def __len__(self) -> int:
        return len(self.names)

    def entry(self, index: int) -> Entry:
        """Return entry *index*."""
        return self._entries[index]

    def places(self, event: str) -> Sequence[int]:
        """Return the index of each entry whose role or name is *event*."""
        labels = enumerate(zip(self.names, self.roles, strict=True))
        return [index for index, label in labels if event in label]

    def data(self, index: int) -> bytes:
        """Return the data of entry *index*: what is sent of it."""
        return self._entries[index].data

    def told(self, said: tuple[JournalEntry, ...]) -> Iterable[JournalEntry]:
        """Return what the journal says, of what *effects* hold for an entry."""
        return said

    def chunk(self, index: int) -> bytes:
        """Return the data of entry *index* as a chunk of HTTP/1.1.

        RFC 9112, section 7.1: "chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF".
        """
        data = self.data(index)
        return b"%x\r\n%b\r\n" % (len(data), data)

    def chunks(self, start: int, stop: int) -> list[bytes]:
        """Return the data of entries *start* to *stop*, each as a chunk."""
        return [self.chunk(index) for index in range(start, stop)]

    def between(self, start: int, stop: int) -> Iterator[Entry]:
        """Yield the entries from *start* to *stop* that make the state what it is.

        An entry that a later one of them outdates may be left out.
        """
        return iter(self._entries[start:stop])
