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


def test_goals_are_judged_of_both_ways_to_send() -> None:
    """One event a write reaches what events that share writes here do not."""
    lines = [line for line in report([*rounds()]) if "C limit >=" in line]
    assert [line.split("  ")[0] for line in lines] == ["reached", "NOT REACHED"]


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
    assert len(judged) == 10
    assert ["CPU an event" in line for line in known] == [True, True]
