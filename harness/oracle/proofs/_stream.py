"""Reads the events of a stream from its pieces; shared, no proof."""

from midstream.harness.record.history import Sent


def indexes(sents: list[Sent]) -> list[int]:
    """Return the indexes of the events in order, one for all pieces of an event."""
    found: list[int] = []
    for sent in sents:
        if sent.first is not None and found[-1:] != [sent.first]:
            found.extend(range(sent.first, sent.first + sent.count))
    return found
