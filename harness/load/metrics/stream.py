"""What one judged conversation gave; kept only until it is summed up in a `tally`."""

from dataclasses import dataclass

from midstream.harness.oracle.verdict import Grade, Judgement, Verdict

from .measure import StreamTimes

_WHOLE = frozenset({Verdict.UNAFFECTED, Verdict.RECOVERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamResult:
    """One finished stream.

    Attributes:
        scenario: The storm and the phase in which it began: "commuter_train/tunnel".
        client: Who held it.
        user: Whose it was, and *seed* the seed of what it met.
        fault: The kind of fault that was drawn for it, and that it came by; empty:
            none.
        struck: Whether it was shown to have struck.
        began_at_s: When it began, in seconds since the epoch.
        late_s: By how much that was after it was meant to begin.
        times: What the times come to.
        tokens_said: How many tokens the server said.
        tokens_shown: How many the user was shown, each counted once.
        tokens_lost: Said and never shown, of an answer that was said to be whole or
            was given up.
        tokens_doubled: Shown again.
        tokens_moved: Shown in another place than they were said.
        verdict: The oracle's headline, *grade* what the storm makes of it, and
            *reason* what it rests on.
        directory: Where its history is; empty: it was not kept.
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
        """How many of them had been made before."""
        return len(self.times.retries_us)

    @property
    def intents(self) -> int:
        """How many things were wanted: requests without their repetitions."""
        return self.attempts - self.retries

    @property
    def ttft_intended_s(self) -> float | None:
        """From when it was meant to begin to the first text; None: there was none."""
        first_s = self.times.first_token_s
        return None if first_s is None else first_s + self.late_s

    @property
    def unrecovered(self) -> int:
        """How often the user waited in vain, for the rest of an answer or for all.

        A stream that was whole when its end was disturbed had nothing to recover.
        """
        is_blank = not self.times.tokens_us and self.verdict not in _WHOLE
        return len(self.times.in_vain) if self.tokens_lost or is_blank else 0


def carried(kind: str, judgement: Judgement) -> str:
    """Return the fault of a stream for which *kind* was drawn; empty: none.

    One of whose requests none has reached the server has met the weather alone.
    """
    return kind if judgement.server.requests else ""


def has_struck(judgement: Judgement) -> bool:
    """Say whether a fault of the stream fired, with an effect that proves it."""
    return any(report.fired and report.effect for report in judgement.faults)
