import pytest

from midstream.harness.load.report.live import live_line
from midstream.harness.oracle.verdict import Verdict
from tests.harness.load.helpers_load import storm
from tests.harness.load.helpers_orders import order
from tests.harness.load.helpers_results import result, tallied

pytestmark = pytest.mark.load

ORDER = order(storm(name="mine"), run_s=60.0)


def test_before_the_first_stream_has_ended_there_is_little_to_say() -> None:
    """Time of how much, the phase, who is there, and that nothing was lost."""
    line = live_line(ORDER, 3.4, "tunnel", 20, tallied())
    assert line == "3 s of 60 s  tunnel  20 users  0 streams  0 tokens lost"


def test_verdicts_are_counted_the_worst_first() -> None:
    """Each with the symbol of what the storm makes of it, as in a report."""
    tally = tallied(
        result(),
        result(),
        result(Verdict.SILENT_TRUNCATION, tokens_lost=7),
        result(Verdict.DEGRADED_HONESTLY, tokens_lost=2),
    )
    line = live_line(ORDER, 30.0, "p", 1, tally)
    assert line == (
        "30 s of 60 s  p  1 user  4 streams  ✗ 1 SILENT_TRUNCATION  "
        "~ 1 DEGRADED_HONESTLY  ✓ 2 UNAFFECTED  9 tokens lost"
    )


def test_time_ends_with_the_run() -> None:
    """While the last conversations end it is not 63 s of 60 s."""
    assert live_line(ORDER, 63.0, "p", 0, tallied()).startswith("60 s of 60 s")


def test_a_phase_cannot_draw_on_the_terminal() -> None:
    """A name is text, whatever is in it."""
    assert "\x1b" not in live_line(ORDER, 1.0, "\x1b[2J", 1, tallied())
