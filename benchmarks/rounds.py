"""What one measurement gave, and what many of them come to. No I/O.

Whoever is measured takes turns with the others, so that a machine that is slow for a
while is slow for all. Ratios are between neighbours: of each round by itself, and then
the median of those. CPU time is known exactly whatever the machine does besides, so all
rounds count for it; rates and delays only count if the cores were ours.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Self, TypeAlias

import msgspec

FOREIGN_MOST: Final = 0.10
"""The part of one core that others may use in a round that counts for rates."""


class Times(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long something took, *n* times."""

    n: int
    p50_ms: float
    p99_ms: float


class Drained(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What has come in the *seconds* that count.

    Attributes:
        events, bytes: How many; bytes are those of bodies, without chunk framing.
        reads: In how many pieces.
        streams: How many ended.
        shortest_bytes, longest_bytes: The bodies of those that ended.
        errors: How often a connection failed, or a response was none.
        wrong: Streams with another number of events than they should have.
        silent: Connections on which no event ever came.
        cpu_s: What the drain itself used.
        ttft: From a request to the first event.
        late: How much later than on its grid each event came.
    """

    seconds: float
    events: int
    bytes: int
    reads: int
    streams: int
    shortest_bytes: int
    longest_bytes: int
    errors: int
    wrong: int
    silent: int
    cpu_s: float
    ttft: Times
    late: Times


class Round(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One server under one load, once.

    Attributes:
        subject: Who was measured.
        connections: With how many streams at once.
        number: In which round.
        cpu_s: What the server used while it was measured.
        resident_bytes: Its memory at the end, and *idle_bytes* that before the load.
        foreign: The part of one core that others used meanwhile.
        drained: What came.
        flaw: What was wrong with it; empty: nothing was.
    """

    subject: str
    connections: int
    number: int
    cpu_s: float
    idle_bytes: int
    resident_bytes: int
    foreign: float
    drained: Drained
    flaw: str = ""

    @property
    def is_quiet(self) -> bool:
        """Whether the cores were ours, so that rates and delays are the server's."""
        return self.foreign <= FOREIGN_MOST

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.drained.events / self.drained.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of CPU an event."""
        return 1e6 * self.cpu_s / max(self.drained.events, 1)

    @property
    def load(self) -> float:
        """The part of its core that the server used."""
        return self.cpu_s / self.drained.seconds


Figure: TypeAlias = Callable[[Round], float | None]
"""What a round says of something; None: nothing."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of *n* values, the lowest and the highest."""

    mid: float
    low: float
    high: float
    n: int

    @classmethod
    def of(cls, values: Iterable[float | None]) -> Self | None:
        """Return the spread of those *values* that are known, None if none is."""
        known = sorted(value for value in values if value is not None)
        return cls(median(known), known[0], known[-1], len(known)) if known else None


class Rounds:
    """All rounds of one subject under one load."""

    def __init__(self, rounds: Iterable[Round]) -> None:
        """Hold *rounds*; those with a flaw only tell of it."""
        given = list(rounds)
        self.flaws = [r.flaw for r in given if r.flaw]
        self.all = [r for r in given if not r.flaw]
        self.quiet = [r for r in self.all if r.is_quiet]

    def cpu(self, figure: Figure) -> Spread | None:
        """Return what CPU time comes to, by all rounds."""
        return Spread.of(map(figure, self.all))

    def clock(self, figure: Figure) -> Spread | None:
        """Return what a rate or delay comes to, by the quiet rounds."""
        return Spread.of(map(figure, self.quiet))

    def ratio(self, base: Self, figure: Figure, *, is_clock: bool) -> Spread | None:
        """Return how *figure* is to that of *base*, round by round."""
        ours, theirs = (self.quiet, base.quiet) if is_clock else (self.all, base.all)
        known = {r.number: figure(r) for r in theirs}
        pairs = ((figure(r), known.get(r.number)) for r in ours)
        return Spread.of(mine / other for mine, other in pairs if mine and other)


def of(rounds: Sequence[Round], subject: str, connections: int) -> Rounds:
    """Return those *rounds* that are of one subject under one load."""
    return Rounds(
        r for r in rounds if (r.subject, r.connections) == (subject, connections)
    )


def flaw(drained: Drained, size_bytes: int | None) -> str:
    """Say what is wrong with what came; *size_bytes* is what each body should have."""
    if drained.errors or drained.wrong or drained.silent:
        return (
            f"{drained.errors} errors, {drained.wrong} streams with a wrong number of "
            f"events, {drained.silent} connections without any"
        )
    if not drained.events:
        return "nothing came"
    sizes = {drained.shortest_bytes, drained.longest_bytes}
    if size_bytes is not None and drained.streams and sizes != {size_bytes}:
        return f"bodies of {sizes} bytes, not of {size_bytes}"
    return ""
