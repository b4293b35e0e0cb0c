from dataclasses import replace

import pytest

from midstream.harness.load.errors import GateError
from midstream.harness.load.metrics.figures import kind_of, names
from midstream.harness.load.metrics.gates import (
    DEFAULT,
    GateResult,
    GateStatus,
    evaluate,
    parse,
)
from midstream.harness.load.metrics.share import Share
from midstream.harness.load.metrics.stream import StreamResult
from midstream.harness.oracle.verdict import Verdict
from tests.harness.load.helpers_results import result, tallied, times
from tests.harness.load.helpers_runs import VAIN

pytestmark = pytest.mark.load
PASS, FAIL, UNKNOWN = GateStatus.PASS, GateStatus.FAIL, GateStatus.UNKNOWN
BROKEN = result(
    Verdict.SILENT_TRUNCATION,
    tokens_lost=2,
    times=times((100, 150, 900), 950, disturbed_ms=(200,), retries=2),
)


def held(text: str, *streams: StreamResult) -> GateResult:
    """Return what comes of one gate."""
    (found,) = evaluate([parse(text)], tallied(*streams))
    return found


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("verdict:SILENT_TRUNCATION>0", FAIL),
        ("verdict:SILENT_TRUNCATION>1", PASS),
        ("verdict:HUNG>0", PASS),
        ("grade:FAILED>=1", FAIL),
        ("grade:FAILED>60%", PASS),
        ("failed>1%", FAIL),
        ("failed > 50 %", PASS),
        ("failed>100%", PASS),
        ("goodput<95%", FAIL),
        ("good==1", FAIL),
        ("lost>0", FAIL),
        ("lost>2", PASS),
        ("doubled!=0", PASS),
        ("ttft_p95>80ms", FAIL),
        ("ttft_p95>0.2s", PASS),
        ("itl_max>=750ms", FAIL),
        ("tpot_mean<=1ms", PASS),
        ("recovery_p95>5s", PASS),
        ("recovery_p95>600ms", FAIL),
        ("stall_p99>1min", PASS),
        ("late_p99>100ms", PASS),
        ("retries_peak>1", FAIL),
        ("amplification>1.5", FAIL),
        ("streams<2", PASS),
        ("unrecovered>0", PASS),
    ],
)
def test_a_gate_fails_the_run_if_it_is_true(text: str, status: GateStatus) -> None:
    """Of two streams one was truncated, after a wait of seven tenths of a second."""
    assert held(text, BROKEN, result()).status is status


def test_a_result_says_what_was_measured() -> None:
    """Value, limit and number, in the unit of the gate."""
    assert held("failed>1%", BROKEN, result()) == GateResult(
        text="failed>1%", status=FAIL, value=50.0, limit=1.0, unit="%", n=2
    )
    found = held("ttft_p95>800ms", result())
    assert (found.value, found.limit, found.unit, found.n) == (0.1, 0.8, "s", 1)


@pytest.mark.parametrize(
    ("text", "status", "value"),
    [
        ("recovery_p95>60min", FAIL, "never"),
        ("recovery_max>=1s", FAIL, "never"),
        ("recovery_mean>1s", FAIL, "never"),
        ("recovery_p50>5s", PASS, 0.7),
        ("unrecovered>0", FAIL, 1.0),
    ],
)
def test_a_wait_in_vain_is_more_than_any_limit(
    text: str, status: GateStatus, value: object
) -> None:
    """Where a percentile falls among those in vain, no recovery is quick enough."""
    found = held(text, BROKEN, VAIN)
    assert (found.status, found.value) == (status, value)


@pytest.mark.parametrize("text", ["recovery_p95>5s", "itl_mean>1s", "ttft_max>1s"])
def test_what_was_never_measured_is_unknown(text: str) -> None:
    """A run in which nothing had to recover says nothing of recovery."""
    silent = result(Verdict.DEGRADED_HONESTLY, times=times((), 500))
    found = held(text, silent)
    assert (found.status, found.value, found.n) == (UNKNOWN, None, 0)


def typed(name: str) -> str:
    """Return a gate on *name*, with the unit that it needs."""
    unit = {"time": "1s", "share": "1%"}.get(kind_of(name) or "", "1")
    return f"{name}>{unit}"


@pytest.mark.parametrize("name", names())
def test_a_run_without_streams_passes_nothing(name: str) -> None:
    """No time, no count and no share of nothing is good enough."""
    assert held(typed(name)).status is UNKNOWN


def test_a_client_whose_requests_nobody_saw_has_no_retries() -> None:
    """That none were counted is not that none were made."""
    blind = result(times=replace(times(), attempts_us=()))
    assert held("retries>0", blind).status is UNKNOWN
    assert held("amplification>1", blind).status is UNKNOWN
    assert held("retries_peak>1", blind).status is UNKNOWN


def test_the_default_gate_is_about_failed_streams() -> None:
    """Without a word from the user, one failed stream fails the run."""
    assert held(DEFAULT, BROKEN).status is FAIL
    assert held(DEFAULT, result()).status is PASS


@pytest.mark.parametrize("name", names())
def test_every_name_can_be_asked_for(name: str) -> None:
    """What suggestions offer is understood."""
    assert parse(typed(name)).what == name


MISTAKES = {
    "no comparison": ("lost", "a comparison and a number", "lost"),
    "nothing": ("", "a comparison and a number", ""),
    "two words": ("lost tokens>0", "a comparison and a number", "lost tokens>0"),
    "a measure misspelt": ("ttfd_p95>1s", "did you mean 'ttft_p95'?", "ttfd_p95"),
    "a measure like no other": ("q>1s", "ttft_p95", "q"),
    "no measure": (">1", "is called ''", ">"),
    "a verdict misspelt": ("verdict:HANG>0", "'verdict:HUNG'?", "verdict:HANG"),
    "a percentile beyond all": ("ttft_p101>1s", "'ttft_p101'", "ttft_p101"),
    "a comparison misspelt": ("lost=>0", "one of: >= <= ==", "=>"),
    "no number": ("lost>many", "'many' is not a number", "many"),
    "nothing to compare with": ("lost>", "'' is not a number", ""),
    "a number below 0": ("lost>-1", "'-1' is not a number", "-1"),
    "a time without unit": ("ttft_p95>800", "write 800ms or 800s", "800"),
    "a time in percent": ("ttft_p95>8%", "is a time", "8%"),
    "a count in seconds": ("lost>3s", "write 3", "3s"),
    "a count in percent": ("lost>3%", "write 3", "3%"),
    "a share without unit": ("goodput<95", "write 95%", "95"),
    "a share in seconds": ("failed>1s", "write 1", "1s"),
    "more than all": ("failed>101%", "at most 100%", "101%"),
}


@pytest.mark.parametrize(("text", "said", "word"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_pointed_at(text: str, said: str, word: str) -> None:
    """The message says what would be right, and has carets below what is wrong."""
    with pytest.raises(GateError) as caught:
        parse(text)
    problem, typed, carets = str(caught.value).split("\n")
    assert said in problem
    assert typed == f"  {text}"
    wrong = typed[carets.index("^") : len(carets)]
    assert (wrong, carets.count("^")) == (word, max(len(word), 1))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("goodput<95%", FAIL),
        ("goodput<50%", PASS),
        ("good<95%", FAIL),
        ("good<2", PASS),
        ("missed>1", FAIL),
        ("missed>2", PASS),
        ("failed>0", PASS),
    ],
)
def test_streams_that_never_began_count_against_the_rig(
    text: str, status: GateStatus
) -> None:
    """Two were good, and two were missed: half of what was asked for is good."""
    tally = tallied(result(), result())
    tally.pace(Share(2, 4))
    (found,) = evaluate([parse(text)], tally)
    assert found.status is status


def test_nothing_at_all_misses_nothing_that_is_known() -> None:
    """Without a stream, and without one that was meant to be, nobody can say."""
    assert held("missed>0").status is UNKNOWN
    assert held("missed>0", result()).status is PASS
