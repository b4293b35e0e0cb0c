"""A run's first segment: a shared template and the run's own values."""

from collections.abc import Iterator, Sequence

from midstream.mock_server.core.journal import Asked, Closed, RunStatus
from midstream.mock_server.core.journal import Entry as JournalEntry
from midstream.mock_server.core.pieces import Piece
from midstream.mock_server.core.segment import Entry, Segment

from .template import Template
from .truth import Texts
from .wire import read_back, role_of


class LiveSegment(Segment):
    """Makes its entries when they are read, and its chunks when they are sent.

    What is the same for all runs is the template's own, and not copied.
    """

    __slots__ = ("_run_id", "_template", "_values")

    def __init__(
        self,
        run_id: str,
        template: Template,
        values: Sequence[bytes],
        pieces: Sequence[Piece] = (),
    ) -> None:
        """Say what *template* says, with the *values* of run *run_id*."""
        self._run_id, self._template, self._values = run_id, template, values
        self.pieces = pieces
        self.is_closed = True
        self.names, self.roles = template.names, template.roles
        self.offsets_s = template.offsets_s
        self.effects = template.effects

    @property
    def texts(self) -> Texts:
        """Its tokens; all runs share the template's own tuples."""
        return {
            (self._values[slot].decode(), part): tokens
            for (slot, part), tokens in self._template.texts.items()
        }

    def told(self, said: tuple[JournalEntry, ...]) -> Iterator[JournalEntry]:
        """Yield what *said* has marks in, with the run's own ids."""
        run_id, live = self._run_id, self._live
        for entry in said:
            match entry:
                case RunStatus():
                    yield RunStatus(
                        run=run_id, thread=live(entry.thread), status=entry.status
                    )
                case Closed():
                    yield Closed(
                        run=run_id,
                        thread=live(entry.thread),
                        message=live(entry.message),
                        parts=entry.parts,
                        status=entry.status,
                    )
                case Asked():
                    yield Asked(
                        run=run_id,
                        call_id=live(entry.call_id),
                        name=entry.name,
                        arguments=entry.arguments,
                    )
                case _:
                    yield entry

    def _live(self, mark: str) -> str:
        """Return the id that *mark* stands for."""
        return self._values[self._template.marks[mark]].decode()

    def entry(self, index: int) -> Entry:
        """Return entry *index*, made from the template."""
        line, data = self._template.lines[index], self.data(index)
        return Entry(
            name=line.name,
            role=role_of(line.name),
            data=data,
            payload=read_back(line.name, data),
            offset_s=line.offset_s,
            ends_segment=index == len(self) - 1,
        )

    def places(self, event: str) -> Sequence[int]:
        """Return the index of each entry whose role or name is *event*."""
        return self._template.places.get(event, ())

    def data(self, index: int) -> bytes:
        """Return the data of entry *index*."""
        return self._template.data(index, self._values)

    def chunk(self, index: int) -> bytes:
        """Return the data of entry *index* as a chunk of HTTP/1.1."""
        return self._template.chunk(index, self._values)

    def chunks(self, start: int, stop: int) -> list[bytes]:
        """Return the data of entries *start* to *stop*, each as a chunk of HTTP/1.1."""
        return self._template.chunks(start, stop, self._values)

    def between(self, start: int, stop: int) -> Iterator[Entry]:
        """Yield the entries from *start* to *stop* that none of them supersedes."""
        lines = self._template.lines
        for index in range(start, stop):
            if not 0 <= lines[index].outdated_by < stop:
                yield self.entry(index)
