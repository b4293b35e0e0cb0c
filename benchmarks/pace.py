"""When the events of a stream are due. No I/O.

Our server says at once that there is a thread and a run in it, as OpenAI's does. So the
first two events are due together, and all others one interval apart.
"""

from typing import Final

EVENTS: Final = 200
INTERVAL_S: Final = 0.02
LEAD: Final = 1
"""How many events come together with the one after them."""


def due_s(number: int, interval_s: float = INTERVAL_S) -> float:
    """Return when event *number* of a stream is due, in seconds after event 0."""
    return max(number - LEAD, 0) * interval_s


def ideal_rate(events: int) -> float:
    """Return the events a second of streams of so many that follow each other."""
    return events / due_s(events - 1)
