"""Makes the result of a run from its tally. Pure: the caller says what was run when."""

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
    """The settings and events of a run: all of a result that is not in the tally.

    `result.LoadResult` explains the attributes; `health.assess` explains *samples* and
    *lost_workers*.
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
    """Return the result of *run*, from the reports in *ledger*, with all *gates*."""
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
    """Return the outcome of a run: a failed gate decides first, then the rig.

    A run without streams, a run that ended early, or a gate without a measured value is
    INVALID: nothing passes by default.
    """
    if any(gate.status is GateStatus.FAIL for gate in gates):
        return "FAILED"
    is_open = any(gate.status is GateStatus.UNKNOWN for gate in gates)
    if health or trouble or is_open or not streams:
        return "INVALID"
    return "OK"


def rig_problems(run: LoadRun, ledger: WorkerReports) -> list[RigProblem]:
    """Return the problems of the rig, including faults that had no effect."""
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
            message=f"{band.label}, at {band.begin_s:.1f} s: there is no proof that it "
            "had an effect",
            remedy="use more users, or a storm whose outage hits active streams",
        )
        for band in idle
    ]


def _rates(tally: Tally, run: LoadRun) -> dict[str, float | None]:
    """Return the rates and ratios of the run."""
    attempts = tally.counts["attempts"]
    return {
        "goodput": tally.goodput().value,
        "tokens_per_s": _per_s(tally, run, "tokens"),
        "streams_per_s": _per_s(tally, run, "ended"),
        "amplification": tally.amplification(),
        "retries_peak": float(tally.retries_peak()) if attempts else None,
    }


def _per_s(tally: Tally, run: LoadRun, what: str) -> float | None:
    """Return the rate of *what* per second, up to the run's last full second.

    The time after it is left out, because there streams only end.

    Returns:
        None if the run did not last until a second of the epoch was over.
    """
    end = int(run.began_at_s + run.run_s)
    if end <= run.began_at_s:
        return None
    begin = int(run.began_at_s)
    there = (second.counts[what] for at, second in tally.series if begin <= at < end)
    return sum(there) / (end - run.began_at_s)


def metrics(tally: Tally) -> tuple[Metric, ...]:
    """Return the statistics of all times, measured or not."""
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
    """Yield all seconds of the run, also those in which nothing happened.

    The series goes on after the run's end, for streams that end later. Seconds that a
    worker with a wrong clock reports far from the run are left out.
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
