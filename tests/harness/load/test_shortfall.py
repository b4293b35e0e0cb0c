import pytest

from harness.load.share import Share
from tests.harness.load.helpers_results import result
from tests.harness.load.helpers_runs import made, missed

pytestmark = pytest.mark.load


def test_starts_that_nobody_was_free_for_void_the_run() -> None:
    """Six of a hundred: it was not the load that was asked for, however it went."""
    found = missed(Share(6, 100), result())
    (ailment,) = found.health
    assert (ailment.kind, found.verdict, found.exit_code) == ("missed", "INVALID", 3)
    assert ailment.message == (
        "nobody was free for 6 of 100 paced starts, more than 5 %: "
        "there are not enough users for the rate"
    )
    assert "-u" in ailment.remedy


def test_a_few_starts_may_be_missed() -> None:
    """They are counted, and those who were served stand for the others."""
    found = missed(Share(5, 100), result())
    assert (found.health, found.verdict) == ((), "OK")
    assert (found.totals["missed"], found.totals["paced"]) == (5, 100)
    assert found.rates["goodput"] == pytest.approx(1 / 6)


def test_a_closed_loop_misses_nothing() -> None:
    """Without paced starts there is none to miss."""
    assert made(result()).verdict == "OK"
