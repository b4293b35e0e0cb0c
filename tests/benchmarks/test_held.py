from benchmarks import held
from benchmarks.subjects import OURS, TIMERS
from tests.benchmarks.helpers_rounds import measured


def test_memory_is_what_was_added_by_each_stream() -> None:
    """What was there before is nobody's."""
    grown = measured(connections=10, idle_bytes=1_000_000, resident_bytes=1_150_000)
    assert held.kilobytes(grown) == 15.0


def test_the_goal_is_that_of_our_server() -> None:
    """The few streams that come first do not count, nor do those of another server."""
    rounds = [
        measured(OURS, held.FEW, resident_bytes=9_000_000),
        measured(OURS, held.STREAMS, resident_bytes=held.STREAMS * 25_000),
        measured(TIMERS, held.STREAMS, resident_bytes=held.STREAMS * 13_000),
    ]
    lines = held.report(rounds)
    assert lines[1].split()[-1] == "25.0"
    assert lines[2].split()[-1] == "13.0"
    assert lines[3].startswith("NOT REACHED")


def test_memory_that_nobody_measured_reaches_no_goal() -> None:
    """Even if the few were measured."""
    lines = held.report([measured(OURS, held.FEW)])
    assert lines[-2].startswith("not measured")
