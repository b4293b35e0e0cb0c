from collections.abc import Iterator

from benchmarks.rounds import Round
from benchmarks.server import report
from benchmarks.subjects import JOINED, LIMIT, OURS, RAW
from tests.benchmarks.helpers_rounds import drained, measured, times

RATES = {LIMIT: 1000, RAW: 800, OURS: 750, JOINED: 600}


def rounds(foreign: float = 0.0) -> Iterator[Round]:
    """Yield a round of each server under each load."""
    for name, events in RATES.items():
        for streams in (32, 256):
            came = drained(events=events, ttft=times(streams / 64))
            yield measured(name, streams, drained=came, foreign=foreign)


def test_each_server_has_a_line_for_each_number_of_streams() -> None:
    """With its rate, and that of the limit's and of the raw protocol's."""
    lines = report([*rounds()])
    assert [line for line in lines if line.startswith(f"{OURS}  ")] == [
        line for line in lines if "  750  0.75    0.94 " in line
    ]
    assert sum(line.startswith(LIMIT) for line in lines) == 2


def test_cpu_is_judged_by_the_references_of_the_same_round() -> None:
    """One event a write, as midstream does by itself."""
    first, second = report([*rounds()])[1:3]
    assert first.startswith("reached       CPU an event, of the raw protocol's <= 1.25")
    assert second.startswith("reached       events a CPU second, of the C limit's >=")
    assert (first.split()[-1], second.split()[-1]) == ("1.07", "0.750")


def test_first_events_are_judged_by_the_number_of_streams() -> None:
    """Each has its own bound."""
    said = "\n".join(report([*rounds()]))
    assert "reached       first event, p50 of 32 streams <= 1 ms: 0.50 ms" in said
    assert "reached       first event, p50 of 256 streams <= 6 ms: 4.00 ms" in said


def test_a_machine_that_is_busy_leaves_only_cpu_time() -> None:
    """No goal that needs a clock is reached or missed."""
    lines = report([*rounds(foreign=0.5)])
    judged = [line for line in lines if ">= " in line or "<= " in line]
    known = [line for line in judged if not line.startswith("not measured")]
    assert len(judged) == 4
    assert ["CPU" in line for line in known] == [True, True]
