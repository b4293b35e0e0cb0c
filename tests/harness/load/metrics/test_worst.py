from random import Random

from midstream.harness.load.metrics.worst import KEPT, Worst
from midstream.harness.oracle.verdict import Verdict
from tests.harness.load.helpers_results import result, times


def test_streams_that_passed_are_not_among_the_worst() -> None:
    """Only what somebody should look at is kept."""
    worst = Worst()
    worst.add(result())
    worst.add(result(Verdict.DEGRADED_HONESTLY, reason="as it says"))
    assert [stream.reason for stream in worst.streams()] == ["as it says"]


def test_the_worst_come_first() -> None:
    """The worse grade, then the worse verdict, then the longer stall."""
    slow = times((100, 900), 950)
    worst = Worst()
    for given in (
        result(Verdict.DEGRADED_HONESTLY, user=4, times=slow),
        result(Verdict.INVALID, user=3),
        result(Verdict.SILENT_TRUNCATION, user=2),
        result(Verdict.SILENT_TRUNCATION, user=1, times=slow),
    ):
        worst.add(given)
    assert [stream.user for stream in worst.streams()] == [1, 2, 3, 4]


def test_the_list_is_short_and_does_not_depend_on_the_order() -> None:
    """However many there were, and however they were spread, the same ones are kept."""
    streams = [result(Verdict.SILENT_TRUNCATION, user=user) for user in range(80)]
    whole = Worst()
    for stream in streams:
        whole.add(stream)
    Random(1).shuffle(streams)
    halves = Worst(), Worst()
    for index, stream in enumerate(streams):
        halves[index % 2].add(stream)
    halves[0].merge(halves[1].pack())
    assert halves[0].streams() == whole.streams()
    assert len(whole.streams()) == KEPT
