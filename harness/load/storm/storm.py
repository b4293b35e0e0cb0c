"""The structure of a storm file: phases of users, and the path conditions of each.

Only the form is checked here; `storm_check` checks the names, and `sampling` chooses
the fault of each conversation. Frozen and made of plain values, so that a master can
send a storm to its workers.
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
    """The position of a server fault; its numbers may be ranges.

    Attributes:
        on, attempt, times, event: As in a scenario.
        nth: Which event of that name, or a range to sample it from.
        byte: Where in the event, or a range to sample it from.
    """

    on: Text = "generate"
    attempt: Nth = 1
    times: Annotated[int, Meta(ge=0)] = 1
    event: Text | None = None
    nth: Nth | NthRange = 1
    byte: Byte | ByteRange | Literal["end", "mid_char"] = 0


class StormFault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One ``[[phases.faults]]`` table: a fault of the phase's conversations.

    Attributes:
        kind: A server fault of `mock_server.FAULTS`, or a path fault of `path_fault`.
        part: The part of the phase's conversations for which it is sampled.
        at: The position of a server fault; by default the head of the first run.
        args: The fault's settings; a number may be a range ``[low, high]``.
    """

    kind: Name
    part: Part
    at: StormAt | None = None
    args: dict[str, Any] = {}


class PathState(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One ``[[phases.path]]`` table: the path conditions of a group in a phase.

    Attributes:
        group: The part of the users who have these conditions. No user is in two groups
            of one phase.
        latency_ms: The delay of all data.
        jitter_ms: By how much the delay differs from user to user, either way.
        rate_kb_per_s: The rate, in kilobytes (of 1000 bytes) a second.
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
        after: When it begins, as a share of the phase's time.
        for_s: How long each proxy is down.
        group: The part of the users whose proxies go down, all at the same moment.
        rolling: In place of *group*, a number of groups, which go down one after the
            other, as in a rolling restart.
    """

    after: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    for_s: Annotated[float, Meta(gt=0, le=600)]
    group: Part | None = None
    rolling: Annotated[int, Meta(ge=2, le=1000)] | None = None


class Paced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """New conversations at *rate_per_s* over all users, whether one is free or not."""

    rate_per_s: Annotated[float, Meta(gt=0, le=100_000)]


class StormPhase(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One ``[[phases]]`` table.

    Attributes:
        name: Its name in reports; unique in the storm.
        share: Its weight in the run's time.
        users: The part of the users who are active in it.
        arrival: "closed", in which a user who has an answer asks again at once; or the
            rate at which new conversations are due.
        faults: The faults of single conversations; their parts add up to at most 1.
        path: The path conditions of groups of users.
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
        """Whether the phase changes the path."""
        return bool(self.path or self.outages) or any(
            fault.kind == "cut" for fault in self.faults
        )


class Storm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A storm file.

    Attributes:
        name: The file's name without suffix.
        description: One sentence about the storm.
        cassettes: One cassette a turn; the last one repeats. Paths in a storm's file
            are given here as they are to be opened.
        dialect: The file that declares the dialect of the cassettes, or its name.
        workload: The name in `harness.plan.workloads`.
        speed: The pace of the answers relative to the recording; 0 is no pause at all.
        idle_s: How long the client is told to wait for the next byte.
        total_s: How long a conversation may take.
        expect: The verdicts that pass; by default, those of a recoverable fault.
        phases: The phases, in order.
    """

    name: Text
    description: Text
    cassettes: Annotated[tuple[Name, ...], Meta(min_length=1)]
    dialect: Text | None = None
    workload: Name = "single_turn"
    speed: Annotated[float, Meta(ge=0, le=1000)] = 1.0
    idle_s: Annotated[float, Meta(gt=0, le=600)] = 5.0
    total_s: Annotated[float, Meta(gt=0, le=3600)] = 60.0
    expect: Expectation = Expectation()
    phases: Annotated[tuple[StormPhase, ...], Meta(min_length=1)]

    @property
    def needs_toxiproxy(self) -> bool:
        """Whether a run of the storm needs Toxiproxy."""
        return any(phase.needs_toxiproxy for phase in self.phases)

    def phase(self, name: str) -> StormPhase:
        """Return the phase called *name*, which must exist."""
        return next(phase for phase in self.phases if phase.name == name)
