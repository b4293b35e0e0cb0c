"""Reads the events of a stream from its pieces; shared, no proof."""

from midstream.harness.record.history import Sent

DONE, DONE_DATA = "done", "[DONE]"

# A run's stream goes on until one of these; after it comes only ``done``.
TERMINAL = tuple(
    f"thread.run.{status}"
    for status in (
        "completed",
        "incomplete",
        "failed",
        "cancelled",
        "expired",
        "requires_action",
    )
)


def is_done(sent: Sent) -> bool:
    """Say whether *sent* is the stream's last event, in any dialect."""
    return DONE in names(sent) or DONE_DATA in sent.head


def may_be_done(sent: Sent) -> bool:
    """Say whether *sent* is, or holds without saying so, the stream's last event."""
    return is_done(sent) or (sent.count > 1 and not sent.names)


def names(sent: Sent) -> tuple[str | None, ...]:
    """Return the names of the events that *sent* holds, where they are known."""
    return sent.names or (sent.name,)


def indexes(sents: list[Sent]) -> list[int]:
    """Return the indexes of the events in order, one for all pieces of an event."""
    found: list[int] = []
    for sent in sents:
        if sent.first is not None and found[-1:] != [sent.first]:
            found.extend(range(sent.first, sent.first + sent.count))
    return found
