"""Finished load runs for the tests of results and reports."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec

from midstream.harness.load.metrics.gates import parse
from midstream.harness.load.metrics.health import ProcessSample
from midstream.harness.load.metrics.result import LoadResult, PathInterval, PhaseEntry
from midstream.harness.load.metrics.share import Share
from midstream.harness.load.metrics.stream import StreamResult
from midstream.harness.load.metrics.worker_reports import Outbox, WorkerReports
from midstream.harness.load.report.result_of import LoadRun, make_result
from midstream.harness.oracle.verdict import Verdict
from midstream.harness.reports.json_file import ClientEntry
from tests.harness.load.helpers_load import storm
from tests.harness.load.helpers_results import EPOCH_S, result, times

HOSTILE = '\x1b[2J"><script>alert(1)</script>\u202e'
DOWN = PathInterval(
    kind="outage",
    label="down: 4 users",
    asked_s=1.0,
    begin_s=1.02,
    end_s=2.0,
    effect="4 connections ended",
)
IDLE = msgspec.structs.replace(DOWN, effect="")
"""An outage that nobody noticed."""
WATCHED = (
    ProcessSample(process="server 1", role="server", at_s=0, send_lag_p99_s=0.002),
    ProcessSample(process="worker 1", role="worker", at_s=0, loop_lag_p99_s=0.004),
)
BROKEN = result(
    Verdict.SILENT_TRUNCATION,
    fault="cut",
    struck=True,
    user=7,
    began_at_s=EPOCH_S + 2,
    tokens_lost=2,
    reason="half is missing",
    directory="runs/load/7",
    times=times((100, 900), 950, disturbed_ms=(200,), retries=2),
)
VAIN = result(
    Verdict.DEGRADED_HONESTLY,
    tokens_lost=2,
    times=times((100,), 217, disturbed_ms=(200,)),
)
"""A stream whose client gave up 17 ms after its connection broke."""
RUN = LoadRun(
    storm=storm({"name": "calm"}, {"name": "wild"}),
    client=ClientEntry("naive", "1.2", 2),
    seed=7,
    users=10,
    workers=2,
    versions={"locust": "2.47.0"},
    command="midstream load --storm mine -u 10",
    began_at_s=EPOCH_S,
    run_s=4.0,
    phases=(
        PhaseEntry(name="calm", begin_s=0.0, end_s=2.0, users=10),
        PhaseEntry(name="wild", begin_s=2.0, end_s=4.0, users=5),
    ),
    bands=(DOWN,),
    samples=WATCHED,
    locust_report="locust.html",
)


def made(
    *streams: StreamResult, also: tuple[str, ...] = (), **given: object
) -> LoadResult:
    """Return the result of a run of *streams*, held against gates.

    No stream may fail, and *also* what is named. *given* changes `RUN`.
    """
    return _made(streams, Share(0, 0), also, given)


def missed(paced: Share, *streams: StreamResult) -> LoadResult:
    """Return the result of a run whose *paced* starts were missed, of all of them."""
    return _made(streams, paced, (), {})


def _made(
    streams: Iterable[StreamResult],
    paced: Share,
    also: Iterable[str],
    changes: dict[str, Any],
) -> LoadResult:
    outbox, ledger = Outbox(), WorkerReports()
    for stream in streams:
        outbox.add(stream)
    outbox.pace(paced)
    ledger.take("w1", outbox.report(is_last=True))
    gates = [parse(gate) for gate in ("failed>0", *also)]
    return make_result(replace(RUN, **changes), ledger, gates)


def broken() -> LoadResult:
    """Return the result of a run in which one of two streams was truncated."""
    return made(result(), BROKEN)
