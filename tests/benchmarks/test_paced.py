from benchmarks.curves import draw
from benchmarks.pace import LEAD, due_s, ideal_rate
from benchmarks.paced import Paced, knee, picture, report
from benchmarks.rounds import Round
from benchmarks.subjects import OURS
from tests.benchmarks.helpers_rounds import drained, measured, times


def step(
    streams: int, part: float, late_ms: float, *, foreign: float = 0.0, flaw: str = ""
) -> Round:
    """Return a round in which *part* of the pace was reached."""
    came = drained(events=round(50 * streams * part), late=times(late_ms))
    return measured(OURS, streams, drained=came, foreign=foreign, flaw=flaw)


def paced(*rounds: Round) -> Paced:
    """Return *rounds* of streams that should have 50 events a second."""
    return Paced(rounds, ideal=50.0)


def test_the_first_events_are_due_together() -> None:
    """A thread and a run in it are told at once, all others one by one."""
    assert [due_s(n, 1.0) for n in range(4)] == [0, 0, 1, 2]
    assert LEAD == 1


def test_streams_that_follow_each_other_have_more_than_fifty_events_a_second() -> None:
    """200 events take 198 intervals, and the next stream begins at once."""
    assert ideal_rate(200) == 200 / (198 * 0.02)


def test_the_knee_is_the_last_step_that_kept_pace_and_was_in_time() -> None:
    """More streams were too late."""
    found = knee(paced(step(500, 1.0, 2), step(1000, 0.98, 9), step(1500, 1, 30)), OURS)
    assert found == (1000, "1,000 streams")


def test_a_knee_nobody_reached_is_at_least_the_last_step() -> None:
    """It is not claimed that more would be too many."""
    found = knee(paced(step(500, 1.0, 2)), OURS)
    assert found == (500, "500 streams or more")


def test_a_lost_pace_ends_it_however_punctual_the_rest_is() -> None:
    """Events that never came are late in no other figure."""
    found = knee(paced(step(500, 0.96, 2), step(1000, 1.0, 2)), OURS)
    assert found == (0, "none of those measured")


def test_a_step_that_was_flawed_ends_it() -> None:
    """Connections without any event are worse than late ones."""
    found = knee(paced(step(500, 1, 2), step(1000, 1, 2, flaw="10 errors")), OURS)
    assert found == (500, "500 streams")


def test_a_busy_machine_has_no_knee() -> None:
    """Nothing is said of the server by what others took from it."""
    rounds = paced(step(500, 1.0, 2), step(1000, 0.5, 99, foreign=0.4))
    assert knee(rounds, OURS) is None
    assert any(line.startswith("not measured  knee") for line in report(rounds))


def test_goals_are_judged_first() -> None:
    """The knee, the CPU, the pace, and how late one event in a hundred is."""
    lines = report(paced(step(500, 0.98, 2), step(1000, 1.0, 15)))
    assert [line.split("  ")[0] for line in lines[1:7]] == [
        "NOT REACHED",
        "not measured",
        "NOT REACHED",
        "reached",
        "NOT REACHED",
        "not measured",
    ]


def test_lateness_is_drawn_for_quiet_steps() -> None:
    """A step that was not quiet has no point, and without any there is no curve."""
    rounds = paced(step(500, 1.0, 2), step(1000, 1, 30, foreign=0.5))
    shown = picture(rounds)
    assert [curve.points for curve in shown.curves] == [[(500, 2.0)]]
    assert "20 ms" in draw(shown)
