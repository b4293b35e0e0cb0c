import pytest

from midstream.harness.load.metrics.share import Share
from midstream.harness.oracle.verdict import Verdict
from tests.harness.load.helpers_results import result
from tests.harness.load.helpers_runs import made, missed

pytestmark = pytest.mark.load


def test_starts_that_nobody_was_free_for_void_the_run() -> None:
    """Six of a hundred: it was not the load that was asked for, however it went."""
    found = missed(Share(6, 100), result())
    (problem,) = found.health
    assert (problem.kind, found.verdict, found.exit_code) == ("missed", "INVALID", 3)
    assert "6 of 100 paced starts" in problem.message
    assert " 5 %" in problem.message
    assert "-u" in problem.remedy


def test_a_few_starts_may_be_missed() -> None:
    """They are counted, and those who were served stand for the others."""
    found = missed(Share(5, 100), result())
    assert (found.health, found.verdict) == ((), "OK")
    assert (found.totals["missed"], found.totals["paced"]) == (5, 100)
    assert found.rates["goodput"] == pytest.approx(1 / 6)


def test_a_closed_loop_misses_nothing() -> None:
    """Without paced starts there is none to miss."""
    assert made(result()).verdict == "OK"


def test_a_fault_that_never_strikes_voids_the_run() -> None:
    """A fault that was sampled five times and hit no stream proves nothing."""
    found = made(*[result(fault="cut")] * 5, result(fault="stall", struck=True))
    (problem,) = found.health
    assert (problem.kind, problem.who, found.verdict) == ("no_effect", "cut", "INVALID")
    assert problem.message.startswith("cut ")
    assert "5 streams" in problem.message
    assert "sooner" in problem.remedy


def test_a_fault_that_strikes_at_times_is_none_to_mend() -> None:
    """Some that are drawn come to nothing, and one that struck shows that it can."""
    struck = result(Verdict.RECOVERED, fault="cut", struck=True)
    assert made(*[result(fault="cut")] * 50, struck).verdict == "OK"


def test_a_fault_that_was_drawn_rarely_may_come_to_nothing() -> None:
    """Four times is an accident."""
    assert made(*[result(fault="cut")] * 4).verdict == "OK"


def test_streams_without_a_fault_need_none_to_strike() -> None:
    """Good weather is no shortfall."""
    assert made(*[result()] * 9).health == ()
