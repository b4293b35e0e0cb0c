from pathlib import Path
from typing import Any

import pytest

from benchmarks import unit
from benchmarks.errors import BenchmarkError
from benchmarks.load_generator import Generated, Generators, knee, report
from benchmarks.machine import Cores

EVENTS = 20


def generated(**given: object) -> Generated:
    """Return a quiet round of ten streams that all ended in time, or as *given*."""
    values: dict[str, Any] = {
        "streams": 10,
        "seconds": 4.0,
        "ended": 10,
        "events": 200,
        "pace_hz": 50.0,
        "cpu_s": 0.02,
        "server_s": 0.02,
        "foreign": 0.0,
        "lag_p99_ms": 1.0,
        **given,
    }
    return Generated(**values)


def generators(folder: Path, seconds: float = 1.0) -> Generators:
    """Return what makes rounds of short streams, with hardly any time for them."""
    made = unit.make(folder, EVENTS)
    return Generators(unit=made, cores=Cores.pick(), warm_up_s=0.5, seconds=seconds)


def test_all_streams_in_time_are_the_whole_pace() -> None:
    """Ten streams of four seconds that each end once in four seconds are 100 %."""
    done = generated()
    assert done.pace == 1.0
    assert done.keeps_pace


def test_a_stream_in_ten_that_is_late_is_too_many() -> None:
    """With nine of ten the pace is not kept."""
    done = generated(ended=9)
    assert done.pace == 0.9
    assert not done.keeps_pace


def test_what_was_wrong_keeps_no_pace() -> None:
    """A round in which a stream failed does not count, however fast it was."""
    assert not generated(flaw="SILENT_TRUNCATION").keeps_pace


def test_costs_are_by_the_event_and_by_the_core() -> None:
    """20 ms for 2,000 events are 10 microseconds each, and half a percent of 4 s."""
    done = generated()
    assert done.cpu_us == 10.0
    assert done.load == 0.005


def test_a_round_without_any_stream_has_a_cost_all_the_same() -> None:
    """Nothing is divided by zero where nothing ended."""
    assert generated(ended=0).cpu_us > 0


def test_the_goal_is_judged_by_the_most_streams_that_kept_the_pace() -> None:
    """Those that did not keep it do not count."""
    done = [generated(), generated(streams=600, ended=600), generated(streams=700)]
    assert report(done)[0].startswith("reached ")
    assert report(done[:1])[0].startswith("NOT REACHED")
    assert [line.split()[0] for line in report(done)[3:]] == ["10", "600", "700"]


def test_what_broke_while_others_worked_tells_nothing() -> None:
    """A round that was not quiet is no proof that it was too much."""
    assert knee([generated(streams=600, foreign=0.2)]) is None
    found = knee([generated(streams=600)])
    assert found is not None
    assert found.mid == 0


@pytest.mark.process
@pytest.mark.load
def test_streams_are_held_that_are_whole(tmp_path: Path) -> None:
    """A few streams end, nothing is wrong with any, and both processes had work.

    On a machine that others use none may end at first; then it is given more time.
    """
    rounds = (generators(tmp_path, seconds).generate(3) for seconds in (1.0, 5.0, 25.0))
    done = next((each for each in rounds if each.ended), None)
    assert done is not None
    assert (done.streams, done.events, done.flaw) == (3, EVENTS, "")
    assert min(done.cpu_s, done.server_s) > 0


@pytest.mark.process
@pytest.mark.load
def test_a_load_generator_that_breaks_is_no_round(tmp_path: Path) -> None:
    """It says so, and leaves nothing to count."""
    made = generators(tmp_path)
    made.unit.cassette.write_text("no cassette")
    with pytest.raises(BenchmarkError):
        made.generate(3)
