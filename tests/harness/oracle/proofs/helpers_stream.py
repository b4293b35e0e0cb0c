"""One streamed response on one connection, both sides of it, in one line."""

from midstream.harness.record.history import Crossed, Opened
from tests.harness.helpers_history import Item
from tests.harness.helpers_wire import crossed, head, received, sent

HEAD_BYTES, EVENT_BYTES = 100, 50
DONE_BYTES = 20


def asked() -> list[Item]:
    """Return the opening of connection 1 and the request for a run on it."""
    return [Opened(conn=1), crossed("up", 300), received()]


def streamed(events: int, lag_ms: float = 1, begin_ms: float = 100) -> list[Item]:
    """Return a head and *events* events, each crossing the tap *lag_ms* later."""
    items: list[Item] = [(begin_ms, head(end=HEAD_BYTES))]
    items.append((begin_ms + lag_ms, crossed("down", HEAD_BYTES, HEAD_BYTES)))
    for index in range(events):
        start = HEAD_BYTES + EVENT_BYTES * index
        end = start + EVENT_BYTES
        items.append((begin_ms + 10 * index, sent(index, start, end)))
        items.append((begin_ms + 10 * index + lag_ms, down(end)))
    return items


def end_of(events: int) -> int:
    """Return the offset behind *events* events."""
    return HEAD_BYTES + EVENT_BYTES * events


def down(total: int, size: int = EVENT_BYTES) -> Crossed:
    """Return a read of *size* bytes that came from the server."""
    return crossed("down", total, size)
