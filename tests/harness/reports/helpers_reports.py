"""Built results: what the oracle and the runner would hand to a report."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from midstream.harness.oracle.verdict import (
    FaultReport,
    Finding,
    Grade,
    Judgement,
    Resent,
    ServerCounts,
    Status,
    Timing,
    Verdict,
)
from midstream.harness.record.case import ClientInfo
from midstream.harness.reports import ClientRuns, Report

HOSTILE = "\x1b[2J\x07<script>alert(1)</script>]]>\u202e\ud800\ufffe\r\n| `x` |"
"""What a client may say: escapes, markup, reversed text, a lone surrogate, a table."""


@dataclass(frozen=True)
class FakeOutcome:
    """A finished run."""

    judgement: Judgement
    directory: Path = Path("runs/r1")
    duration_s: float = 0.414
    lines: tuple[str, ...] = ()


def judged(
    grade: Grade = Grade.OK,
    verdict: Verdict = Verdict.RECOVERED,
    scenario: str = "midstream/cut",
    client: str = "naive",
    reason: str = "",
) -> Judgement:
    """Return a judgement with one finding and one proven fault."""
    finding = Finding(
        invariant="no_silent_loss", code="I1", status=Status.HOLDS, evidence=(3, 5)
    )
    fault = FaultReport(
        id="f1", kind="cut", at={"nth": 2}, fired=True, effect={"seq": [4]}
    )
    return Judgement(
        scenario=scenario,
        seed=77,
        client=client,
        verdict=verdict,
        grade=grade,
        reason=reason,
        findings=(finding,),
        faults=(fault,),
        timing=Timing(ttft_s=0.1, total_s=0.4),
        server=ServerCounts(messages=1, runs=1, requests=3),
    )


def graded(*grades: Grade) -> list[FakeOutcome]:
    """Return one run of each of *grades*, each of a scenario of its own."""
    return [
        FakeOutcome(judged(grade, scenario=f"family/case_{number}"))
        for number, grade in enumerate(grades)
    ]


def failed(
    scenario: str = "protocol/early_end", reason: str = "half is missing"
) -> FakeOutcome:
    """Return a run that FAILED, with one line of explanation."""
    said = judged(
        Grade.FAILED, Verdict.SILENT_TRUNCATION, scenario=scenario, reason=reason
    )
    return FakeOutcome(said, Path("runs/r2"), lines=("I1 no_silent_loss: …",))


def resent() -> FakeOutcome:
    """Return a run that FAILED because a request was sent again below the client."""
    said = judged(Grade.FAILED, Verdict.DUPLICATE_EFFECT, scenario="connect/drop")
    below = Resent(what="run", told=1, received=2, evidence=(9,))
    return FakeOutcome(msgspec.structs.replace(said, resent=(below,)))


def results(*outcomes: FakeOutcome, name: str = "naive") -> ClientRuns:
    """Return *outcomes* as those of the client called *name*."""
    return ClientRuns(ClientInfo(name=name, version="1.2", level=2), outcomes)


def report(*outcomes: FakeOutcome) -> Report:
    """Return a report on one client."""
    return Report(results=(results(*outcomes),), seed=7, toxiproxy_version="2.12.0")
