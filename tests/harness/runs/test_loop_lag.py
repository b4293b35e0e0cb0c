import pytest

from midstream.harness.runs.loop_lag import trouble


@pytest.mark.parametrize(("worst_s", "is_late"), [(0.5, False), (0.51, True)])
def test_half_the_bearable_silence_is_too_much(worst_s: float, is_late: bool) -> None:
    """A client that bears one second must not be kept waiting half of it by us."""
    assert bool(trouble(worst_s, idle_s=1.0)) is is_late


def test_who_was_too_busy_says_how_late_it_was() -> None:
    """The text begins with the word that verdicts look for."""
    said = trouble(2.0, idle_s=1.0)
    assert said.startswith("OVERLOADED: the machine was 2.00 s late")
