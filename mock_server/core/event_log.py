"""The log of one generation: its events in order, published one after the other.

The log is planned a segment at a time; whoever keeps the pace publishes its entries,
and responses follow it. It knows no time and no connection, and no one who reads it, so
that nothing of a generation refers back to itself.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import itemgetter

from .journal import Sink
from .roles import Role
from .segment import Entry, Segment

_NEVER = 1 << 62


class EventLog:
    """An append-only log whose unpublished rest may still be replaced.

    Attributes:
        run_id: The generation this is the log of.
        published: How many entries are out; they never change again.
        plans: How often a plan was made, so that a clock knows to start anew.
        pieces_out: How many of its pieces are out, if the last segment has any.
        size: How many entries there are, published or planned.
        segment: The segment planned last; *first* is the index of its first entry.
    """

    __slots__ = (
        "_applied", "_earlier", "_journal", "_next_effect", "_on_plan", "_told",
        "first", "pieces_out", "plans", "published", "run_id", "segment", "size",
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
        self.published = self.plans = self.size = self.first = self.pieces_out = 0
        self.segment = Segment(())
        self._journal, self._on_plan = journal, on_plan
        self._earlier: list[tuple[int, Segment]] | None = None  # most have one plan
        self._applied = self._told = 0
        self._next_effect = _NEVER

    def plan(self, segment: Segment) -> int:
        """Replace the unpublished rest by *segment*; return its first entry's index."""
        if self.plans:
            self._earlier = self._earlier or []
            self._earlier.append((self.first, self.segment))
        self.segment, self.first = segment, self.published
        self.size = self.published + len(segment)
        self.plans += 1
        self._told = self.pieces_out = 0
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

    def publish_pieces(self, count: int) -> None:
        """Publish the first *count* pieces of the segment: all entries they begin."""
        last = self.segment.pieces[count - 1]
        self.pieces_out = count
        begun = self.first + last.stop + bool(last.byte)
        self.publish_to(max(self.published, begun))

    def publish_rest(self) -> None:
        """Publish all that is planned."""
        self.pieces_out = len(self.segment.pieces)
        self.publish_to(self.size)

    def take_unapplied(self) -> Iterator[Entry]:
        """Yield what was published since the last call, but for what is outdated."""
        for start, end, segment in self._since(self._applied):
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

    def role(self, index: int) -> Role:
        """Return what entry *index* is for; "other" if there is none."""
        found = self._place(index)
        return "other" if found is None else found[0].roles[found[1]]

    def is_final(self, index: int) -> bool:
        """Say whether entry *index* is the last one of its segment, as planned now."""
        return index + 1 == self.segment_end(index)

    def find(self, event: str, nth: int, start: int) -> int | None:
        """Return the *nth* entry from *start* to its segment's end that is *event*.

        An entry is by its role or its name.
        """
        if self.first <= start:  # nearly always: no segment has been cut short
            places, first = self.segment.places(event), self.first
            found = bisect_left(places, start - first) + nth - 1
            return first + places[found] if found < len(places) else None
        end = self.segment_end(start)
        found_in = (index for index in range(start, end) if self._is(index, event))
        return next(islice(found_in, nth - 1, None), None)

    def count(self, event: str, start: int, stop: int) -> int:
        """Return how many entries from *start* to *stop* are *event*, as in `find`."""
        return sum(self._is(index, event) for index in range(start, stop))

    def chunks(self, index: int, stop: int) -> list[bytes]:
        """Return the data of entries *index* to *stop*, each as a chunk of HTTP/1.1."""
        if self.first <= index:  # nearly always: no segment has been cut short
            return self.segment.chunks(index - self.first, stop - self.first)
        return [
            chunk
            for start, end, segment in self._since(index)
            if start < stop
            for chunk in segment.chunks(max(index - start, 0), min(stop, end) - start)
        ]

    def segment_end(self, index: int) -> int:
        """Return the index behind the last entry of the segment that *index* is in.

        A segment that was cut short, or says nothing of its end, goes on in the next.
        """
        if self.first <= index:
            return self.size
        for start, end, segment in self._since(index):
            is_whole = start + len(segment) == end
            if is_whole and segment.is_closed:
                return end
        return self.size

    def is_out(self, index: int) -> bool:
        """Say whether entry *index* is published, or will never be."""
        return index < self.published or index >= self.size

    def holds(self, index: int | None, start: int, data: bytes) -> bool:
        """Say whether *data* stands in the log, from byte *start* of entry *index*."""
        if index is None:
            return False
        found, stop = bytearray(), start + len(data)
        while len(found) < stop and (whole := self.data(index)) is not None:
            found += whole
            index += 1
        return found[start:stop] == data

    def _is(self, index: int, event: str) -> bool:
        return event in {self.name(index), self.role(index)}

    def _since(self, index: int) -> Iterator[tuple[int, int, Segment]]:
        """Yield the segment of entry *index* and all later ones, with start and end."""
        earlier = self._earlier or []
        if index < self.first:
            for number in range(self._number(index), len(earlier)):
                start, segment = earlier[number]
                is_last = number + 1 == len(earlier)
                yield start, self.first if is_last else earlier[number + 1][0], segment
        yield self.first, self.size, self.segment

    def _number(self, index: int) -> int:
        """Return which of the earlier segments holds entry *index*."""
        found = bisect_right(self._earlier or [], index, key=itemgetter(0))
        return max(found - 1, 0)

    def _place(self, index: int) -> tuple[Segment, int] | None:
        """Return the segment that holds entry *index*, and where in it."""
        if index >= self.size:
            return None
        if self.first <= index:
            return self.segment, index - self.first
        start, segment = (self._earlier or [])[self._number(index)]
        return segment, index - start

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
