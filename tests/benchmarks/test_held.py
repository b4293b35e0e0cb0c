from benchmarks.held import FEW, HELD, goal, kilobytes, report
from benchmarks.subjects import OURS, TIMERS
from tests.benchmarks.helpers_rounds import measured


def test_memory_is_what_was_added_by_each_stream() -> None:
    """What was there before is nobody's."""
    grown = measured(connections=10, idle_bytes=1_000_000, resident_bytes=1_150_000)
    assert kilobytes(grown) == 15.0


def test_memory_is_judged_of_our_server() -> None:
    """The few streams that come first do not count, nor do those of another server."""
    rounds = [
        measured(OURS, FEW, resident_bytes=9_000_000),
        measured(OURS, HELD, resident_bytes=HELD * 25_000),
        measured(TIMERS, HELD, resident_bytes=HELD * 13_000),
    ]
    assert goal(rounds).startswith("NOT REACHED   memory")
    assert goal(rounds[2:]).startswith("not measured  memory")
    assert [line.split()[-1] for line in report(rounds)[-2:]] == ["25.0", "13.0"]
