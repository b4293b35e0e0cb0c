"""From a finished tally to the result of the run: what it all comes to.

Pure: who ran things says what was done and when, this puts numbers and words together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from midstream.harness import __version__
from midstream.harness.load.metrics.gates import (
    GateResult,
    GateStatus,
    LoadGate,
    evaluate,
)
from midstream.harness.load.metrics.health import ProcessSample, RigProblem, assess
from midstream.harness.load.metrics.limits import StreamLimits
from midstream.harness.load.metrics.result import (
    EXIT_CODES,
    LoadResult,
    Metric,
    PathInterval,
    PhaseEntry,
    SecondEntry,
    VerdictCount,
    Whole,
)
from midstream.harness.load.metrics.series import Second
from midstream.harness.load.metrics.share import Share
from midstream.harness.load.metrics.shortfall import shortfalls
from midstream.harness.load.metrics.tally import METRICS, Tally
from midstream.harness.load.metrics.units import measured
from midstream.harness.load.metrics.worker_reports import WorkerReports
from midstream.harness.load.storm.storm import Storm
from midstream.harness.load.storm.storm_check import expect_of
from midstream.harness.oracle.grading import grade_by
from midstream.harness.oracle.verdict import Grade
from midstream.harness.record.case import Expect
from midstream.harness.reports.json_file import ClientEntry, Tool

_PERCENTS = (50.0, 90.0, 95.0, 99.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRun:
    """What was done, by whom, and when: all of a result that is not in the tally.

    The attributes are those of `result.LoadResult`; *samples* and *lost_workers* are
    those of `health.assess`.
    """

    storm: Storm
    client: ClientEntry
    seed: int
    users: int
    began_at_s: float
    run_s: float
    phases: tuple[PhaseEntry, ...]
    bands: tuple[PathInterval, ...] = ()
    workers: int = 1
    limits: StreamLimits = field(default_factory=StreamLimits)
    versions: Mapping[str, str] = field(default_factory=dict)
    command: str = ""
    trouble: str = ""
    locust_report: str = ""
    samples: Sequence[ProcessSample] = ()
    lost_workers: Sequence[str] = ()


def make_result(
    run: LoadRun, ledger: WorkerReports, gates: Sequence[LoadGate]
) -> LoadResult:
    """Return what *run* came to, of the reports in *ledger*, held against *gates*."""
    tally = ledger.tally
    held = evaluate(gates, tally)
    health = rig_problems(run, ledger)
    verdict = whole(held, health, trouble=run.trouble, streams=tally.streams)
    return LoadResult(
        tool=Tool("midstream", __version__),
        versions=dict(run.versions),
        storm=run.storm.name,
        description=run.storm.description,
        client=run.client,
        seed=run.seed,
        users=run.users,
        workers=run.workers,
        limits=run.limits,
        command=run.command,
        began_at_s=run.began_at_s,
        run_s=run.run_s,
        trouble=run.trouble,
        phases=run.phases,
        bands=run.bands,
        totals={
            name: number for name, number in tally.counts.items() if ":" not in name
        },
        rates=_rates(tally, run),
        metrics=metrics(tally),
        verdicts=tuple(_verdicts(tally, expect_of(run.storm))),
        grades={grade.value: number for grade, number in tally.grades().items()},
        faults={
            kind: {verdict.value: number for verdict, number in row.items()}
            for kind, row in tally.faults().items()
        },
        struck={kind: share.part for kind, share in tally.struck().items()},
        series=tuple(_series(tally, run)),
        gates=held,
        health=tuple(health),
        worst=tally.worst.streams(),
        locust_report=run.locust_report,
        verdict=verdict,
        exit_code=EXIT_CODES[verdict],
    )


def whole(
    gates: Sequence[GateResult],
    health: Sequence[RigProblem],
    *,
    trouble: str = "",
    streams: int = 1,
) -> Whole:
    """Return what came of a run: the worst of gates and rig decides.

    A gate that failed has failed, whatever ails the rig. No streams at all, a run that
    ended early, or a gate that nobody can answer is no verdict: nothing passes by
    default.
    """
    if any(gate.status is GateStatus.FAIL for gate in gates):
        return "FAILED"
    is_open = any(gate.status is GateStatus.UNKNOWN for gate in gates)
    if health or trouble or is_open or not streams:
        return "INVALID"
    return "OK"


def rig_problems(run: LoadRun, ledger: WorkerReports) -> list[RigProblem]:
    """Return what ails the rig, things that were done without effect included."""
    grades = ledger.tally.grades()
    unjudged = sum(grades[grade] for grade in (Grade.INVALID, Grade.INCONCLUSIVE))
    found = assess(
        run.samples,
        missing=ledger.missing(),
        lost_workers=run.lost_workers,
        no_verdict=Share(unjudged, ledger.tally.streams),
    )
    idle = [band for band in run.bands if band.needs_effect and not band.effect]
    return [*found, *shortfalls(ledger.tally)] + [
        RigProblem(
            kind="no_effect",
            who=band.label,
            message=f"{band.label}, at {band.begin_s:.1f} s: nothing shows that it had "
            "any effect",
            remedy="more users, or a storm that strikes when somebody streams",
        )
        for band in idle
    ]


def _rates(tally: Tally, run: LoadRun) -> dict[str, float | None]:
    """Return the numbers that are no times and no counts."""
    attempts = tally.counts["attempts"]
    return {
        "goodput": tally.goodput().value,
        "tokens_per_s": _per_s(tally, run, "tokens"),
        "streams_per_s": _per_s(tally, run, "ended"),
        "amplification": tally.amplification(),
        "retries_peak": float(tally.retries_peak()) if attempts else None,
    }


def _per_s(tally: Tally, run: LoadRun, what: str) -> float | None:
    """Return how many a second there were until the run's last full second.

    What came behind it is left out with its time: there, streams only end. None: the
    run did not last until a second of the epoch was over.
    """
    end = int(run.began_at_s + run.run_s)
    if end <= run.began_at_s:
        return None
    begin = int(run.began_at_s)
    there = (second.counts[what] for at, second in tally.series if begin <= at < end)
    return sum(there) / (end - run.began_at_s)


def metrics(tally: Tally) -> tuple[Metric, ...]:
    """Return all times as they are so far, measured or not."""
    return tuple(_metric(tally, name) for name in METRICS)


def _metric(tally: Tally, name: str) -> Metric:
    histogram = tally.histograms[name]
    p50_s, p90_s, p95_s, p99_s = histogram.percentiles_s(*_PERCENTS)
    return Metric(
        name=name,
        n=histogram.n,
        mean_s=measured(histogram.mean_s),
        p50_s=measured(p50_s),
        p90_s=measured(p90_s),
        p95_s=measured(p95_s),
        p99_s=measured(p99_s),
        max_s=measured(histogram.max_s),
    )


def _verdicts(tally: Tally, expect: Expect) -> Iterator[VerdictCount]:
    for verdict, number in tally.verdicts().items():
        share = Share(number, tally.streams)
        low, high = share.interval()
        yield VerdictCount(
            verdict=verdict.value,
            grade=grade_by(expect, verdict).value,
            n=number,
            share=share.value or 0.0,
            low=low,
            high=high,
        )


def _series(tally: Tally, run: LoadRun) -> Iterator[SecondEntry]:
    """Yield the seconds of the run; a quiet one is not left out.

    It goes on behind the run's end, for the streams that were still there. What a
    worker whose clock is wrong has told of another day is not drawn.
    """
    found = dict(tally.series)
    begin = int(run.began_at_s)
    end = min(max(found, default=begin), int(begin + run.run_s + run.storm.total_s))
    for number in range(begin, end + 1):
        yield _second(number - begin, found.get(number) or Second())


def _second(t: int, second: Second) -> SecondEntry:
    counts = second.counts
    p50_s, p95_s = second.ttft.percentiles_s(50, 95)
    verdicts = {
        name.removeprefix("verdict:"): number
        for name, number in counts.items()
        if name.startswith("verdict:")
    }
    (itl_p99_s,) = second.itl.percentiles_s(99)
    names = set(SecondEntry.__struct_fields__) & set(counts)
    return SecondEntry(
        t=t,
        verdicts=verdicts,
        ttft_p50_s=p50_s,
        ttft_p95_s=p95_s,
        itl_p99_s=itl_p99_s,
        **{name: counts[name] for name in names},
    )
