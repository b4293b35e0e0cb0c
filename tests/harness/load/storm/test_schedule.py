from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midstream.harness.load.errors import StormError
from midstream.harness.load.storm.schedule import downs, require_fits, shortest_s, spans
from tests.harness.load.helpers_load import storm


@given(
    shares=st.lists(st.floats(0.1, 100), min_size=1, max_size=8),
    run_s=st.floats(0.1, 10_000),
)
def test_phases_fill_the_run_without_gaps(shares: list[float], run_s: float) -> None:
    """Each begins where the one before it ends, the last one with the run."""
    weather = storm(*({"name": f"p{i}", "share": s} for i, s in enumerate(shares)))
    found = spans(weather, run_s)
    assert found[0].begin_s == 0
    assert found[-1].end_s == pytest.approx(run_s)
    assert all(a.end_s == b.begin_s for a, b in pairwise(found))


def test_a_phase_lasts_as_long_as_its_share() -> None:
    """Shares are weights, whatever they add up to."""
    weather = storm({"name": "a", "share": 1}, {"name": "b", "share": 3})
    assert [span.length_s for span in spans(weather, 20.0)] == [5.0, 15.0]


@pytest.mark.parametrize(("part", "expected"), [(0, 0), (0.001, 1), (0.25, 5), (1, 20)])
def test_a_part_of_the_users_is_never_lost_to_rounding(
    part: float, expected: int
) -> None:
    """Somebody is there if the file says that somebody is."""
    busy = {"name": "busy"}
    (_, span) = spans(storm(busy, {"name": "p", "users": part}), 10.0)
    assert span.users(20) == expected


def test_an_outage_is_placed_in_its_phase() -> None:
    """It begins at its part of the phase, and strikes its part of the users."""
    out = {"after": 0.5, "for_s": 2, "group": 0.25}
    weather = storm({"name": "a"}, {"name": "b", "outages": [out]})
    (down,) = downs(weather, 20.0, seed=1, users=8)
    assert (down.phase, down.begin_s, down.end_s) == ("b", 15.0, 17.0)
    assert len(down.users) == 2


def test_an_outage_without_a_group_is_shared_by_all() -> None:
    """Everybody goes down at once and comes back at once."""
    weather = storm({"name": "a", "outages": [{"for_s": 2}]})
    (down,) = downs(weather, 20.0, seed=1, users=5)
    assert down.users == (0, 1, 2, 3, 4)


@given(users=st.integers(0, 60), number=st.integers(2, 9))
def test_a_rolling_outage_takes_each_user_down_once(users: int, number: int) -> None:
    """The groups follow each other, share nobody, and are of about one size."""
    weather = storm({"name": "a", "outages": [{"for_s": 1, "rolling": number}]})
    found = downs(weather, 20.0, seed=1, users=users)
    assert sorted(user for down in found for user in down.users) == list(range(users))
    assert [down.begin_s for down in found] == [float(i) for i in range(number)]
    sizes = [len(down.users) for down in found]
    assert max(sizes) - min(sizes) <= 1


def test_another_seed_strikes_others() -> None:
    """Who is in a group is drawn, and drawn again for each outage."""
    twice = [{"for_s": 1, "group": 0.5}, {"for_s": 1, "after": 0.5, "group": 0.5}]
    weather = storm({"name": "a", "outages": twice})
    first, second = downs(weather, 20.0, seed=1, users=100)
    assert first.users != second.users
    assert downs(weather, 20.0, seed=2, users=100)[0].users != first.users
    assert downs(weather, 20.0, seed=1, users=100) == (first, second)


def test_a_run_too_short_for_an_outage_is_refused() -> None:
    """The message says how long would be long enough, and that is true."""
    out = {"after": 0.5, "for_s": 2}
    weather = storm({"name": "a", "outages": [out]}, {"name": "b", "share": 3})
    assert shortest_s(weather) == 16.0
    with pytest.raises(StormError, match=r"mine: a run of 15 s .* at least 16 s"):
        downs(weather, 15.0, seed=1, users=5)
    require_fits(weather, 16.0)


def test_a_rolling_outage_needs_time_for_all_its_groups() -> None:
    """Three groups of two seconds each, in a phase of twice the other one's length."""
    rolling = {"name": "a", "share": 2, "outages": [{"for_s": 2, "rolling": 3}]}
    assert shortest_s(storm(rolling, {"name": "b"})) == 9.0


def test_without_outages_any_run_is_long_enough() -> None:
    """Phases alone can be as short as one likes."""
    require_fits(storm(), 0.1)


@pytest.mark.parametrize("run_s", [0.0, -1.0])
def test_a_run_takes_time(run_s: float) -> None:
    """None at all is refused by the option's name, whatever the storm."""
    with pytest.raises(StormError, match=r"^-t, --run-time: .* 30s"):
        require_fits(storm(), run_s)
    require_fits(storm(), 1.0)
