"""The result of a load run as one value, from which every report is made.

It is written as JSON, and scripts depend on that: its fields are stable. It holds sums
and not streams; `worst` lists the streams that a reader should look at first.
"""

from typing import Literal, TypeAlias

import msgspec

from midstream.harness.reports.json_file import ClientEntry, Tool

from .gates import GateResult
from .health import RigProblem
from .limits import StreamLimits
from .units import Measured
from .worst import WorstStream

Whole: TypeAlias = Literal["OK", "FAILED", "INVALID"]
"""The outcome of the run. FAILED outranks INVALID, as everywhere."""

EXIT_CODES: dict[Whole, int] = {"OK": 0, "FAILED": 1, "INVALID": 3}


class PhaseEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A phase as it took place: seconds from the run's begin, and its active users."""

    name: str
    begin_s: float
    end_s: float
    users: int


class PathInterval(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """A time in which the path was changed, as the outage scheduler reports it.

    Attributes:
        kind: "outage" or "path".
        label: What a chart writes on it: "down: 40 users".
        asked_s: When it was requested, in seconds from the run's begin.
        begin_s: When Toxiproxy acknowledged it.
        end_s: When Toxiproxy acknowledged its end.
        effect: What proves that it had an effect; empty if nothing does.
        needs_effect: Whether the result is INVALID without an effect.
    """

    kind: str
    label: str
    asked_s: float
    begin_s: float
    end_s: float
    effect: str = ""
    needs_effect: bool = True


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One time: how often it was measured, and its statistics in seconds.

    "never" stands for a wait that did not end: it counts in *n* and is longer than
    every time. None means that nothing was measured.
    """

    name: str
    n: int
    mean_s: Measured
    p50_s: Measured
    p90_s: Measured
    p95_s: Measured
    p99_s: Measured
    max_s: Measured


class VerdictCount(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """How many streams had one verdict: count, share, and Wilson's 95 % interval."""

    verdict: str
    grade: str
    n: int
    share: float
    low: float
    high: float


class SecondEntry(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """One second of the run; *t* counts from its begin. See `series.Second`."""

    t: int
    begun: int = 0
    ended: int = 0
    good: int = 0
    verdicts: dict[str, int] = {}
    tokens: int = 0
    attempts: int = 0
    retries: int = 0
    recoveries: int = 0
    waiting: int = 0
    streaming: int = 0
    recovering: int = 0
    ttft_p50_s: float | None = None
    ttft_p95_s: float | None = None
    itl_p99_s: float | None = None


class LoadResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The result of one load run.

    Attributes:
        tool, versions: The program that measured, and the versions of its libraries.
        storm, description: The storm's name, and one sentence about it.
        client, seed, users, workers, limits: The settings of the run.
        command: The command that repeats the run.
        began_at_s: When it began, in seconds since the epoch.
        run_s: How long it took.
        trouble: Why it ended early; empty if it did not. The rest is then partial.
        phases, bands: What happened when.
        totals: Counts; see `tally.Tally`.
        rates: "goodput", "tokens_per_s", "streams_per_s", "amplification",
            "retries_peak", each None where nothing was measured.
        metrics, verdicts, grades, faults: Times and verdicts.
        struck: By kind of fault, how many of the streams for which it was sampled it
            provably hit.
        series: The run second by second.
        gates, health: The outcome of each gate, and the problems of the rig.
        worst: The streams to look at first.
        locust_report: The path of Locust's own report; empty if there is none.
        verdict, exit_code: The outcome of the run.
    """

    format: Literal[1] = 1
    tool: Tool
    versions: dict[str, str]
    storm: str
    description: str
    client: ClientEntry
    seed: int
    users: int
    workers: int
    limits: StreamLimits
    command: str
    began_at_s: float
    run_s: float
    trouble: str
    phases: tuple[PhaseEntry, ...]
    bands: tuple[PathInterval, ...]
    totals: dict[str, int]
    rates: dict[str, float | None]
    metrics: tuple[Metric, ...]
    verdicts: tuple[VerdictCount, ...]
    grades: dict[str, int]
    faults: dict[str, dict[str, int]]
    struck: dict[str, int]
    series: tuple[SecondEntry, ...]
    gates: tuple[GateResult, ...]
    health: tuple[RigProblem, ...]
    worst: tuple[WorstStream, ...]
    locust_report: str
    verdict: Whole
    exit_code: int


def encode(result: LoadResult) -> bytes:
    """Return *result* as indented JSON that ends with a newline."""
    return msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n"


def decode(data: bytes) -> LoadResult:
    """Return the result that *data* holds.

    Raises:
        msgspec.ValidationError: *data* holds no result, or one of another format.
    """
    return msgspec.json.decode(data, type=LoadResult)
