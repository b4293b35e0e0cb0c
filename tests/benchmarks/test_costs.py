import pytest

from benchmarks.costs import HELP, RunCost, answer_s, report, start_ms
from benchmarks.rounds import Spread


def test_a_run_is_shown_with_what_all_runs_share() -> None:
    """Where a scenario was not run, there is no number."""
    cost = RunCost(calm=Spread(0.5, 0.4, 0.75, 3), cut=None, once_s=1.25)
    row = report({}, {"it": cost})[-1]
    assert row.split() == ["it", "0.50", "0.75", "-", "-", "1.25", "3"]


def test_the_goal_is_that_of_a_command() -> None:
    """It comes first."""
    assert report({HELP: Spread(151, 150, 160, 3)}, {})[0].startswith("NOT REACHED")
    assert report({}, {})[0].startswith("not measured")


@pytest.mark.process
def test_commands_take_turns() -> None:
    """Ours takes longer than Python itself, which it is."""
    bare, ours = start_ms(1).values()
    assert bare
    assert ours
    assert ours.mid > bare.mid > 0


def test_the_answer_takes_as_long_as_it_was_recorded() -> None:
    """Some time, and less than any run of it may take."""
    assert 0 < answer_s() < 8
