"""What several faults need: finding the event they act on, and common headers.

Not a fault: the name begins with an underscore, so the registry skips it.
"""

from collections.abc import Generator, Iterator
from itertools import chain
from typing import Literal, TypeAlias

from midstream.mock_server.core.steps import Abort, Finish, Head, Hold, Send, Step

Commit: TypeAlias = Literal["before", "after"]
"""Whether the server fails before or after the request has taken effect."""

JSON_TYPE = "application/json"


def until_event(steps: Iterator[Step]) -> Generator[Step, None, Send | None]:
    """Pass *steps* up to the next event of the log; return that event unpassed.

    Returns None if the response ends before one comes. Use with ``yield from``.
    """
    for step in steps:
        if isinstance(step, Send) and step.event is not None:
            return step
        yield step
    return None


def past_head(steps: Iterator[Step]) -> Generator[Step, None, Iterator[Step]]:
    """Pass the head if it comes next, and return the rest: nothing precedes a head."""
    first = next(steps, None)
    if isinstance(first, Head):
        yield first
        return steps
    return steps if first is None else chain((first,), steps)


def is_end(step: Step) -> bool:
    """Say whether nothing more is sent after *step*."""
    return isinstance(step, Finish | Abort | Hold)
