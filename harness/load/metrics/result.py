"""The result of a load run as one value, which every report is made of.

A struct that is written as JSON, hence stable: scripts depend on it. It holds sums, not
streams: those that did not pass are in `worst`, as many as a reader can look at.
"""

from typing import Literal, TypeAlias

import msgspec

from midstream.harness.reports.json_file import ClientEntry, Tool

from .gates import GateResult
from .health import Ailment
from .limits import StreamLimits
from .units import Measured
from .worst import WorstStream

Whole: TypeAlias = Literal["OK", "FAILED", "INVALID"]
"""What came of the run. FAILED outranks INVALID, as everywhere."""

EXIT_CODES: dict[Whole, int] = {"OK": 0, "FAILED": 1, "INVALID": 3}


class PhaseEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A phase as it was: seconds from the run's begin, and how many users conversed."""

    name: str
    begin_s: float
    end_s: float
    users: int


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that was done to the path, as the conductor knows it.

    Attributes:
        kind: "outage", "path", or what else it was.
        label: What a chart writes on it: "down: 40 users".
        asked_s: When it was asked for, in seconds from the run's begin.
        begin_s: When it was acknowledged.
        end_s: When its end was acknowledged.
        effect: What proves that it did something; empty: nothing does.
        needs_effect: Whether it proves anything without.
    """

    kind: str
    label: str
    asked_s: float
    begin_s: float
    end_s: float
    effect: str = ""
    needs_effect: bool = True


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One time: how often it was measured, and what it came to, in seconds.

    "never" is longer than every other: a wait in vain, which counts in *n*. None:
    nothing was measured.
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
    """How many streams had a verdict: count, share, and Wilson's 95 % interval."""

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
    """All that a load run found out.

    Attributes:
        tool, versions: Who measured, and with what.
        storm, description: The storm's name, and what it is like.
        client, seed, users, workers, limits: What was asked for.
        command: What to type to do it again.
        began_at_s: When it began, in seconds since the epoch.
        run_s: How long it took.
        trouble: Why it ended early; empty: it did not. What is here is kept.
        phases, bands: What happened when.
        totals: Counts; see `tally.Tally`.
        rates: "goodput", "tokens_per_s", "streams_per_s", "amplification",
            "retries_peak", each None where nothing was measured.
        metrics, verdicts, grades, faults: What was measured and judged.
        struck: How many of the streams for which a fault was drawn it was shown to
            have struck, by its kind.
        series: The run second by second.
        gates, health: What must hold of the client, and what ails the rig.
        worst: The streams to look at first.
        locust_report: Where Locust's own report is; empty: there is none.
        verdict, exit_code: What came of it.
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
    bands: tuple[Band, ...]
    totals: dict[str, int]
    rates: dict[str, float | None]
    metrics: tuple[Metric, ...]
    verdicts: tuple[VerdictCount, ...]
    grades: dict[str, int]
    faults: dict[str, dict[str, int]]
    struck: dict[str, int]
    series: tuple[SecondEntry, ...]
    gates: tuple[GateResult, ...]
    health: tuple[Ailment, ...]
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
        msgspec.ValidationError: It is none, or of another format.
    """
    return msgspec.json.decode(data, type=LoadResult)
