"""Edge: when the next conversation is to begin, and how late it is then.

Closed: a user who has an answer asks again at once, so while the server stalls nobody
asks, and nobody is seen to wait. One who was shown nothing waits a little: who fails at
once would else fail a thousand times, and drown all others. Paced: conversations are to
begin when they are, and one that finds no user free begins late, which is measured, or
never, which is counted (docs/load.md).
"""

from collections import Counter
from collections.abc import Callable, Iterator

from midstream.harness.load.metrics.share import Share
from midstream.harness.load.storm.load_order import LoadOrder, Timetable
from midstream.harness.load.storm.sampling import again_s, arrivals, first_start_s
from midstream.harness.load.storm.schedule import Span
from midstream.harness.load.storm.storm import Paced
from midstream.mock_server import load

_SPREAD_MAX_S = 10.0
"""Over how long users first begin, at most: an answer's length, where it is shorter.

All their later starts lie as far apart, and so does what a start costs the rig.
"""
_AGAIN_MAX_S = 5.0
_BREATH_S = 0.05
"""The least that somebody waits who has nothing to do, so that nobody spins."""


class Starts:
    """The starts that load generator number *index* has to see to."""

    def __init__(
        self,
        order: LoadOrder,
        timetable: Timetable,
        index: int,
        rest: Callable[[float], bool],
    ) -> None:
        """Begin with the run.

        *rest* waits so many seconds, or until the run's end; it says if that has come.
        """
        self._order, self._timetable, self._index = order, timetable, index
        self._rest = rest
        self._spread_s = min(_SPREAD_MAX_S, _length_s(order))
        self._begun: set[int] = set()
        self._blank: set[int] = set()
        self._blanks: Counter[int] = Counter()
        self._taken: Counter[str] = Counter()
        self._span: Span | None = None
        self._arrivals: Iterator[float] = iter(())

    def wait(self, user: int, at_s: Callable[[], float]) -> float | None:
        """Wait until a conversation of *user* is to begin; return how late that was.

        None: the phase was over before, or had other arrivals; ask again.
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
        """Take note that the last conversation of *user* has ended without any text."""
        self._blank.add(user)
        self._blanks[user] += 1

    def paced(self, until_s: float) -> Share:
        """Return the starts that nobody was free for, of all paced ones until then."""
        missed = due = 0
        for span in self._timetable.spans:
            if not span.phase.users:
                continue  # nobody is meant to begin anything
            there = sum(start_s < until_s for start_s in self._drawn(span))
            due += there
            missed += max(0, there - self._taken[span.phase.name])
        return Share(missed, due)

    def _rest_s(self, user: int) -> float | None:
        """Return how long *user* waits before asking in a closed loop; None: not."""
        is_first, is_blank = user not in self._begun, user in self._blank
        self._begun.add(user)
        self._blank.discard(user)
        seed = self._order.seed
        if is_blank:
            longest_s = min(_AGAIN_MAX_S, self._spread_s)
            return again_s(seed, user, self._blanks[user], longest_s)
        # Users of a closed loop who begin together would pulse together to the end.
        return first_start_s(seed, user, self._spread_s) if is_first else None

    def _wait_for_arrival(self, span: Span, at_s: Callable[[], float]) -> float | None:
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

    def _drawn(self, span: Span) -> Iterator[float]:
        """Yield this process's share of the starts of a phase, from the run's begin."""
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
    act = load(storm.cassettes[0]).streams()[0]
    return act.chunks[-1].t / storm.speed if storm.speed and act.chunks else 0.0
