"""The log of one generation: its events in order, published one after the other.

The log is planned a segment at a time; whoever keeps the pace publishes its entries,
and responses follow it. It knows no time and no connection, and no one who reads it, so
that nothing of a generation refers back to itself.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

from .journal import Entry as JournalEntry
from .journal import Sink

Effects: TypeAlias = Sequence[tuple[int, tuple[JournalEntry, ...]]]
"""What the journal says when entries come out, by their index in the segment."""
_NEVER = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event: its frame *data*, due *offset_s* after its plan was made.

    *payload* is its JSON object, None where the data is no object. *ends_segment* marks
    the last one before the generation waits for outputs or is over.
    """

    name: str | None
    data: bytes
    payload: dict[str, Any] | None = None
    offset_s: float = 0.0
    ends_segment: bool = False


class Segment:
    """What a generation plans to say in one go.

    Attributes:
        names: The name of each entry.
        offsets_s: When each entry is due, in seconds after the plan was made.
        effects: What the journal says when entries come out, as `told` reads it.
        is_closed: Whether its last entry ends it.
    """

    __slots__ = ("_entries", "effects", "is_closed", "names", "offsets_s")

    def __init__(self, entries: Iterable[Entry], effects: Effects = ()) -> None:
        """Hold *entries*."""
        self._entries = tuple(entries)
        self.effects = effects
        self.names: Sequence[str | None] = [entry.name for entry in self._entries]
        self.offsets_s: Sequence[float] = [entry.offset_s for entry in self._entries]
        self.is_closed = bool(self._entries) and self._entries[-1].ends_segment

    def __len__(self) -> int:
        return len(self.names)

    def entry(self, index: int) -> Entry:
        """Return entry *index*."""
        return self._entries[index]

    def places(self, name: str) -> Sequence[int]:
        """Return the index of each entry called *name*."""
        return [index for index, known in enumerate(self.names) if known == name]

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


class EventLog:
    """An append-only log whose unpublished rest may still be replaced.

    Attributes:
        run_id: The generation this is the log of.
        published: How many entries are out; they never change again.
        plans: How often a plan was made, so that a clock knows to start anew.
        size: How many entries there are, published or planned.
        segment: The segment planned last; *first* is the index of its first entry.
    """

    __slots__ = (
        "_applied", "_before", "_journal", "_next_effect", "_on_plan", "_told", "first",
        "plans", "published", "run_id", "segment", "size",
    )  # fmt: skip

    def __init__(
        self,
        run_id: str,
        journal: Sink | None = None,
        *,
        on_plan: Callable[["EventLog"], None] | None = None,
    ) -> None:
        """Tell *journal* of the effects of entries, *on_plan* of each plan."""
        self.run_id = run_id
        self.published = self.plans = self.size = self.first = 0
        self.segment = Segment(())
        self._journal, self._on_plan = journal, on_plan
        self._before: tuple[tuple[int, Segment], ...] = ()
        self._applied = self._told = 0
        self._next_effect = _NEVER

    def plan(self, segment: Segment) -> int:
        """Replace the unpublished rest by *segment*; return its first entry's index."""
        if self.plans:
            self._before = (*self._before, (self.first, self.segment))
        self.segment, self.first = segment, self.published
        self.size = self.published + len(segment)
        self.plans += 1
        self._told = 0
        self._look_ahead()
        if self._on_plan is not None:
            self._on_plan(self)
        return self.first

    def publish(self, count: int = 1) -> None:
        """Publish the next *count* entries; the journal has their effects first.

        Raises:
            IndexError: There are not as many.
        """
        if count > self.planned:
            raise IndexError(f"run {self.run_id} has planned {self.planned} entries")
        self.publish_to(self.published + count)

    def publish_to(self, stop: int) -> None:
        """Publish all entries before *stop*, which are planned."""
        if stop > self._next_effect:
            self._tell(stop)
        self.published = stop

    def publish_rest(self) -> None:
        """Publish all that is planned."""
        self.publish_to(self.size)

    def take_unapplied(self) -> Iterator[Entry]:
        """Yield what was published since the last call, but for what is outdated."""
        for start, end, segment in self._segments():
            stop = min(end, self.published)
            if self._applied < stop:
                begin, self._applied = self._applied, stop
                yield from segment.between(begin - start, stop - start)

    @property
    def planned(self) -> int:
        """How many entries are to be published."""
        return self.size - self.published

    def unpublished(self) -> list[Entry]:
        """Return the entries that are planned and not published."""
        first = self.first
        indexes = range(self.published - first, self.size - first)
        return [self.segment.entry(index) for index in indexes]

    def entry(self, index: int) -> Entry | None:
        """Return entry *index*, published or planned, or None."""
        found = self._place(index)
        return None if found is None else found[0].entry(found[1])

    def data(self, index: int) -> bytes | None:
        """Return the data of entry *index*, published or planned, or None."""
        found = self._place(index)
        return None if found is None else found[0].data(found[1])

    def name(self, index: int) -> str | None:
        """Return the name of entry *index*, None if it has none, or is none."""
        found = self._place(index)
        return None if found is None else found[0].names[found[1]]

    def names(self, index: int, stop: int) -> Sequence[str | None]:
        """Return the names of the entries *index* to *stop*."""
        if self.first <= index:
            return self.segment.names[index - self.first : stop - self.first]
        return [self.name(i) for i in range(index, stop)]

    def find(self, name: str, nth: int, start: int) -> int | None:
        """Return the *nth* entry called *name* from *start* to its segment's end."""
        if self.first <= start:  # nearly always: no segment has been cut short
            places, first = self.segment.places(name), self.first
            found = bisect_left(places, start - first) + nth - 1
            return first + places[found] if found < len(places) else None
        end = self.segment_end(start)
        named = (index for index in range(start, end) if self.name(index) == name)
        return next(islice(named, nth - 1, None), None)

    def count(self, name: str, start: int, stop: int) -> int:
        """Return how many entries from *start* to *stop* are called *name*."""
        return list(self.names(start, stop)).count(name)

    def chunks(self, index: int, stop: int) -> list[bytes]:
        """Return the data of entries *index* to *stop*, each as a chunk of HTTP/1.1."""
        if self.first <= index:  # nearly always: no segment has been cut short
            return self.segment.chunks(index - self.first, stop - self.first)
        return [
            chunk
            for start, end, segment in self._segments()
            if index < end and start < stop
            for chunk in segment.chunks(max(index - start, 0), min(stop, end) - start)
        ]

    def segment_end(self, index: int) -> int:
        """Return the index behind the last entry of the segment that *index* is in.

        A segment that was cut short, or says nothing of its end, goes on in the next.
        """
        if self.first <= index:
            return self.size
        for start, end, segment in self._segments():
            is_whole = start + len(segment) == end
            if index < end and is_whole and segment.is_closed:
                return end
        return self.size

    def is_out(self, index: int) -> bool:
        """Say whether entry *index* is published, or will never be."""
        return index < self.published or index >= self.size

    def holds(self, index: int | None, start: int, data: bytes) -> bool:
        """Say whether *data* stands in the log, from byte *start* of entry *index*."""
        if index is None:
            return False
        known = (self.data(i) for i in range(index, self.size))
        return stand_in((whole for whole in known if whole), start, data)

    def _segments(self) -> list[tuple[int, int, Segment]]:
        """Return all segments, with the indexes at which each starts and ends."""
        parts = (*self._before, (self.first, self.segment))
        ends = (*(start for start, _ in parts[1:]), self.size)
        return [
            (start, end, segment)
            for (start, segment), end in zip(parts, ends, strict=True)
        ]

    def _place(self, index: int) -> tuple[Segment, int] | None:
        """Return the segment that holds entry *index*, and where in it."""
        if index >= self.size:
            return None
        if self.first <= index:
            return self.segment, index - self.first
        for start, segment in reversed(self._before):
            if start <= index:
                return segment, index - start
        return None

    def _tell(self, stop: int) -> None:
        """Journal the effects of the entries before *stop*."""
        effects = self.segment.effects
        while self._told < len(effects):
            index, said = effects[self._told]
            if self.first + index >= stop:
                break
            self._told += 1
            if self._journal is not None:
                for entry in self.segment.told(said):
                    self._journal(entry)
        self._look_ahead()

    def _look_ahead(self) -> None:
        """Note which entry is the next that the journal says something of."""
        effects, told = self.segment.effects, self._told
        self._next_effect = (
            self.first + effects[told][0] if told < len(effects) else _NEVER
        )


def stand_in(pieces: Iterable[bytes], start: int, data: bytes) -> bool:
    """Say whether *data* stands at *start* of the joined *pieces*; reads no further."""
    found = bytearray()
    stop = start + len(data)
    for piece in pieces:
        found += piece
        if len(found) >= stop:
            break
    return found[start:stop] == data
