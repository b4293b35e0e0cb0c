"""A run's segment in a load test: a shared template and the run's own values."""

from collections.abc import Iterator, Sequence
from typing import overload

from midstream.mock_server.core.event_log import Entry, Segment

from .template import Template
from .truth import Texts
from .wire import read_back


class LiveSegment(Segment):
    """Makes its entries when they are read, and its chunks when they are sent.

    *texts* holds its tokens; all runs share the template's own tuples.
    """

    def __init__(
        self, first: Sequence[Entry], template: Template, values: Sequence[bytes]
    ) -> None:
        """Send the entries *first*, then *template* with *values* in its slots."""
        super().__init__(first)
        self._template, self._values = template, values
        self._lines = template.lines
        self._first = len(first)
        self.texts: Texts = {
            (values[slot].decode(), part): tokens
            for (slot, part), tokens in template.texts.items()
        }

    def __len__(self) -> int:
        return self._first + len(self._lines)

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | Sequence[Entry]:
        """Return an entry, or several."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index < self._first:
            return self._entries[index]
        line = self._lines[index - self._first]
        data = line.data(self._values)
        return Entry(
            name=line.name,
            data=data,
            payload=read_back(line.name, data),
            offset_s=line.offset_s,
            ends_segment=index == len(self) - 1,
        )

    @property
    def is_closed(self) -> bool:
        """Whether its last entry ends it; a recorded stream always does."""
        return True

    def name(self, index: int) -> str:
        """Return the name of entry *index*."""
        if index < self._first:
            return super().name(index)
        return self._lines[index - self._first].name

    def offset_s(self, index: int) -> float:
        """Return when entry *index* is due, in seconds after the plan was made."""
        if index < self._first:
            return super().offset_s(index)
        return self._lines[index - self._first].offset_s

    def chunks(self, start: int, stop: int) -> list[bytes]:
        """Return the data of entries *start* to *stop*, each as a chunk of HTTP/1.1."""
        first = self._first
        if start >= first:
            return self._template.chunks(start - first, stop - first, self._values)
        lines = self._template.chunks(0, max(stop - first, 0), self._values)
        return super().chunks(start, min(stop, first)) + lines

    def between(self, start: int, stop: int) -> Iterator[Entry]:
        """Yield the entries from *start* to *stop* that none of them supersedes."""
        for index in range(start, stop):
            place = index - self._first
            if place >= 0 and 0 <= self._lines[place].outdated_by < stop - self._first:
                continue
            yield self[index]
