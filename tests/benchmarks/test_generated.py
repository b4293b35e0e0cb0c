from tests.benchmarks.helpers_generated import generated


def test_all_streams_in_time_are_the_whole_pace() -> None:
    """Ten streams of four seconds that each end once in four seconds are 100 %."""
    done = generated()
    assert done.pace == 1.0
    assert done.keeps_pace


def test_a_stream_in_ten_that_is_late_is_too_many() -> None:
    """With nine of ten the pace is not kept."""
    done = generated(ended=9)
    assert done.pace == 0.9
    assert not done.keeps_pace


def test_what_was_wrong_keeps_no_pace() -> None:
    """A round in which a stream failed does not count, however fast it was."""
    assert not generated(flaw="SILENT_TRUNCATION").keeps_pace


def test_costs_are_by_the_event_and_by_the_core() -> None:
    """20 ms for 2,000 events are 10 microseconds each, and half a percent of 4 s."""
    done = generated()
    assert done.cpu_us == 10.0
    assert done.load == 0.005


def test_a_round_without_any_stream_has_a_cost_all_the_same() -> None:
    """Nothing is divided by zero where nothing ended."""
    assert generated(ended=0).cpu_us > 0


def test_a_round_is_quiet_if_others_had_next_to_nothing() -> None:
    """A tenth of a core is the most that others may use."""
    assert generated(foreign=0.1).is_quiet
    assert not generated(foreign=0.11).is_quiet
