from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.harness.load.storm.path_fault import PathCut
from midstream.harness.load.storm.sampling import (
    AGAIN_S,
    StreamSample,
    again_s,
    arrivals,
    count_of,
    draws,
    first_start_s,
    path_of,
    ranks,
)
from midstream.harness.path.toxics.latency import Latency
from midstream.mock_server.core.faults.early_end import EarlyEnd
from tests.harness.load.helpers_load import DELTA, phase

MIXED = phase(
    faults=[
        {"kind": "cut", "part": 0.25, "args": {"bytes": [1000, 9000], "end": "rst"}},
        {
            "kind": "early_end",
            "part": 0.25,
            "at": {"event": DELTA, "nth": [2, 20], "byte": [1, 50]},
        },
    ]
)


@given(seed=st.integers(), user=st.integers(0, 10**6), n=st.integers(0, 10**6))
def test_the_same_words_draw_the_same(seed: int, user: int, n: int) -> None:
    """A conversation meets the same, whatever was drawn before it."""
    first = draws(seed, MIXED, user, n)
    draws(seed, MIXED, user + 1, n)
    assert draws(seed, MIXED, user, n) == first


def test_a_draw_is_what_it_was_in_the_last_release() -> None:
    """A seed that somebody wrote down repeats its storm in another process, too."""
    drawn = draws(7, MIXED, user=3, n=0)
    assert drawn == StreamSample(
        seed=70964706098800, kind="cut", path=PathCut(bytes=1145, end="rst")
    )


def test_parts_are_kept() -> None:
    """A quarter, a quarter, and half of all conversations meet what the file says."""
    kinds = Counter(draws(1, MIXED, user, 0).kind for user in range(4000))
    assert {kind: round(n / 4000, 1) for kind, n in kinds.items()} == {
        "": 0.5,
        "cut": pytest.approx(0.25, abs=0.06),
        "early_end": pytest.approx(0.25, abs=0.06),
    }


@given(st.integers(0, 10**6))
def test_numbers_stay_within_their_ranges(user: int) -> None:
    """Whatever is drawn lies between the two ends, and is a fault that can be armed."""
    drawn = draws(1, MIXED, user, 0)
    if drawn.path:
        assert (1000 <= drawn.path.bytes <= 9000, drawn.path.end) == (True, "rst")
    elif drawn.at:
        assert drawn.server == EarlyEnd()
        assert (drawn.at.event, drawn.at.on) == (DELTA, "generate")
        assert 2 <= drawn.at.nth <= 20
        assert isinstance(drawn.at.byte, int)
        assert 1 <= drawn.at.byte <= 50


def test_both_ends_of_a_range_are_drawn() -> None:
    """A range includes what it begins and ends with."""
    close = {"kind": "cut", "part": 1, "args": {"bytes": [7, 9]}}
    seen = {draws(1, phase(faults=[close]), user, 0).path for user in range(60)}
    assert {path.bytes for path in seen if path} == {7, 8, 9}


def test_a_range_of_one_number_is_that_number() -> None:
    """A range may begin where it ends."""
    same = {"kind": "cut", "part": 1, "args": {"bytes": [7, 7]}}
    assert draws(1, phase(faults=[same]), 0, 0).path == PathCut(bytes=7)


def test_a_broken_number_is_drawn_evenly_between_its_ends() -> None:
    """A range with a point in it gives any number, not only whole ones."""
    stall = {"kind": "stall", "part": 1, "args": {"seconds": [0.5, 2]}}
    drawn = [draws(1, phase(faults=[stall]), user, 0).server for user in range(40)]
    seconds = [getattr(server, "seconds", 0.0) for server in drawn]
    assert all(0.5 <= value <= 2 for value in seconds)
    assert len(set(seconds)) == 40


def test_what_is_drawn_can_be_armed() -> None:
    """History and proofs know a fault by the names they have for any other."""
    drawn = [draws(1, MIXED, user, 0) for user in range(40)]
    armed = {fault.kind: fault for d in drawn for fault in d.armed()}
    assert (armed["cut"].family, armed["cut"].proof) == ("path", "cut")
    assert set(armed["cut"].args) == {"bytes", "end"}
    assert (armed["early_end"].family, armed["early_end"].at["event"]) == (
        "protocol",
        DELTA,
    )
    assert all(fault.may_miss for fault in armed.values())
    assert any(not d.armed() for d in drawn)


def test_groups_of_a_path_share_the_users_out() -> None:
    """Nobody is in two groups of a phase, and each has as many as its part says."""
    split = phase(
        path=[
            {"group": 0.3, "latency_ms": 100, "jitter_ms": 50},
            {"group": 0.5, "slice_bytes": 10},
        ]
    )
    paths = [path_of(1, split, user, 10) for user in range(10)]
    kinds = [path[0].__class__.__name__ if path else "" for path in paths]
    assert Counter(kinds) == {"Latency": 3, "Slicer": 5, "": 2}


def test_jitter_is_a_users_own_and_stays_within_its_bounds() -> None:
    """Each user has one latency, off the common one by no more than the jitter."""
    rough = phase(path=[{"latency_ms": 100, "jitter_ms": 50}])
    paths = [path_of(1, rough, user, 50) for user in range(50)]
    late = [
        toxic.latency_ms
        for path in paths
        for toxic in path
        if isinstance(toxic, Latency)
    ]
    assert len(late) == 50
    assert all(50 <= value <= 150 for value in late)
    assert len(set(late)) > 10
    assert paths == [path_of(1, rough, user, 50) for user in range(50)]


def test_all_of_a_path_holds_at_once() -> None:
    """A group whose path is late, narrow and sliced has all three toxics."""
    bad = phase(path=[{"latency_ms": 9, "rate_kb_per_s": 5, "slice_bytes": 10}])
    names = [type(toxic).__name__ for toxic in path_of(1, bad, 0, 1)]
    assert names == ["Latency", "Bandwidth", "Slicer"]


@given(st.integers(), st.integers(1, 200))
def test_ranks_are_an_order_of_all_users(seed: int, users: int) -> None:
    """Every place is taken once."""
    assert sorted(ranks(seed, "word", users)) == list(range(users))


def test_a_part_of_users_is_rounded() -> None:
    """Half up, and never more than all of them."""
    assert [count_of(0.5, 1), count_of(0.4, 1), count_of(1.0, 7)] == [1, 0, 7]


def test_users_do_not_begin_together() -> None:
    """Each has a moment of its own within the time given."""
    starts = [first_start_s(1, user, 4.0) for user in range(100)]
    assert all(0 <= start_s < 4 for start_s in starts)
    assert len(set(starts)) == 100
    assert max(starts) > 3


def test_users_who_try_again_do_not_do_so_together() -> None:
    """Each has a time of its own, every time; the same words draw the same."""
    waits = [again_s(1, user, n, 4.0) for user in range(50) for n in (1, 2)]
    assert all(AGAIN_S <= wait_s < AGAIN_S + 4 for wait_s in waits)
    assert len(set(waits)) == 100
    assert waits[0] == again_s(1, 0, 1, 4.0)


def test_arrivals_come_at_their_rate_and_in_order() -> None:
    """A thousand a second for ten seconds are about ten thousand, within the span."""
    starts = list(arrivals(1, phase(), rate_per_s=1000.0, span_s=10.0))
    assert 9500 < len(starts) < 10500
    assert all(a < b for a, b in pairwise(starts))
    assert starts[-1] < 10
    assert starts == list(arrivals(1, phase(), rate_per_s=1000.0, span_s=10.0))


def test_what_is_not_in_place_strikes_nobody() -> None:
    """A cut needs a path that carries it; what the server does needs none."""
    drawn = [draws(1, MIXED, user, 0) for user in range(40)]
    cut = next(one for one in drawn if one.path)
    early_end = next(one for one in drawn if one.server)
    assert cut.on(cut.path) == cut
    assert cut.on(None) == StreamSample(seed=cut.seed)
    assert early_end.on(None) == early_end
