"""Logs in one line, and what is sent of them."""

from collections.abc import Iterable, Iterator

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.segment import Entry, Segment
from midstream.mock_server.core.steps import Send, Span, Step


def segment(*names: str, is_closed: bool = True) -> Segment:
    """Return entries whose data is their name in angle brackets."""
    last = len(names) - 1
    return Segment(
        Entry(name=n, data=f"<{n}>".encode(), ends_segment=is_closed and i == last)
        for i, n in enumerate(names)
    )


def log(*names: str, published: int = 0, is_closed: bool = True) -> EventLog:
    """Return a log with one plan, of which the first entries are *published*."""
    made = EventLog("run_1")
    made.plan(segment(*names, is_closed=is_closed))
    made.publish(published)
    return made


def names(made: EventLog) -> list[str | None]:
    """Return the names of all entries, published or planned."""
    return list(made.names(0, made.size))


def performed(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield *steps*, each published first as far as it waits: all goes well."""
    for step in steps:
        if isinstance(step, Span):
            stop = step.end()
            is_waiting = step.until or step.stop is not None
            more = min(stop + bool(is_waiting), step.log.size)
            step.log.publish_to(max(more, step.log.published))
        yield step


def written(steps: Iterable[Step]) -> list[bytes]:
    """Return the bytes of each event that *steps* send, a piece each."""
    return [piece for step in performed(steps) for piece in _pieces(step)]


def _pieces(step: Step) -> Iterator[bytes]:
    """Yield what one step sends."""
    if isinstance(step, Send):
        yield step.data
    elif isinstance(step, Span):
        entries = (step.log.entry(i) for i in range(step.start, step.end()))
        yield from (entry.data for entry in entries if entry is not None)
