import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.harness.load.metrics.share import Share


def test_the_interval_is_that_of_the_books() -> None:
    """Newcombe 1998, Statistics in Medicine 17:857, table I, method 3: 81/263."""
    assert Share(81, 263).interval() == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert Share(0, 20).interval() == pytest.approx((0.0, 0.1611), abs=5e-5)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_share_lies_in_its_interval(part: int, rest: int) -> None:
    """It never leaves 0 to 1, and holds what was seen."""
    share = Share(part, part + rest)
    low, high = share.interval()
    assert 0 <= low <= high <= 1
    if share.value is not None:
        assert low - 1e-9 <= share.value <= high + 1e-9


def test_of_nothing_nothing_is_known() -> None:
    """Without a single stream there is no share, and every one is possible."""
    assert (Share(0, 0).value, Share(0, 0).interval()) == (None, (0.0, 1.0))
