"""The words of the oracle: findings, verdicts and grades."""

from enum import StrEnum
from typing import Any

import msgspec


class Status(StrEnum):
    """A checker's answer; it is UNKNOWN if nothing could have broken the invariant."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNKNOWN = "unknown"
    UNSUPPORTED = "unsupported"
    """The client reports too little for this invariant (see its level)."""
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
    NOT_COMPARED = "NOT_COMPARED"
    RECOVERED_BY_RESTART = "RECOVERED_BY_RESTART"
    RECOVERED = "RECOVERED"
    UNAFFECTED = "UNAFFECTED"
    INVALID = "INVALID"
    INCONCLUSIVE = "INCONCLUSIVE"
    UNSUPPORTED = "UNSUPPORTED"


SEVERITY: tuple[Verdict, ...] = tuple(Verdict)
"""Worst first, as `Verdict` lists them."""


class Grade(StrEnum):
    """Whether the scenario accepts the verdict."""

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
        verdict: The verdict that a violation gives the run; None without a violation.
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
        told: How many attempts the client reported.
        received: How many requests the server read.
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

    *effect* is empty if no record proves it; the run is then INVALID.
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
    """How much the server's state and journal hold."""

    messages: int = 0
    runs: int = 0
    requests: int = 0


class TokenCounts(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """What became of the tokens that the server said.

    For each turn one run counts: the run with the fewest missing tokens, or if several
    have as few, the one that said most. It is compared with the text shown at the end,
    or with the final text if nothing was shown. A token is shown if the whole token is
    there. If tokens are equal, one that stands out of place replaces a missing one.

    Attributes:
        said: How many tokens the runs said; always shown + lost.
        shown: How many of them the user has.
        lost: How many are missing, whether the user was told or not.
        doubled: How many tokens are shown beyond one of each that was said.
        moved: The smallest number of tokens to move so that all stand in order.
    """

    said: int = 0
    shown: int = 0
    lost: int = 0
    doubled: int = 0
    moved: int = 0


class Judgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The oracle's judgement of one run; stored as ``verdict.json``.

    *live* and *final* compare the shown text and the final text with the truth:
    "equal", "prefix", "differs", or "none" if there is nothing to compare. *flicker*
    counts characters that were shown and taken back. *resent* lists the requests that
    the transport below the client sent again by itself, where that can be seen.
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
