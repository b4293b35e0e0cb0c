"""Many writes of one response as one record, for who needs no more."""

from msgspec.structs import replace

from midstream.mock_server.core.journal import Entry, ResponseEnd, Sent, Sink


class Gathering:
    """A journal that joins writes that follow each other, and passes on the rest.

    What is gathered is told before the response ends, and when it is asked for.
    """

    def __init__(self, journal: Sink) -> None:
        """Pass on to *journal*."""
        self._journal = journal
        self._sent: dict[int, Sent] = {}

    def write(self, entry: Entry) -> None:
        """Gather *entry* if it goes on where the last write of its response ended."""
        if isinstance(entry, Sent):
            before = self._sent.get(entry.req)
            if before is not None and _goes_on(before, entry):
                count = before.count + entry.count
                entry = replace(before, count=count, end=entry.end, name=None)
            elif before is not None:
                self._journal(before)
            self._sent[entry.req] = entry
            return
        if isinstance(entry, ResponseEnd):
            self._tell(entry.req)
        self._journal(entry)

    def tell(self) -> None:
        """Pass on all that is gathered."""
        for req in tuple(self._sent):
            self._tell(req)

    def _tell(self, req: int) -> None:
        sent = self._sent.pop(req, None)
        if sent is not None:
            self._journal(sent)


def _goes_on(before: Sent, entry: Sent) -> bool:
    """Say whether both hold whole events of the log, one behind the other."""
    return (
        before.first is not None
        and before.is_verbatim
        and entry.is_verbatim
        and before.is_last
        and entry.is_last
        and entry.first == before.first + before.count
        and entry.start == before.end
    )
