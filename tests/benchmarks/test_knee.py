from collections.abc import Callable

import pytest

from benchmarks.knee import Knee, knee, try_next


def search(holds: Callable[[int], bool], first: int) -> dict[int, bool]:
    """Return what was tried until the knee was known."""
    tried: dict[int, bool] = {}
    while (number := try_next(tried, first)) is not None:
        assert number not in tried
        tried[number] = holds(number)
    return tried


@pytest.mark.parametrize("first", [10, 300, 520, 900, 2000])
@pytest.mark.parametrize("most", [20, 480, 521, 1300])
def test_the_knee_is_found_from_wherever_one_begins(first: int, most: int) -> None:
    """What holds is at most 5 % below what breaks, and the truth is between."""
    found = knee(search(lambda n: n <= most, first))
    assert found.breaks is not None
    assert found.holds <= most < found.breaks
    assert found.breaks - found.holds <= max(1, 0.05 * found.holds)


def test_few_tries_are_enough_from_near_by() -> None:
    """From a fifth below it takes five tries at most."""
    assert len(search(lambda n: n <= 600, 500)) <= 5


def test_if_nothing_holds_the_search_ends() -> None:
    """Zero streams hold; one breaks."""
    assert knee(search(lambda _: False, 500)) == Knee(0, 1)


def test_what_breaks_below_what_holds_is_noise() -> None:
    """500 that once did not hold say nothing once 600 did."""
    assert knee({500: False, 600: True}) == Knee(600, None)


def test_nothing_tried_shows_nothing() -> None:
    """Before the first try none is known to hold, nor to break."""
    assert knee({}) == Knee(0, None)
