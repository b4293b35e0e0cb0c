"""The log of one run: every event, encoded once, published one after the other.

The log is planned an act at a time; whoever keeps the pace publishes its entries,
and responses follow it. It knows no time and no connection.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


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
    ends_act: bool = False


class RunLog:
    """An append-only log whose unpublished rest may still be replaced.

    Attributes:
        run_id: The run this is the log of.
        published: How many entries are out; they never change again.
        plans: How often a plan was made, so that a pacer knows to start its clock anew.
        listeners: Called after each publication and each change of plan.
    """

    def __init__(self, run_id: str, on_publish: Callable[[Entry], None]) -> None:
        """Tell *on_publish* of each entry before any listener hears of it."""
        self.run_id = run_id
        self.published = 0
        self.plans = 0
        self.listeners: set[Callable[[], None]] = set()
        self._on_publish = on_publish
        self._entries: list[Entry] = []

    def plan(self, entries: Iterable[Entry]) -> int:
        """Replace the unpublished rest by *entries*; return the first one's index."""
        del self._entries[self.published :]
        self._entries += entries
        self.plans += 1
        self._tell()
        return self.published

    def publish(self) -> None:
        """Publish the next entry.

        Raises:
            IndexError: Everything planned is published.
        """
        entry = self._entries[self.published]
        self.published += 1
        self._on_publish(entry)
        self._tell()

    @property
    def pending(self) -> Entry | None:
        """The entry to be published next, if any."""
        return self.entry(self.published)

    def entry(self, index: int) -> Entry | None:
        """Return entry *index*, published or planned, or None."""
        return self._entries[index] if index < len(self._entries) else None

    def is_out(self, index: int) -> bool:
        """Say whether entry *index* is published, or will never be."""
        return index < self.published or self.entry(index) is None

    def holds(self, index: int | None, start: int, data: bytes) -> bool:
        """Say whether *data* stands in the log, from byte *start* of entry *index*."""
        if index is None:
            return False
        rest = (self._entries[i].data for i in range(index, len(self._entries)))
        return stand_in(rest, start, data)

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
