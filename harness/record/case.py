"""The parameters of a run: all that a checker may know besides what happened.

The case is the first record of a history, so that a stored run is judged by the
same numbers as a live one.
"""

from typing import Any, Literal, TypeAlias

import msgspec

FaultClass: TypeAlias = Literal["recoverable", "ignorable", "unrecoverable"]

PROMISES = ("messages", "attempts")
"""The capabilities that no workload needs, but that a client is judged by."""


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a client claims about itself, and is judged by.

    Attributes:
        recovery: How it recovers: any of "poll", "restart", "resume", "fail_fast".
        display: Whether it may take back shown text by an explicit op.
        attempts_max: How many requests it makes at most for one intent.
        retry_after_cap_s: The longest ``Retry-After`` that it obeys; None for any.
        timeouts: The waits that it limits: "head", for a response to begin; "idle",
            between two pieces of a response; "turn", for a whole turn. A client
            without timeouts may wait for ever.
    """

    recovery: tuple[str, ...] = ()
    display: Literal["append_only", "may_replace"] = "append_only"
    attempts_max: int = 6
    retry_after_cap_s: float | None = None
    timeouts: tuple[Literal["head", "idle", "turn"], ...] = ()


class ClientInfo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The client under test: its name, what it reports (levels 0 to 3) and can do.

    Attributes:
        capabilities: What a workload may need, such as "tools", and what the client
            promises: "messages", to show each by itself; "attempts", to report each
            request that makes something (docs/client-protocol.md).
        dialects: The APIs that it speaks, as `midstream cassette list` names them, or
            by the title of a declared one; empty: whatever the scenario has.
        tail_s: How long its streams stay open after their last event, unless the
            scenario sets it. Without it, a page that loses text that comes together
            with the end of the stream would lose it at random.
    """

    name: str
    version: str
    level: int
    profile: Profile = Profile()
    capabilities: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()
    tail_s: float = 0.0


class ArmedFault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One fault of the plan.

    Attributes:
        id: Unique in the run: "f1", "f2", …
        kind: The fault's or toxic's name.
        family: Who commits it: "path", Toxiproxy; "protocol", the server; "process",
            the harness.
        at: The position in the scenario's words; empty if it acts from the start.
        args: All settings, defaults included.
        proof: The name in `harness.oracle.proofs` of the proof of its effect.
        disruptive: Whether a client that ignores it can lose something.
        if_reached: Whether the run is valid although the client never made the request
            that this fault strikes.
        may_miss: Whether the run is valid although this fault never fired, for
            whatever reason: under load, others strike as well.
    """

    id: str
    kind: str
    family: Literal["path", "protocol", "process"]
    at: dict[str, Any]
    args: dict[str, Any]
    proof: str
    disruptive: bool
    if_reached: bool = False
    may_miss: bool = False


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The verdicts that pass, and those that pass but are pointed out."""

    ok: tuple[str, ...]
    non_strict: tuple[str, ...] = ()


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One run's parameters.

    Attributes:
        scenario: The scenario's id.
        seed: The run's only source of randomness.
        turns: What the user says, in order; the texts are unique.
        budget_s: The longest time from the last heal (or the start) to the client's
            end.
        waived: Invariants that are not judged, each with its reason.
        is_golden: Whether this is the golden run: without faults, it must pass first.
            Stored as ``is_baseline``, as in older histories.
    """

    scenario: str
    seed: int
    client: ClientInfo
    turns: tuple[str, ...]
    faults: tuple[ArmedFault, ...]
    expect: Expect
    fault_class: FaultClass
    budget_s: float
    waived: dict[str, str] = {}
    is_golden: bool = msgspec.field(default=False, name="is_baseline")
    phase: str = ""
    cassettes: tuple[str, ...] = ()
