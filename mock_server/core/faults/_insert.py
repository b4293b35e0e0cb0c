"""Inserts bytes before an event, for the faults that add something."""

from collections.abc import Iterator

from midstream.mock_server.core.steps import Send, Step

from ._shared import until_event


def insert(data: bytes, steps: Iterator[Step]) -> Iterator[Step]:
    """Pass *steps* with *data* before the next event, or nowhere if none comes."""
    send = yield from until_event(steps)
    if send is not None:
        yield Send(data)
        yield send
    yield from steps
