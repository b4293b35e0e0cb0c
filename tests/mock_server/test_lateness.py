from mock_server.lateness import Lateness


def test_nothing_counted_is_never_late() -> None:
    """No delay is known, so none is claimed."""
    assert (Lateness().count, Lateness().percentile_s(99)) == (0, 0.0)


def test_a_percentile_is_never_less_than_it_was() -> None:
    """It is the upper end of a step of half a millisecond."""
    late = Lateness()
    for index in range(100):
        late.add(index / 1000)
    assert late.count == 100
    assert 0.098 < late.percentile_s(99) <= 0.0995
    assert 0.049 < late.percentile_s(50) <= 0.0505


def test_early_is_in_time_and_very_late_is_counted_as_such() -> None:
    """Neither falls off the scale."""
    late = Lateness()
    late.add(-1.0)
    late.add(60.0)
    assert late.percentile_s(50) == 0.0005
    assert late.percentile_s(100) > 2.0
