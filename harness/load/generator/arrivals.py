"""Edge: when the next conversation is due, and how late it begins.

Closed arrivals: a user who has an answer asks again at once, so while the server stalls
nobody asks. A user who was shown nothing waits a little; otherwise a client that fails
at once would fail a thousand times and outnumber all others. Paced arrivals:
conversations are due at fixed times; if no user is free, one begins late, which is
measured, or never, which is counted (docs/load.md).
"""

from collections import Counter
from collections.abc import Callable, Iterator

from midstream.harness.load.metrics.share import Share
from midstream.harness.load.storm.load_order import LoadOrder, Timetable
from midstream.harness.load.storm.sampling import again_s, arrivals, first_start_s
from midstream.harness.load.storm.schedule import PhaseSpan
from midstream.harness.load.storm.storm import Paced
from midstream.mock_server import load

_SPREAD_MAX_S = 10.0
"""The longest time over which users begin: an answer's length, if that is shorter.

All their later starts are spread as far, and so is the cost of a start to the rig.
"""
_AGAIN_MAX_S = 5.0
_BREATH_S = 0.05
"""The shortest sleep of a user who has nothing to do, so that no user spins."""


class Starts:
    """The starts of conversations in load generator number *index*."""

    def __init__(
        self,
        order: LoadOrder,
        timetable: Timetable,
        index: int,
        rest: Callable[[float], bool],
    ) -> None:
        """Compute the starts of *order*.

        *rest* sleeps that many seconds, or until the run's end, and returns whether the
        run has ended.
        """
        self._order, self._timetable, self._index = order, timetable, index
        self._rest = rest
        self._spread_s = min(_SPREAD_MAX_S, _length_s(order))
        self._begun: set[int] = set()
        self._blank: set[int] = set()
        self._blanks: Counter[int] = Counter()
        self._taken: Counter[str] = Counter()
        self._span: PhaseSpan | None = None
        self._arrivals: Iterator[float] = iter(())

    def wait(self, user: int, at_s: Callable[[], float]) -> float | None:
        """Wait until a conversation of *user* is due; return how late it begins.

        Returns:
            Seconds; or None if the phase ended before: call it again.
        """
        span = self._timetable.span(at_s())
        rest_s = self._rest_s(user)
        if isinstance(span.phase.arrival, Paced):
            return self._wait_for_arrival(span, at_s)
        if rest_s is None:
            return 0.0
        self._rest(rest_s)
        return 0.0 if self._timetable.span(at_s()) is span else None

    def show_nothing(self, user: int) -> None:
        """Note that the last conversation of *user* ended without any text."""
        self._blank.add(user)
        self._blanks[user] += 1

    def paced(self, until_s: float) -> Share:
        """Return the missed starts, out of all that were paced until *until_s*."""
        missed = due = 0
        for span in self._timetable.spans:
            if not span.phase.users:
                continue  # nothing is due in a phase without users
            there = sum(start_s < until_s for start_s in self._drawn(span))
            due += there
            missed += max(0, there - self._taken[span.phase.name])
        return Share(missed, due)

    def _rest_s(self, user: int) -> float | None:
        """Return how long *user* waits before asking in a closed loop, if at all."""
        is_first, is_blank = user not in self._begun, user in self._blank
        self._begun.add(user)
        self._blank.discard(user)
        seed = self._order.seed
        if is_blank:
            longest_s = min(_AGAIN_MAX_S, self._spread_s)
            return again_s(seed, user, self._blanks[user], longest_s)
        # Users of a closed loop who begin at once would all ask at once to the end.
        return first_start_s(seed, user, self._spread_s) if is_first else None

    def _wait_for_arrival(
        self, span: PhaseSpan, at_s: Callable[[], float]
    ) -> float | None:
        if span is not self._span:
            self._span, self._arrivals = span, self._drawn(span)
        start_s = next(self._arrivals, None)
        if start_s is None:
            self._rest(max(_BREATH_S, span.end_s - at_s()))
            return None
        if self._rest(max(0.0, start_s - at_s())):
            return None
        self._taken[span.phase.name] += 1
        return max(0.0, at_s() - start_s)

    def _drawn(self, span: PhaseSpan) -> Iterator[float]:
        """Yield this process's starts in a phase, in seconds from the run's begin."""
        arrival = span.phase.arrival
        if not isinstance(arrival, Paced):
            return
        drawn = arrivals(
            self._order.seed, span.phase, arrival.rate_per_s, span.length_s
        )
        for number, start_s in enumerate(drawn):
            if number % self._order.workers == self._index:
                yield span.begin_s + start_s


def _length_s(order: LoadOrder) -> float:
    """Return how long an answer takes at the storm's speed."""
    storm = order.storm
    act = load(storm.cassettes[0], dialect=storm.dialect).streams()[0]
    return act.chunks[-1].t / storm.speed if storm.speed and act.chunks else 0.0
