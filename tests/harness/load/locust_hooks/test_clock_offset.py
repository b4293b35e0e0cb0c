import pytest

from midstream.harness.load.locust_hooks.clock_offset import Offset


def test_nobody_asked_is_no_difference() -> None:
    """On one machine there is none, and nobody has to wait for an answer."""
    assert Offset().seconds == 0.0


@pytest.mark.parametrize("ahead_s", [0.0, 3600.0, -7.5])
def test_the_other_clock_showed_the_middle(ahead_s: float) -> None:
    """Question and answer take equally long, as far as anybody knows."""
    offset = Offset()
    offset.take(asked_s=100.0, told_s=101.0 + ahead_s, now_s=102.0)
    assert offset.seconds == ahead_s


def test_the_quickest_answer_counts() -> None:
    """One that was held up says little, whenever it came."""
    offset = Offset()
    offset.take(asked_s=100.0, told_s=100.9, now_s=101.0)
    offset.take(asked_s=102.0, told_s=102.05, now_s=102.1)
    offset.take(asked_s=103.0, told_s=103.1, now_s=104.0)
    assert offset.seconds == pytest.approx(0.0)


def test_it_is_asked_a_few_times() -> None:
    """And not for ever."""
    offset = Offset()
    answers = [offset.take(0.0, 0.0, 1.0) for _ in range(8)]
    assert answers == [True] * 7 + [False]
