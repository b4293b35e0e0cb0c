"""Each benchmark runs, on next to nothing; what it measures is nobody's business."""

from pathlib import Path

import pytest

from benchmarks import held, longtext, oracle, paced, scale, server, subjects, unit
from benchmarks.draining import Drain
from benchmarks.machine import Cores
from benchmarks.measuring import Bench, Trial
from benchmarks.unit import Unit

pytestmark = pytest.mark.process

EVENTS = 40
SECONDS = 0.3


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Unit:
    """Return a short stream."""
    return unit.make(tmp_path_factory.mktemp("unit"), EVENTS)


@pytest.mark.cc
def test_all_servers_send_the_same_at_full_speed(made: Unit) -> None:
    """The limit, both references, and ours in its two ways, without a flaw."""
    rounds = server.measure(made, rounds=1, seconds=SECONDS, streams=(2,))
    assert [r.flaw for r in rounds] == [""] * 5
    assert all(r.drained.longest_bytes == made.size_bytes for r in rounds)
    assert any("of the C limit" in line for line in server.report(rounds))


@pytest.mark.cc
def test_paced_streams_have_their_lateness_measured(made: Unit) -> None:
    """Ours, and those it is compared with."""
    ladders: paced.Ladders = dict.fromkeys(paced.ladders(made), (2,))
    rounds = paced.measure(made, ladders, rounds=1, seconds=SECONDS, ramp_s=0.01)
    assert [r.flaw for r in rounds] == [""] * 4
    assert all(r.drained.late.n for r in rounds)
    assert any("knee" in line for line in paced.report(paced.Paced(rounds, 50.0)))


@pytest.mark.cc
def test_scale_varies_one_thing_at_a_time(tmp_path: Path) -> None:
    """Each axis has a round for each value and server."""
    measured = scale.Scale(tmp_path, 1, SECONDS)
    for axis in (measured.events((20,)), measured.text((30,))):
        assert [r.flaw for r in axis.rounds] == [""] * 2, axis.name


@pytest.mark.cc
def test_memory_is_that_of_streams_that_are_open(tmp_path: Path) -> None:
    """None has ended while it is looked at."""
    axis = scale.Scale(tmp_path, 1, SECONDS).memory((20,), streams=50)
    (measured,) = axis.rounds
    assert measured.connections == 50
    assert measured.drained.streams == 0
    assert held.kilobytes(measured) > 0


@pytest.mark.cc
def test_a_drain_sees_that_events_are_missing(made: Unit) -> None:
    """A stream of another number than it was told of is wrong."""
    (load,) = server.loads(made, SECONDS, (2,))
    short = Unit(
        events=EVENTS + 1, cassette=made.cassette, body=made.body, size_bytes=0
    )
    (expecting,) = server.loads(short, SECONDS, (2,))
    trial = Trial(
        subject=subjects.limit(made), loads=(load, expecting), body_bytes=None
    )
    right, wrong = Bench(Cores.pick()).take_turns([trial], 1)
    assert (right.flaw, right.drained.wrong) == ("", 0)
    assert "streams with a wrong number of events" in wrong.flaw


@pytest.mark.cc
def test_a_drain_counts_what_is_no_stream(made: Unit, unused_tcp_port: int) -> None:
    """Nobody listens, so that every attempt is an error."""
    (load,) = server.loads(made, 0.1, (1,))
    with Drain(unused_tcp_port, load, Cores.pick().client) as drain:
        drain.wait("begin")
        drain.wait("end")
        assert drain.result().errors


def test_histories_of_a_load_test_are_judged() -> None:
    """They are what a checker needs, and cost something."""
    cost = oracle.measure(oracle.load_history(3))
    assert (cost.records, cost.shown) == (11, 3)
    assert cost.rate > 0


@pytest.mark.toxiproxy
def test_each_part_of_a_long_answer_is_measured(tmp_path: Path) -> None:
    """Its goals come first, and each part costs something."""
    found = longtext.measure(400, 1, tmp_path)
    assert [*found.cpu_us] == ["rig", "cassette", "server", "tap", "client", "oracle"]
    assert min(found.cpu_us.values()) > 0
    lines = longtext.report([found])
    assert sum("<= 1.1 x: 1.00 x" in line for line in lines) == 6
    assert sum("<= 8 B" in line for line in lines) == 4
    assert "10 us" in lines[13]
    assert longtext.picture([found]).count("<circle") == 6
