"""A run's first segment: a shared template and the run's own values."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from midstream.mock_server.core.event_log import Effects, Entry, Segment
from midstream.mock_server.core.journal import Asked, Closed, RunStatus
from midstream.mock_server.core.journal import Entry as JournalEntry
from midstream.mock_server.core.pieces import Piece

from .template import Template
from .truth import Texts
from .wire import read_back


class LiveSegment(Segment):
    """Makes its entries when they are read, and its chunks when they are sent.

    *texts* holds its tokens; all runs share the template's own tuples.
    """

    __slots__ = ("_first", "_template", "_values", "texts")

    def __init__(
        self,
        run_id: str,
        first: Sequence[Entry],
        template: Template,
        values: Sequence[bytes],
        pieces: Sequence[Piece] = (),
    ) -> None:
        """Say *first*, which is not in the *template*, and then the template."""
        self._entries, self.pieces = tuple(first), pieces
        self._template, self._values, self._first = template, values, len(first)
        self.is_closed = True
        self.names, self.offsets_s = template.names, template.offsets_s
        if first:
            self.names = [*(entry.name for entry in first), *template.names]
            self.offsets_s = [*(entry.offset_s for entry in first), *template.offsets_s]
        self.effects = self._live_effects(run_id)
        self.texts: Texts = {
            (values[slot].decode(), part): tokens
            for (slot, part), tokens in template.texts.items()
        }

    def _live_effects(self, run_id: str) -> Effects:
        """Return the template's effects with the run's own ids."""
        template = self._template
        ids = [value.decode() for value in self._values[: len(template.marks)]]
        live = dict(zip(template.marks, ids, strict=True))
        return [
            (
                self._first + index,
                tuple(_live(entry, run_id, live) for entry in entries),
            )
            for index, entries in template.effects
        ]

    def entry(self, index: int) -> Entry:
        """Return entry *index*, made from the template."""
        if index < self._first:
            return self._entries[index]
        line = self._template.lines[index - self._first]
        data = line.data(self._values)
        return Entry(
            name=line.name,
            data=data,
            payload=read_back(line.name, data),
            offset_s=line.offset_s,
            ends_segment=index == len(self) - 1,
        )

    def chunks(self, start: int, stop: int) -> list[bytes]:
        """Return the data of entries *start* to *stop*, each as a chunk of HTTP/1.1."""
        first = self._first
        if start >= first:
            return self._template.chunks(start - first, stop - first, self._values)
        lines = self._template.chunks(0, max(stop - first, 0), self._values)
        return super().chunks(start, min(stop, first)) + lines

    def between(self, start: int, stop: int) -> Iterator[Entry]:
        """Yield the entries from *start* to *stop* that none of them supersedes."""
        lines = self._template.lines
        for index in range(start, stop):
            place = index - self._first
            if place >= 0 and 0 <= lines[place].outdated_by < stop - self._first:
                continue
            yield self.entry(index)


def _live(entry: JournalEntry, run_id: str, live: dict[str, str]) -> JournalEntry:
    """Return *entry*, which has marks in the place of ids, with those of a run."""
    match entry:
        case RunStatus():
            return replace(entry, run=run_id, thread=live[entry.thread])
        case Closed():
            thread, message = live[entry.thread], live[entry.message]
            return replace(entry, run=run_id, thread=thread, message=message)
        case Asked():
            return replace(entry, run=run_id, call_id=live[entry.call_id])
        case _:
            return entry
