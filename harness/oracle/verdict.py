"""Findings, verdicts and grades: the words of the oracle, and how they combine."""

from enum import StrEnum
from typing import Any

import msgspec


class Status(StrEnum):
    """A checker's answer. Nothing passes by default: who saw nothing says UNKNOWN."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNKNOWN = "unknown"
    UNSUPPORTED = "unsupported"
    """The client tells too little for this invariant (see its level)."""
    WAIVED = "waived"


class Verdict(StrEnum):
    """The oracle's headline for a run; the worst first."""

    CROSS_TALK = "CROSS_TALK"
    DUPLICATE_EFFECT = "DUPLICATE_EFFECT"
    SILENT_TRUNCATION = "SILENT_TRUNCATION"
    FALSE_SUCCESS = "FALSE_SUCCESS"
    CORRUPTED = "CORRUPTED"
    DUPLICATED = "DUPLICATED"
    REORDERED = "REORDERED"
    HUNG = "HUNG"
    CRASHED = "CRASHED"
    RETRY_STORM = "RETRY_STORM"
    BACKOFF_VIOLATION = "BACKOFF_VIOLATION"
    FALSE_FAILURE = "FALSE_FAILURE"
    ORPHANED = "ORPHANED"
    LEAKED = "LEAKED"
    LATE = "LATE"
    DEGRADED_HONESTLY = "DEGRADED_HONESTLY"
    RECOVERED_BY_RESTART = "RECOVERED_BY_RESTART"
    RECOVERED = "RECOVERED"
    UNAFFECTED = "UNAFFECTED"
    INVALID = "INVALID"
    INCONCLUSIVE = "INCONCLUSIVE"
    UNSUPPORTED = "UNSUPPORTED"


SEVERITY: tuple[Verdict, ...] = tuple(Verdict)
"""Worst first, as `Verdict` lists them."""


class Grade(StrEnum):
    """What the scenario makes of the verdict."""

    OK = "OK"
    NON_STRICT = "NON_STRICT"
    FAILED = "FAILED"
    INVALID = "INVALID"
    INCONCLUSIVE = "INCONCLUSIVE"
    UNSUPPORTED = "UNSUPPORTED"


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One checker's answer.

    Attributes:
        invariant: The checker's name.
        code: Its number: "I1", …
        status: The answer.
        verdict: What a violation makes of the run; None if not violated.
        subtype: A narrower name, such as "DUPLICATE_RUN".
        message: What was seen, in one sentence.
        evidence: The sequence numbers of the records that prove it, at most 20.
    """

    invariant: str
    code: str
    status: Status
    verdict: Verdict | None = None
    subtype: str = ""
    message: str = ""
    evidence: tuple[int, ...] = ()


class Resent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A request that arrived more often than the client made it.

    Attributes:
        what: What it would make: "message", "run" or "submit".
        told: How many attempts the client has told.
        received: How many requests the server has read.
        evidence: The records of the requests that are copies of an earlier one.
    """

    what: str
    told: int
    received: int
    evidence: tuple[int, ...]


class FaultReport(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """Whether a fault fired, and what proves that it had its effect.

    *effect* is empty where nothing proves it: then the run is INVALID.
    """

    id: str
    kind: str
    at: dict[str, Any]
    fired: bool
    effect: dict[str, Any] = {}


class Timing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Seconds: to the first shown text, to the end, fault to next new text."""

    ttft_s: float | None = None
    total_s: float | None = None
    recovery_s: float | None = None


class ServerCounts(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """What the server's state and journal count."""

    messages: int = 0
    runs: int = 0
    requests: int = 0


class TokenCounts(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """What became of the tokens that the server said.

    Of the runs of a turn that said anything, the one counts of which the fewest tokens
    are missing (of equals, the one that said most), as it stands in the end in what
    was shown, or, where nothing was, in what was claimed. A token is shown if it
    stands there whole. Where tokens are alike, one that stands out of place is taken
    for one that is missing.

    Attributes:
        said: How many tokens the runs said; always shown + lost.
        shown: How many of them the user has.
        lost: How many are missing, whether the user was told or not.
        doubled: How many tokens stand there beyond one of each that was said.
        moved: The fewest that would have to move for all to stand in order.
    """

    said: int = 0
    shown: int = 0
    lost: int = 0
    doubled: int = 0
    moved: int = 0


class Judgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All that the oracle says of one run; stored as ``verdict.json``.

    *live* and *final* are the two judgements on text: "equal", "prefix", "differs"
    or "none" (nothing to compare), of what was shown and of what was claimed.
    *flicker* counts characters that were shown and taken back. *resent* is what the
    transport below the client sent again by itself, where that can be told.
    """

    scenario: str
    seed: int
    client: str
    verdict: Verdict
    grade: Grade
    reason: str
    findings: tuple[Finding, ...]
    faults: tuple[FaultReport, ...]
    timing: Timing
    server: ServerCounts
    live: str = "none"
    final: str = "none"
    flicker: int = 0
    tokens: TokenCounts = TokenCounts()
    resent: tuple[Resent, ...] = ()
    format: int = 1
