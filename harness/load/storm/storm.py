"""What a storm file may say: phases of users, and the weather in each of them.

Form only: whether the names in it mean anything is for `storm_check` to say, and what
a conversation is struck by for `draw`. Frozen and made of plain values, so that a
master can send it to its workers.
"""

from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

from midstream.scenarios.schema import Expectation, Name, Text

Part: TypeAlias = Annotated[float, Meta(gt=0, le=1)]
"""A part of the whole: above 0, at most 1."""
Nth: TypeAlias = Annotated[int, Meta(ge=1)]
Byte: TypeAlias = Annotated[int, Meta(ge=0)]
# Not `tuple[Nth, Nth]`: in a union with a bounded int, msgspec 0.22.0 takes the bound
# for the tuple's length, and reads beyond its end.
NthRange: TypeAlias = Annotated[tuple[Nth, ...], Meta(min_length=2, max_length=2)]
ByteRange: TypeAlias = Annotated[tuple[Byte, ...], Meta(min_length=2, max_length=2)]


class StormAt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a server fault strikes: a position that may leave numbers open.

    Attributes:
        on, attempt, times, event: As in a scenario.
        nth: Which event of that name, or a range to draw it from.
        byte: Where in the event, or a range to draw it from.
    """

    on: Text = "run"
    attempt: Nth = 1
    times: Annotated[int, Meta(ge=0)] = 1
    event: Text | None = None
    nth: Nth | NthRange = 1
    byte: Byte | ByteRange | Literal["end", "mid_char"] = 0


class StormFault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One ``[[phases.faults]]`` table: what may strike a conversation of the phase.

    Attributes:
        kind: A server fault of `mock_server.FAULTS`, or a path fault of `path_fault`.
        part: The part of the phase's conversations that are struck by it.
        at: Where a server fault strikes; none: at the head of the first run.
        args: The fault's settings; a number may be a range ``[low, high]``.
    """

    kind: Name
    part: Part
    at: StormAt | None = None
    args: dict[str, Any] = {}


class PathState(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One ``[[phases.path]]`` table: how the path is for a group while a phase lasts.

    Attributes:
        group: The part of the users whose proxies are like this. The groups of one
            phase are taken one after the other, so that nobody is in two of them.
        latency_ms: How late everything comes.
        jitter_ms: By how much that differs from user to user, either way.
        rate_kb_per_s: What gets through, in kilobytes (of 1000 bytes) a second.
        slice_bytes: The longest piece that arrives.
        slice_delay_us: Microseconds between two pieces.
    """

    group: Part = 1.0
    latency_ms: Annotated[int, Meta(ge=1)] | None = None
    jitter_ms: Annotated[int, Meta(ge=0)] = 0
    rate_kb_per_s: Annotated[int, Meta(ge=1)] | None = None
    slice_bytes: Annotated[int, Meta(ge=1)] | None = None
    slice_delay_us: Annotated[int, Meta(ge=0)] = 200


class StormOutage(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """One ``[[phases.outages]]`` table: proxies go down, and come up again.

    Attributes:
        after: When, as a share of the phase's time.
        for_s: How long each of them is down.
        group: The part of the users who are struck; all at the same moment.
        rolling: In place of *group*: into how many groups the users are divided, one
            of which is down after the other, as in a rolling restart.
    """

    after: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    for_s: Annotated[float, Meta(gt=0, le=600)]
    group: Part | None = None
    rolling: Annotated[int, Meta(ge=2, le=1000)] | None = None


class Paced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """New conversations at *rate_per_s*, over all users, whoever is ready or not."""

    rate_per_s: Annotated[float, Meta(gt=0, le=100_000)]


class StormPhase(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One ``[[phases]]`` table.

    Attributes:
        name: What reports call it; unique in the storm.
        share: Its weight in the run's time.
        users: The part of the users who converse in it.
        arrival: "closed": who has an answer asks again at once; or the rate at which
            new conversations begin, come what may.
        faults: What may strike single conversations; the parts add up to 1 at most.
        path: How the path is while the phase lasts.
        outages: When whose path is down.
    """

    name: Name
    share: Annotated[float, Meta(gt=0, le=1000)] = 1.0
    users: Annotated[float, Meta(ge=0, le=1)] = 1.0
    arrival: Literal["closed"] | Paced = "closed"
    faults: tuple[StormFault, ...] = ()
    path: tuple[PathState, ...] = ()
    outages: tuple[StormOutage, ...] = ()

    @property
    def needs_toxiproxy(self) -> bool:
        """Whether anything in it is done to the path."""
        return bool(self.path or self.outages) or any(
            fault.kind == "cut" for fault in self.faults
        )


class Storm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A storm file.

    Attributes:
        name: The file's name without suffix.
        description: What it is like, in one sentence.
        cassettes: One a turn; the last one repeats.
        workload: The name in `harness.plan.workloads`.
        speed: Pace of the answers against the recording; 0: as fast as possible.
        idle_s: How long the client is told to wait for the next byte.
        total_s: How long a conversation may take.
        expect: The verdicts that pass; none: those of a recoverable fault.
        phases: What happens, in this order.
    """

    name: Text
    description: Text
    cassettes: Annotated[tuple[Name, ...], Meta(min_length=1)]
    workload: Name = "single_turn"
    speed: Annotated[float, Meta(ge=0, le=1000)] = 1.0
    idle_s: Annotated[float, Meta(gt=0, le=600)] = 5.0
    total_s: Annotated[float, Meta(gt=0, le=3600)] = 60.0
    expect: Expectation = Expectation()
    phases: Annotated[tuple[StormPhase, ...], Meta(min_length=1)]

    @property
    def needs_toxiproxy(self) -> bool:
        """Whether a run of it needs Toxiproxy at all."""
        return any(phase.needs_toxiproxy for phase in self.phases)

    def phase(self, name: str) -> StormPhase:
        """Return the phase called *name*; there is one, or it is our mistake."""
        return next(phase for phase in self.phases if phase.name == name)
