"""The times of a run's phases and outages.

Times are seconds from the run's begin. Only the groups of users are sampled here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from midstream.harness.load.errors import StormError

from .sampling import count_of, ranks
from .storm import Storm, StormOutage, StormPhase


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A *phase* and its time."""

    phase: StormPhase
    begin_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        """How long the phase lasts."""
        return self.end_s - self.begin_s

    def users(self, total: int) -> int:
        """Return how many of *total* users are active in the phase.

        A part above 0 is at least one user.
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


def spans(storm: Storm, run_s: float) -> tuple[PhaseSpan, ...]:
    """Return the phases of a run of *run_s* seconds, in order and without gaps."""
    whole = sum(phase.share for phase in storm.phases)
    edges, gone = [0.0], 0.0
    for phase in storm.phases:
        gone += phase.share
        edges.append(run_s * gone / whole)
    return tuple(
        PhaseSpan(phase, begin_s, end_s)
        for phase, begin_s, end_s in zip(storm.phases, edges, edges[1:], strict=False)
    )


def downs(storm: Storm, run_s: float, seed: int, users: int) -> tuple[Down, ...]:
    """Return the outages, in order of time.

    Raises:
        StormError: An outage does not end within its phase; says how long the run
            must be.
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
    """Check that the run is long enough for every outage to end within its phase.

    The end of an outage must be in its phase, so that its recovery is measured.

    Raises:
        StormError: The run is too short; says how long it must be.
    """
    if run_s <= 0:
        raise StormError(
            f"-t, --run-time: {run_s:g} s is too short; write for example 30s, 5m or 1h"
        )
    enough_s = shortest_s(storm)
    if run_s < enough_s:
        raise StormError(
            f"{storm.name}: a run of {run_s:g} s is too short for the storm's outages; "
            f"it needs at least {enough_s:g} s"
        )


def shortest_s(storm: Storm) -> float:
    """Return how many seconds a run needs for every outage to end in its phase."""
    whole = sum(phase.share for phase in storm.phases)
    needed = (
        outage.for_s * (outage.rolling or 1) / (1 - outage.after) * whole / phase.share
        for phase in storm.phases
        for outage in phase.outages
    )
    return round(max(needed, default=0.0), 3)


def _downs(
    span: PhaseSpan, outage: StormOutage, order: tuple[int, ...]
) -> Iterator[Down]:
    """Yield one outage, or the groups of a rolling one."""
    begin_s = span.begin_s + outage.after * span.length_s
    for group in _groups(outage, order):
        end_s = begin_s + outage.for_s
        yield Down(phase=span.phase.name, begin_s=begin_s, end_s=end_s, users=group)
        begin_s = end_s


def _groups(outage: StormOutage, order: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return the groups of users that go down one after the other."""
    total = len(order)
    if outage.rolling is None:
        size = count_of(1.0 if outage.group is None else outage.group, total)
        return [tuple(user for user, rank in enumerate(order) if rank < size)]
    number = outage.rolling
    groups: list[list[int]] = [[] for _ in range(number)]
    for user, rank in enumerate(order):
        groups[rank * number // total].append(user)
    return [tuple(group) for group in groups]


def _word(span: PhaseSpan, index: int) -> str:
    """Return the word for which the order of an outage's users is sampled."""
    return f"{span.phase.name}/outage/{index}"
