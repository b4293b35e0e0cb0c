from dataclasses import replace

import msgspec
import pytest

from midstream.harness.load.metrics.gates import parse
from midstream.harness.load.metrics.result import decode, encode
from midstream.harness.load.metrics.worker_reports import WorkerReports
from midstream.harness.load.report.result_of import make_result, whole
from midstream.harness.oracle.verdict import Verdict
from tests.harness.load.helpers_results import EPOCH_S, result, times
from tests.harness.load.helpers_runs import BROKEN, IDLE, RUN, VAIN, broken, made

pytestmark = pytest.mark.load


def test_a_run_without_trouble_is_ok() -> None:
    """All streams passed, the gate too, and the rig was watched and healthy."""
    found = made(result())
    assert (found.verdict, found.exit_code) == ("OK", 0)
    assert (found.health, found.worst) == ((), ())


def test_a_failed_gate_fails_the_run() -> None:
    """The exit code is that of a failed scenario."""
    assert (broken().verdict, broken().exit_code) == ("FAILED", 1)


VOID: dict[str, tuple[tuple[str, ...], dict[str, object]]] = {
    "a gate that nobody can answer": (("recovery_p95>5s",), {}),
    "a rig that nobody watched": ((), {"samples": ()}),
    "a worker that went away": ((), {"lost_workers": ("w2",)}),
    "an outage without effect": ((), {"bands": (IDLE,)}),
    "an early end": ((), {"trouble": "interrupted"}),
}


@pytest.mark.parametrize(("also", "given"), VOID.values(), ids=VOID)
def test_what_voids_a_run_makes_it_invalid(
    also: tuple[str, ...], given: dict[str, object]
) -> None:
    """Nothing is passed that may not have been measured; a proven failure stays one."""
    calm, truncated = result(), replace(BROKEN, times=times())
    found = made(calm, also=also, **given)
    assert (found.verdict, found.exit_code) == ("INVALID", 3)
    assert made(truncated, also=also, **given).verdict == "FAILED"


def test_a_lost_report_makes_it_invalid() -> None:
    """The ledger's losses are rig_problems of the rig."""
    ledger = WorkerReports()
    ledger.expect("w2")
    found = make_result(RUN, ledger, [parse("streams<0")])
    assert [problem.kind for problem in found.health] == ["lost_report"]
    assert found.verdict == "INVALID"


def test_no_stream_at_all_is_no_verdict() -> None:
    """A run in which nobody streamed shows nothing."""
    assert whole((), (), streams=0) == "INVALID"
    assert whole((), (), streams=1) == "OK"


def test_a_band_that_needs_no_effect_voids_nothing() -> None:
    """Some things that are done, such as a little latency, show in nobody's stream."""
    calm = msgspec.structs.replace(IDLE, needs_effect=False)
    assert made(result(), bands=(calm,)).verdict == "OK"


def test_verdicts_come_with_grade_share_and_interval() -> None:
    """The worst first, and how sure one can be."""
    worst, best = broken().verdicts
    assert (worst.verdict, worst.grade, worst.n, worst.share) == (
        "SILENT_TRUNCATION",
        "FAILED",
        1,
        0.5,
    )
    assert best.grade == "OK"
    assert 0 < worst.low < 0.5 < worst.high < 1


def test_numbers_are_those_of_the_tally() -> None:
    """Totals, rates, times, and the table of faults."""
    found = broken()
    assert found.totals["lost"] == 2
    assert found.rates["goodput"] == 0.5
    assert found.rates["tokens_per_s"] == 1.25
    assert found.rates["streams_per_s"] == 0.5
    assert found.rates["retries_peak"] == 2
    (ttft,) = (metric for metric in found.metrics if metric.name == "ttft")
    assert (ttft.n, ttft.mean_s, ttft.max_s) == (2, 0.1, 0.1)
    assert found.faults == {
        "cut": {"SILENT_TRUNCATION": 1},
        "none": {"UNAFFECTED": 1},
    }
    assert found.struck == {"cut": 1}


def test_what_comes_behind_the_run_is_in_no_rate() -> None:
    """Streams that end after it, and their tokens, do not make it any faster."""
    late = result(began_at_s=EPOCH_S + 3.9, times=times((50, 110, 120), 900))
    found = made(result(), late, began_at_s=EPOCH_S + 0.5, run_s=3.9)
    assert (found.totals["streams"], found.totals["shown"]) == (2, 6)
    assert found.rates["tokens_per_s"] == pytest.approx(4 / 3.5)
    assert found.rates["streams_per_s"] == pytest.approx(1 / 3.5)


def test_a_run_that_saw_no_second_end_has_no_rate() -> None:
    """Nothing is divided by a time in which nobody counted."""
    rates = made(result(), began_at_s=EPOCH_S + 0.1, run_s=0.5).rates
    assert (rates["tokens_per_s"], rates["streams_per_s"]) == (None, None)


def test_percentiles_are_what_their_names_say() -> None:
    """Of a hundred streams with times of 1 to 100 ms, overall and in their second."""
    hundred = [result(times=times((ms, 2 * ms), 300)) for ms in range(1, 101)]
    found = made(*hundred)
    (itl,) = (metric for metric in found.metrics if metric.name == "itl")
    told = (itl.p50_s, itl.p90_s, itl.p95_s, itl.p99_s, itl.max_s)
    assert told == pytest.approx((0.05, 0.09, 0.095, 0.099, 0.1), rel=2e-3)
    second = found.series[0]
    there = (second.ttft_p50_s, second.ttft_p95_s, second.itl_p99_s)
    assert there == pytest.approx((0.05, 0.095, 0.099), rel=8e-3)


def test_what_was_not_measured_is_null() -> None:
    """No request was seen, so nobody knows how many were made again."""
    found = made(result(times=replace(times(), attempts_us=())))
    assert (found.rates["retries_peak"], found.rates["amplification"]) == (None, None)


def test_a_wait_in_vain_is_never_in_every_form() -> None:
    """JSON has no infinity, and null is what was not measured: it is a word."""
    found = made(result(), VAIN, also=("recovery_p95>5s",))
    (recovery,) = (metric for metric in found.metrics if metric.name == "recovery")
    assert (recovery.n, recovery.p50_s, recovery.max_s) == (1, "never", "never")
    assert decode(encode(found)) == found
    assert found.gates[-1].value == "never"
    assert found.verdict == "FAILED"


def test_the_series_has_every_second_from_the_begin() -> None:
    """Also those in which nothing happened, and those behind the run's end."""
    late = result(Verdict.RECOVERED, began_at_s=EPOCH_S + 5)
    series = made(result(began_at_s=EPOCH_S + 1), late).series
    assert [second.t for second in series] == [0, 1, 2, 3, 4, 5]
    assert [second.ended for second in series] == [0, 1, 0, 0, 0, 1]
    assert (series[5].verdicts, series[5].ttft_p50_s) == ({"RECOVERED": 1}, 0.1)
    assert series[0].ttft_p50_s is None


def test_a_clock_of_another_day_does_not_stretch_the_charts() -> None:
    """A worker whose clock is wrong counts in the totals, not on the axis."""
    found = made(result(), result(began_at_s=EPOCH_S + 86_400))
    assert found.totals["streams"] == 2
    assert found.series[-1].t == RUN.run_s + RUN.storm.total_s


def test_a_result_is_the_same_written_and_read() -> None:
    """What scripts read is what was found, in a format that says its number."""
    assert decode(encode(broken())) == broken()
    assert msgspec.json.decode(encode(broken()))["format"] == 1
