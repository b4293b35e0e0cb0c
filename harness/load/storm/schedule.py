"""When what happens in a run of so many seconds: phases, and who is down when.

Times are seconds from the run's begin. Nothing is drawn here but who is in which group.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from midstream.harness.load.errors import StormError

from .sampling import count_of, ranks
from .storm import Storm, StormOutage, StormPhase


@dataclass(frozen=True, slots=True)
class Span:
    """A *phase* and its time."""

    phase: StormPhase
    begin_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return self.end_s - self.begin_s

    def users(self, total: int) -> int:
        """Return how many of *total* users converse in it: all, some, or none.

        A part that is not nothing is at least one user.
        """
        part = self.phase.users
        return max(count_of(part, total), 1 if part and total else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """The path of these *users* is down from *begin_s* to *end_s*, in *phase*."""

    phase: str
    begin_s: float
    end_s: float
    users: tuple[int, ...]


def spans(storm: Storm, run_s: float) -> tuple[Span, ...]:
    """Return the phases of a run of *run_s* seconds: one behind the other, no gaps."""
    whole = sum(phase.share for phase in storm.phases)
    edges, gone = [0.0], 0.0
    for phase in storm.phases:
        gone += phase.share
        edges.append(run_s * gone / whole)
    return tuple(
        Span(phase, begin_s, end_s)
        for phase, begin_s, end_s in zip(storm.phases, edges, edges[1:], strict=False)
    )


def downs(storm: Storm, run_s: float, seed: int, users: int) -> tuple[Down, ...]:
    """Return who is down when, in order of time.

    Raises:
        StormError: An outage does not end within its phase; says how long a run
            would be long enough.
    """
    require_fits(storm, run_s)
    found = [
        down
        for span in spans(storm, run_s)
        for index, outage in enumerate(span.phase.outages)
        for down in _downs(span, outage, ranks(seed, _word(span, index), users))
    ]
    return tuple(sorted(found, key=lambda down: (down.begin_s, down.end_s)))


def require_fits(storm: Storm, run_s: float) -> None:
    """Check that there is time, and that every outage ends within its phase.

    The end belongs to it, so that its heal is seen.

    Raises:
        StormError: There is none, or one does not; says how long would be long enough.
    """
    if run_s <= 0:
        raise StormError(
            f"-t, --run-time: in {run_s:g} s nothing can happen; say 30s, 5m or 1h"
        )
    enough_s = shortest_s(storm)
    if run_s < enough_s:
        raise StormError(
            f"{storm.name}: a run of {run_s:g} s is too short for its outages; "
            f"it takes {enough_s:g} s or more"
        )


def shortest_s(storm: Storm) -> float:
    """Return how many seconds a run needs, for every outage to end in its phase."""
    whole = sum(phase.share for phase in storm.phases)
    needed = (
        outage.for_s * (outage.rolling or 1) / (1 - outage.after) * whole / phase.share
        for phase in storm.phases
        for outage in phase.outages
    )
    return round(max(needed, default=0.0), 3)


def _downs(span: Span, outage: StormOutage, order: tuple[int, ...]) -> Iterator[Down]:
    """Yield one outage, or the groups of a rolling one."""
    begin_s = span.begin_s + outage.after * span.length_s
    for group in _groups(outage, order):
        end_s = begin_s + outage.for_s
        yield Down(phase=span.phase.name, begin_s=begin_s, end_s=end_s, users=group)
        begin_s = end_s


def _groups(outage: StormOutage, order: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return the groups that go down, one after the other; each user is in one."""
    total = len(order)
    if outage.rolling is None:
        size = count_of(1.0 if outage.group is None else outage.group, total)
        return [tuple(user for user, rank in enumerate(order) if rank < size)]
    number = outage.rolling
    groups: list[list[int]] = [[] for _ in range(number)]
    for user, rank in enumerate(order):
        groups[rank * number // total].append(user)
    return [tuple(group) for group in groups]


def _word(span: Span, index: int) -> str:
    """Return what the order of an outage's users is drawn for."""
    return f"{span.phase.name}/outage/{index}"
