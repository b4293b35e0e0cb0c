from benchmarks.rounds import Spread
from benchmarks.tables import Goal, notes, said, table
from tests.benchmarks.helpers_rounds import measured

FAST = Goal("events", 0.7, is_least=True)
SOON = Goal("first event", 1, is_least=False, unit=" ms")


def spread(mid: float) -> Spread:
    """Return three values around *mid*."""
    return Spread(mid, mid / 2, mid * 2, 3)


def test_a_goal_is_reached_at_its_bound() -> None:
    """Of at least as well as of at most."""
    assert FAST.line(spread(0.7)).startswith("reached ")
    assert SOON.line(spread(1.0)).startswith("reached ")


def test_a_goal_that_is_not_reached_is_called_so_loudly() -> None:
    """One hundredth short is short."""
    assert FAST.line(spread(0.69)).startswith("NOT REACHED ")
    assert SOON.line(spread(1.01)).startswith("NOT REACHED ")


def test_a_goal_is_not_reached_by_not_being_measured() -> None:
    """Nothing passes by default."""
    assert FAST.line(None) == "not measured  events >= 0.7: -"


def test_a_goal_shows_what_it_was_measured_by() -> None:
    """The figure stands beside the bound, both in its unit."""
    assert SOON.line(spread(0.5)).endswith("first event <= 1 ms: 0.50 (0.25-1.00) ms")


def test_a_figure_measured_once_has_no_range() -> None:
    """Lowest and highest are shown where there is more than one."""
    assert said(Spread(1234.0, 1234.0, 1234.0, 1)) == "1,234"
    assert said(Spread(2.0, 1.0, 3.0, 2), 1) == "2.0 (1.0-3.0)"
    assert said(None) == "-"


def test_figures_of_a_table_stand_below_each_other() -> None:
    """Names begin at the left, figures end at the right."""
    rows = [["long name", "1"], ["b", "1,000"]]
    assert table(["who", "n"], rows) == [
        "who            n",
        "long name      1",
        "b          1,000",
    ]


def test_notes_tell_of_rounds_that_were_not_quiet_and_of_flaws() -> None:
    """Who reads the table sees what it leaves out."""
    rounds = [measured(), measured(number=2, foreign=0.5), measured(flaw="broken")]
    said = "\n".join(notes(rounds))
    assert "1 of 2 measurements were quiet" in said
    assert "Not quiet: some of round 3." in said
    assert "FLAWED: ours, 32: broken" in said


def test_notes_are_short_when_all_was_quiet() -> None:
    """Two lines, and no round is named."""
    assert len(notes([measured()])) == 2
