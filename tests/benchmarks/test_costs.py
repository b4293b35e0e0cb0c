from benchmarks.costs import runs_table, start_table
from benchmarks.rounds import Spread
from benchmarks.run_costs import RunCost, answer_s
from benchmarks.startup import PYTHON, Took


def test_a_command_is_compared_with_python_round_by_round() -> None:
    """The ratio is the median of each round's own, whatever the machine did between."""
    took = {
        PYTHON: [Took(0.010, 0.010), Took(0.100, 0.010), Took(0.010, 0.010)],
        "it": [Took(0.020, 0.030), Took(0.200, 0.030), Took(0.050, 0.030)],
    }
    rows = start_table(took)
    assert rows[-1].split() == ["it", "50", "20", "200", "30", "2.0", "3.0"]


def test_a_run_is_shown_with_what_all_runs_share() -> None:
    """Where a scenario was not run, there is no number."""
    cost = RunCost(calm=Spread(0.5, 0.4, 0.75, 3), cut=None, once_s=1.25)
    row = runs_table({"it": cost})[-1]
    assert row.split() == ["it", "0.50", "0.75", "-", "-", "1.25", "3"]


def test_the_answer_takes_as_long_as_it_was_recorded() -> None:
    """Some time, and less than any run of it may take."""
    assert 0 < answer_s() < 8
