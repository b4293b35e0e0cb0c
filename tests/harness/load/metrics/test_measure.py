from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.harness.load.metrics.measure import StreamTimes, StreamWatch, Wait

MS = 1_000_000
BEGAN = 5_000 * MS


def watched(
    tokens_ms: list[int], end_ms: int, disturbed_ms: tuple[int, ...] = ()
) -> StreamTimes:
    """Return the times of one turn that was asked for 10 ms after the begin."""
    watch = StreamWatch(BEGAN)
    watch.asked(BEGAN + 10 * MS)
    for at_ms in tokens_ms:
        watch.token(BEGAN + at_ms * MS)
    for at_ms in disturbed_ms:
        watch.disturbed(BEGAN + at_ms * MS)
    return watch.ended(BEGAN + end_ms * MS)


def test_ttft_is_from_the_request_to_the_first_text() -> None:
    """Setting the conversation up comes before, and is in the whole only."""
    times = watched([110, 130], end_ms=150)
    assert times.ttfts_s == (0.1,)
    assert (times.first_token_s, times.total_s) == (0.11, 0.15)


def test_gaps_are_those_between_neighbours() -> None:
    """Every gap counts, each with the moment at which it ended."""
    times = watched([100, 120, 150, 150], end_ms=151)
    assert times.gaps_us == array("q", [20_000, 30_000, 0])
    assert times.gap_ends_us == array("q", [120_000, 150_000, 150_000])


def test_time_per_token_leaves_the_first_one_out() -> None:
    """The span of the text over the number of steps in it."""
    assert watched([100, 120, 150, 160], end_ms=500).tpots_s == (0.02,)


@pytest.mark.parametrize("tokens_ms", [[], [100]])
def test_a_single_token_has_no_pace(tokens_ms: list[int]) -> None:
    """Without two tokens there are no gaps, and nothing is invented."""
    times = watched(tokens_ms, end_ms=500)
    assert (times.tpots_s, len(times.gaps_us)) == ((), 0)


def test_without_text_the_whole_time_was_a_stall() -> None:
    """Who is shown nothing waits from begin to end."""
    times = watched([], end_ms=500)
    assert (times.ttfts_s, times.first_token_s, times.longest_stall_s) == (
        (),
        None,
        0.5,
    )


@pytest.mark.parametrize(
    ("end_ms", "longest_s"), [(160, 0.05), (450, 0.3)], ids=["inside", "at the end"]
)
def test_the_longest_stall_is_inside_or_at_the_end(
    end_ms: int, longest_s: float
) -> None:
    """Text that stops coming is a stall, whether it goes on or the client gives up."""
    assert watched([100, 150], end_ms).longest_stall_s == longest_s


def test_a_recovery_is_from_the_effect_to_new_text() -> None:
    """The stream broke at 150 ms, and went on at 400 ms."""
    times = watched([100, 120, 400, 410], end_ms=420, disturbed_ms=(150,))
    assert times.recoveries == (Wait(150_000, 400_000),)
    assert (times.recoveries[0].seconds, times.in_vain) == (0.25, ())


def test_effects_without_text_between_them_are_one_recovery() -> None:
    """A second attempt that fails too makes the wait longer, not double."""
    times = watched([100, 400], end_ms=420, disturbed_ms=(150, 300))
    assert times.recoveries == (Wait(150_000, 400_000),)


def test_two_breaks_are_two_recoveries() -> None:
    """Each wait counts by itself if there was new text between them."""
    times = watched([100, 200, 300], end_ms=310, disturbed_ms=(120, 250))
    assert [r.seconds for r in times.recoveries] == [0.08, 0.05]


def test_a_wait_in_vain_is_not_a_recovery() -> None:
    """If no new text comes any more, the time to the end is kept as such."""
    times = watched([100, 120], end_ms=620, disturbed_ms=(150, 300))
    assert (times.recoveries, times.in_vain) == ((), (Wait(150_000, 620_000),))


def test_text_of_the_next_turn_ends_no_wait_of_one_that_was_given_up() -> None:
    """What the user waited for at 150 ms never came, whatever was asked for later."""
    watch = StreamWatch(0)
    watch.token(100 * MS)
    watch.disturbed(150 * MS)
    watch.gave_up(300 * MS)
    watch.disturbed(350 * MS)
    watch.token(400 * MS)
    times = watch.ended(500 * MS)
    assert times.in_vain == (Wait(150_000, 300_000),)
    assert times.recoveries == (Wait(350_000, 400_000),)


def test_giving_up_is_an_effect_of_its_own() -> None:
    """A client that tells of no trouble before has waited in vain all the same."""
    watch = StreamWatch(0)
    watch.token(100 * MS)
    watch.gave_up(300 * MS)
    times = watch.ended(500 * MS)
    assert (times.recoveries, times.in_vain) == ((), (Wait(300_000, 300_000),))


def test_a_stream_disturbed_before_its_first_text_recovers_too() -> None:
    """A response lost before its head is a break like any other."""
    assert watched([400], 410, (50,)).recoveries == (Wait(50_000, 400_000),)


def test_turns_are_measured_by_themselves() -> None:
    """The user's own pause between two turns is no gap between tokens."""
    watch = StreamWatch(BEGAN)
    for asked_ms, tokens_ms in ((0, (50, 60)), (500, (520, 540))):
        watch.asked(BEGAN + asked_ms * MS)
        for at_ms in tokens_ms:
            watch.token(BEGAN + at_ms * MS)
    times = watch.ended(BEGAN + 550 * MS)
    assert times.ttfts_s == (0.05, 0.02)
    assert list(times.gaps_us) == [10_000, 20_000]
    assert times.tpots_s == (0.01, 0.02)


def test_a_client_that_does_not_tell_of_its_request_is_timed_from_its_begin() -> None:
    """Who cannot say when the run was asked for has no better numbers for it."""
    watch = StreamWatch(BEGAN)
    watch.token(BEGAN + 50 * MS)
    watch.token(BEGAN + 60 * MS)
    times = watch.ended(BEGAN + 70 * MS)
    assert (times.ttfts_s, list(times.gaps_us)) == ((0.05,), [10_000])


def test_a_turn_without_text_has_no_ttft() -> None:
    """A refused turn between two others leaves their numbers alone."""
    watch = StreamWatch(BEGAN)
    watch.asked(BEGAN)
    watch.asked(BEGAN + 100 * MS)
    watch.token(BEGAN + 150 * MS)
    assert watch.ended(BEGAN + 160 * MS).ttfts_s == (0.05,)


def test_requests_are_counted_with_their_repetitions() -> None:
    """When each was sent is kept, so that a peak of retries can be seen."""
    watch = StreamWatch(BEGAN)
    watch.attempted(BEGAN)
    watch.attempted(BEGAN + 30 * MS, again=True)
    times = watch.ended(BEGAN + 40 * MS)
    assert (times.attempts_us, times.retries_us) == ((0, 30_000), (30_000,))


@given(
    tokens=st.lists(st.integers(0, 10_000), max_size=30).map(sorted),
    disturbed=st.lists(st.integers(0, 10_000), max_size=10),
)
def test_every_effect_is_in_exactly_one_wait(
    tokens: list[int], disturbed: list[int]
) -> None:
    """Recoveries neither overlap nor outlast the stream, and none is forgotten."""
    times = watched(tokens, 10_001, tuple(disturbed))
    waits = times.waits_us()
    assert all(a[1] <= b[0] for a, b in pairwise(waits))
    assert all(
        sum(begin <= at * 1000 < end for begin, end in waits) == 1 for at in disturbed
    )
