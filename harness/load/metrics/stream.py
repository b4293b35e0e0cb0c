"""The result of one judged conversation, until a `tally` has added it up."""

from dataclasses import dataclass

from midstream.harness.oracle.verdict import Grade, Judgement, Verdict

from .measure import StreamTimes

_WHOLE = frozenset({Verdict.UNAFFECTED, Verdict.RECOVERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamResult:
    """One finished stream.

    Attributes:
        scenario: The storm and the phase in which it began: "commuter_train/tunnel".
        client: The name of the client.
        user: The number of its user.
        seed: The seed of its faults.
        fault: The kind of the fault that was sampled for it; empty if there was none,
            or if it never reached the server.
        struck: Whether the fault provably hit it.
        began_at_s: When it began, in seconds since the epoch.
        late_s: By how much it began later than it was due.
        times: Its times.
        tokens_said: How many tokens the server generated.
        tokens_shown: How many of them the user was shown, each counted once.
        tokens_lost: How many were never shown, of an answer that the client called
            complete or gave up.
        tokens_doubled: How many were shown again.
        tokens_moved: How many were shown out of order.
        verdict: The oracle's verdict, with its *reason*.
        grade: What the storm makes of the verdict.
        directory: Where its history is stored; empty if it is not.
    """

    scenario: str
    client: str
    user: int
    seed: int
    fault: str = ""
    struck: bool = False
    began_at_s: float
    late_s: float = 0.0
    times: StreamTimes
    tokens_said: int = 0
    tokens_shown: int = 0
    tokens_lost: int = 0
    tokens_doubled: int = 0
    tokens_moved: int = 0
    verdict: Verdict
    grade: Grade
    reason: str = ""
    directory: str = ""

    @property
    def attempts(self) -> int:
        """How many requests were made."""
        return len(self.times.attempts_us)

    @property
    def retries(self) -> int:
        """How many of the requests were retries."""
        return len(self.times.retries_us)

    @property
    def intents(self) -> int:
        """How many requests were made, not counting retries."""
        return self.attempts - self.retries

    @property
    def ttft_intended_s(self) -> float | None:
        """The time from when it was due to its first text; None without text."""
        first_s = self.times.first_token_s
        return None if first_s is None else first_s + self.late_s

    @property
    def unrecovered(self) -> int:
        """How many waits did not end with new text, in a stream that lacked text.

        A stream whose text was complete when a fault hit had nothing to recover.
        """
        is_blank = not self.times.tokens_us and self.verdict not in _WHOLE
        return len(self.times.in_vain) if self.tokens_lost or is_blank else 0


def carried(kind: str, judgement: Judgement) -> str:
    """Return the fault of a stream for which *kind* was sampled.

    Returns:
        *kind*; or "" for a stream whose requests never reached the server: it was hit
        by an outage, not by its fault.
    """
    return kind if judgement.server.requests else ""


def has_struck(judgement: Judgement) -> bool:
    """Say whether a fault of the stream fired and provably had an effect."""
    return any(report.fired and report.effect for report in judgement.faults)
