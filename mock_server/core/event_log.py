"""The log of one run: every event, encoded once, published one after the other.

The log is planned an act at a time; whoever keeps the pace publishes its entries,
and responses follow it. It knows no time and no connection.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, overload


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event: its frame *data*, due *offset_s* after its plan was made.

    *payload* is its JSON object, None where the data is no object. *ends_act* marks
    the last one before the run waits for outputs or is over.
    """

    name: str
    data: bytes
    payload: dict[str, Any] | None = None
    offset_s: float = 0.0
    ends_segment: bool = False


class Segment(Sequence[Entry]):
    """What a run plans to say in one go; one that makes its entries late derives."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Hold *entries*."""
        self._entries = tuple(entries)

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | Sequence[Entry]:
        """Return an entry, or several."""
        return self._entries[index]

    @property
    def is_closed(self) -> bool:
        """Whether its last entry ends it."""
        return bool(self._entries) and self._entries[-1].ends_segment

    def name(self, index: int) -> str:
        """Return the name of entry *index*."""
        return self._entries[index].name

    def offset_s(self, index: int) -> float:
        """Return when entry *index* is due, in seconds after the plan was made."""
        return self._entries[index].offset_s

    def chunks(self, start: int, stop: int) -> list[bytes]:
        """Return the data of entries *start* to *stop*, each as a chunk of HTTP/1.1."""
        entries = self._entries[start:stop]
        return [b"%x\r\n%b\r\n" % (len(e.data), e.data) for e in entries]

    def between(self, start: int, stop: int) -> Iterator[Entry]:
        """Yield the entries from *start* to *stop* that make the state what it is.

        An entry that a later one of them outdates may be left out.
        """
        return iter(self._entries[start:stop])


class EventLog:
    """An append-only log whose unpublished rest may still be replaced.

    Attributes:
        run_id: The run this is the log of.
        published: How many entries are out; they never change again.
        plans: How often a plan was made, so that a pacer knows to start its clock anew.
        listeners: Called after each publication and each change of plan.
    """

    def __init__(
        self,
        run_id: str,
        on_publish: Callable[[Entry], None],
        *,
        on_plan: Callable[["EventLog"], None] | None = None,
        on_drop: Callable[[Sequence[Entry]], None] | None = None,
    ) -> None:
        """Tell *on_publish* of each entry before any listener hears of it.

        *on_plan* is told of each plan, *on_drop* which planned entries will never be
        published.
        """
        self.run_id = run_id
        self.published = 0
        self.plans = 0
        self.listeners: set[Callable[[], None]] = set()
        self._on_publish, self._on_plan, self._on_drop = on_publish, on_plan, on_drop
        self._acts: list[tuple[int, Segment]] = []
        self._size = self._applied = 0

    def plan(self, entries: Iterable[Entry]) -> int:
        """Replace the unpublished rest by *entries*; return the first one's index."""
        if self._on_drop is not None and self.published < self._size:
            indexes = range(self.published, self._size)
            self._on_drop([e for i in indexes if (e := self.entry(i)) is not None])
        act = entries if isinstance(entries, Segment) else Segment(entries)
        self._acts.append((self.published, act))
        self._size = self.published + len(act)
        self.plans += 1
        if self._on_plan is not None:
            self._on_plan(self)
        self._tell()
        return self.published

    def publish(self) -> None:
        """Publish the next entry.

        Raises:
            IndexError: Everything planned is published.
        """
        self._advance(1)
        self.apply()
        self._tell()

    def publish_rest(self) -> None:
        """Publish all that is planned."""
        self._advance(self.planned)
        self.apply()
        self._tell()

    def announce(self, count: int) -> None:
        """Publish *count* entries, but tell `on_publish` of them only by `apply`.

        Raises:
            IndexError: There are not as many.
        """
        self._advance(count)
        if self.listeners:
            self._tell()

    def apply(self) -> None:
        """Tell `on_publish` of what was announced, but for what is outdated since."""
        if self._applied == self.published:
            return
        for index, (start, act) in enumerate(self._acts):
            behind = self._acts[index + 1][0] if index + 1 < len(self._acts) else None
            stop = self.published if behind is None else min(behind, self.published)
            if self._applied < stop:
                first, self._applied = self._applied - start, stop
                for entry in act.between(first, stop - start):
                    self._on_publish(entry)

    @property
    def act(self) -> tuple[int, Segment]:
        """The act planned last, and the index of its first entry."""
        return self._acts[-1]

    @property
    def planned(self) -> int:
        """How many entries are to be published."""
        return self._size - self.published

    @property
    def pending(self) -> Entry | None:
        """The entry to be published next, if any."""
        return self.entry(self.published)

    def entry(self, index: int) -> Entry | None:
        """Return entry *index*, published or planned, or None."""
        if index >= self._size:
            return None
        for start, act in reversed(self._acts):
            if start <= index:
                return act[index - start]
        return None

    def chunks(self, index: int, stop: int) -> list[bytes]:
        """Return the data of entries *index* to *stop*, each as a chunk of HTTP/1.1."""
        start, act = self._acts[-1]
        if start <= index:  # nearly always: no act has been cut short
            return act.chunks(index - start, stop - start)
        ends = [start for start, _ in self._acts[1:]]
        return [
            chunk
            for (start, act), end in zip(self._acts, [*ends, self._size], strict=True)
            if index < end and start < stop
            for chunk in act.chunks(max(index - start, 0), min(stop, end) - start)
        ]

    def segment_end(self, index: int) -> int:
        """Return the index behind the last entry of the act that entry *index* is in.

        An act that was cut short, or says nothing of its end, goes on in the next plan.
        """
        end = self._size
        for (before, act), (start, _) in reversed([*pairwise(self._acts)]):
            if start <= index:
                break
            if before + len(act) == start and act.is_closed:
                end = start
        return end

    def is_out(self, index: int) -> bool:
        """Say whether entry *index* is published, or will never be."""
        return index < self.published or index >= self._size

    def holds(self, index: int | None, start: int, data: bytes) -> bool:
        """Say whether *data* stands in the log, from byte *start* of entry *index*."""
        if index is None:
            return False
        known = (self.entry(i) for i in range(index, self._size))
        return stand_in((entry.data for entry in known if entry), start, data)

    def _advance(self, count: int) -> None:
        if count > self.planned:
            raise IndexError(f"run {self.run_id} has planned {self.planned} entries")
        self.published += count

    def _tell(self) -> None:
        for listener in tuple(self.listeners):
            listener()


def stand_in(pieces: Iterable[bytes], start: int, data: bytes) -> bool:
    """Say whether *data* stands at *start* of the joined *pieces*; reads no further."""
    found = bytearray()
    stop = start + len(data)
    for piece in pieces:
        found += piece
        if len(found) >= stop:
            break
    return found[start:stop] == data
