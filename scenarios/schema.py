"""The form of a scenario file. The harness resolves the names in it."""

from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

FaultClass: TypeAlias = Literal["recoverable", "ignorable", "unrecoverable"]
PhaseName: TypeAlias = Literal[
    "P0",
    "P1",
    "P2",
    "P3",
    "P4",
    "P5",
    "P6",
    "P7",
    "P8",
    "P9",
    "P10",
    "P11",
    "P12",
    "P13",
    "P14",
    "none",
]


Text: TypeAlias = Annotated[str, Meta(pattern=r"\S")]
"""A text that says something."""
Name: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_./-]+$")]
"""The name of something that another package has, such as a fault or a cassette."""
VerdictName: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Z_]+$")]
"""One of the oracle's verdicts, which the harness knows."""


class At(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a fault strikes, in logical positions; see docs/scenarios.md.

    Attributes:
        on: What the request is for ("say", "generate", "submit", "read", "cancel"), or
            the operation by the API's name.
        attempt: Which request of that operation is struck first; 1 is the first.
        times: How many requests in a row are struck; 0 means all from there on.
        event: What the event is for ("text", "terminal", "last", …), or the name that
            the API gives it; without it, the fault strikes before the response's head.
        nth: Which such event; 1 is the first.
        byte: Where in the event: an offset, "end" or "mid_char".
    """

    on: Text = "generate"
    attempt: Annotated[int, Meta(ge=1)] = 1
    times: Annotated[int, Meta(ge=0)] = 1
    event: Text | None = None
    nth: Annotated[int, Meta(ge=1)] = 1
    byte: Annotated[int, Meta(ge=0)] | Literal["end", "mid_char"] = 0


class FaultEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One ``[[faults]]`` table; the fault's own struct validates *args*.

    Without *at* a toxic acts from the start, and a server fault on the head of the
    first run's response. *if_reached* says that only a client that recovers makes the
    request that is struck; if it never does, the run is judged by its other faults.
    """

    kind: Name
    at: At | None = None
    args: dict[str, Any] = {}
    if_reached: bool = False


class Expectation(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """The verdicts that pass (*ok*) and those that are tolerated (*non_strict*)."""

    ok: tuple[VerdictName, ...] | None = None
    non_strict: tuple[VerdictName, ...] | None = None


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A cassette, a workload, faults and an expectation.

    Attributes:
        id: The file's path below the catalogue, without suffix.
        description: What happens, in one sentence.
        expectation: What a good client does, in words.
        sources: Where the case comes from: specifications, threads, measurements.
        cassettes: One for each turn; the last one repeats. Paths in a user's own file
            are given here as they are to be opened.
        dialect: The file that declares the dialect of the cassettes, or its name.
            Without it, each cassette says its own.
        workload: The name in `harness.plan.workloads`.
        phase: The phase of the traffic that is struck (P0 connect … P14 idle).
        fault_class: Gives *expect* its defaults. Recoverable: the server can still
            tell the truth. Ignorable: a client should not notice. Unrecoverable: the
            answer is lost, so a client can only say so.
        speed: How many times as fast as recorded the run plays; 0 is as fast as
            possible.
        tail_s: How long a stream stays open after its last event, at any speed;
            without it, as long as the client asks for.
        chunking: "event": an event is sent at a time; "recorded": the recorded chunks
            are, at the recorded times. Without it, what suits the recording.
        on_disconnect: What the run does when its stream is lost.
        budget_s: The longest time from the last heal to the client's end.
        idle_s: How long the client may wait for the next byte.
        waived: Invariants that are not judged here, each with the reason.
    """

    id: Text
    description: Text
    expectation: Text
    sources: Annotated[tuple[Text, ...], Meta(min_length=1)]
    cassettes: Annotated[tuple[Name, ...], Meta(min_length=1)]
    phase: PhaseName
    fault_class: FaultClass
    dialect: Text | None = None
    workload: Name = "single_turn"
    faults: tuple[FaultEntry, ...] = ()
    expect: Expectation = Expectation()
    tags: tuple[Name, ...] = ()
    speed: Annotated[float, Meta(ge=0)] = 1.0
    tail_s: Annotated[float, Meta(ge=0, le=60)] | None = None
    chunking: Literal["event", "recorded"] | None = None
    on_disconnect: Literal["continue", "cancel"] = "continue"
    budget_s: Annotated[float, Meta(gt=0, le=600)] = 8.0
    idle_s: Annotated[float, Meta(gt=0, le=600)] = 1.0
    waived: dict[Name, Text] = {}
