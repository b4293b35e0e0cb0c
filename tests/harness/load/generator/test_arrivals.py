"""When conversations begin. Time is a number here: waiting moves it on."""

from collections.abc import Callable

import pytest

from midstream.harness.load.generator.arrivals import Starts
from midstream.harness.load.metrics.share import Share
from midstream.harness.load.storm.load_order import LoadOrder, Timetable
from midstream.harness.load.storm.sampling import AGAIN_S, arrivals
from tests.harness.load.helpers_load import storm
from tests.harness.load.helpers_orders import order

PACED = {"name": "paced", "arrival": {"rate_per_s": 3.0}}
CLOSED = {"name": "closed"}


class Clock:
    """A time that passes when somebody waits."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.rests: list[float] = []
        self.is_over = False

    def rest(self, seconds: float) -> bool:
        """Let time pass; say whether the run is over."""
        self.rests.append(seconds)
        self.now_s += seconds
        return self.is_over

    def at_s(self) -> float:
        """Return the time."""
        return self.now_s


def starts(
    of: LoadOrder, clock: Clock, index: int = 0
) -> Callable[[int], float | None]:
    """Return what lets a user of load generator *index* wait."""
    seen_to = all_starts(of, clock, index)
    return lambda user: seen_to.wait(user, clock.at_s)


def all_starts(of: LoadOrder, clock: Clock, index: int = 0) -> Starts:
    """Return the starts that load generator *index* sees to."""
    return Starts(of, Timetable(of), index, clock.rest)


def test_users_of_a_closed_loop_begin_apart() -> None:
    """Each waits a time of its own before its first conversation, within an answer."""
    firsts = []
    for user in range(20):
        clock = Clock()
        assert starts(order(), clock)(user) == 0.0
        firsts.append(clock.now_s)
    assert len(set(firsts)) == 20
    assert 0.0 < min(firsts) < max(firsts) < 1.2  # the answer takes 1.1 s


def test_users_of_a_closed_loop_ask_again_at_once() -> None:
    """Only the first conversation waits for anything."""
    clock = Clock()
    wait = starts(order(), clock)
    wait(0)
    assert (wait(0), len(clock.rests)) == (0.0, 1)


def test_who_was_shown_nothing_waits_before_asking_again() -> None:
    """A moment, and a part of an answer's length that is another each time."""
    clock = Clock()
    seen_to = all_starts(order(), clock)
    seen_to.wait(0, clock.at_s)
    clock.rests.clear()
    for _ in range(5):
        seen_to.show_nothing(0)
        assert seen_to.wait(0, clock.at_s) == 0.0
    assert len(set(clock.rests)) == 5
    assert all(AGAIN_S <= rest_s < AGAIN_S + 1.2 for rest_s in clock.rests)


def test_who_was_shown_nothing_waits_once() -> None:
    """Behind the next answer it asks again at once, and so do all others."""
    clock = Clock()
    seen_to = all_starts(order(), clock)
    for user in (0, 1):
        seen_to.wait(user, clock.at_s)
    seen_to.show_nothing(0)
    assert [seen_to.wait(user, clock.at_s) for user in (0, 0, 1)] == [0.0] * 3
    assert len(clock.rests) == 3  # twice for the first time, once again


def test_even_as_fast_as_possible_nobody_fails_without_a_pause() -> None:
    """An answer without pace has no length, and the moment stays."""
    clock = Clock()
    seen_to = all_starts(order(storm(speed=0)), clock)
    seen_to.wait(0, clock.at_s)
    seen_to.show_nothing(0)
    seen_to.wait(0, clock.at_s)
    assert clock.now_s >= AGAIN_S


def test_a_pause_into_another_phase_begins_nothing() -> None:
    """Whoever has waited for it asks again, for the phase may have other arrivals."""
    clock = Clock()
    seen_to = all_starts(order(storm(CLOSED, PACED), run_s=6.0), clock)
    seen_to.wait(0, clock.at_s)
    clock.now_s = 2.9
    seen_to.show_nothing(0)
    assert seen_to.wait(0, clock.at_s) is None


def test_paced_starts_wait_for_nothing_else() -> None:
    """Their rate is what was asked for, whatever became of the ones before."""
    clock, of = Clock(), order(storm(PACED))
    seen_to = all_starts(of, clock)
    for start_s in arrivals(of.seed, of.storm.phases[0], 3.0, 10.0):
        assert seen_to.wait(0, clock.at_s) == 0.0
        assert clock.now_s == pytest.approx(start_s)
        seen_to.show_nothing(0)


def test_as_fast_as_possible_nobody_waits() -> None:
    """An answer without pace has no time to spread users over."""
    clock = Clock()
    assert starts(order(storm(speed=0)), clock)(0) == 0.0
    assert clock.now_s == 0.0


def test_a_spread_into_another_phase_begins_nothing() -> None:
    """Whoever was to begin in a phase that is over asks again."""
    clock = Clock()
    wait = starts(order(storm(CLOSED, PACED), run_s=1e-6), clock)
    assert wait(0) is None


def test_paced_starts_are_those_that_were_drawn() -> None:
    """Whichever user is free takes the next one, and waits for it; nobody is spread."""
    clock, of = Clock(), order(storm(PACED))
    wait = starts(of, clock)
    drawn = list(arrivals(of.seed, of.storm.phases[0], 3.0, 10.0))
    for user, start_s in enumerate(drawn):
        assert wait(user) == 0.0
        assert clock.now_s == pytest.approx(start_s)


def test_load_generators_share_the_starts_out() -> None:
    """Together they have all of them, and none has one of another's."""
    of = order(storm(PACED), workers=3)
    taken: list[float] = []
    for index in range(3):
        clock = Clock()
        wait = starts(of, clock, index)
        while wait(0) is not None:
            taken.append(clock.now_s)
    drawn = list(arrivals(of.seed, of.storm.phases[0], 3.0, 10.0))
    assert sorted(taken) == pytest.approx(drawn)


def test_who_comes_late_is_late() -> None:
    """A start that nobody was free for is made up for, and its lateness told."""
    clock, of = Clock(), order(storm(PACED))
    wait = starts(of, clock)
    first_s = next(arrivals(of.seed, of.storm.phases[0], 3.0, 10.0))
    clock.now_s = first_s + 2.0
    assert wait(0) == pytest.approx(2.0)
    assert clock.rests == [0.0]


def test_when_all_starts_are_given_away_the_phase_is_waited_out() -> None:
    """Who asks in vain waits for the next phase, and is told to ask again."""
    clock, of = Clock(), order(storm(PACED, CLOSED), run_s=2.0)
    wait = starts(of, clock)
    while (late_s := wait(0)) is not None:
        assert late_s == 0.0
    assert clock.now_s == pytest.approx(1.0)
    assert wait(0) == 0.0  # a closed loop again, and no first time any more


def test_behind_the_last_phase_nobody_spins() -> None:
    """There is nothing to wait for any more, and each asking still takes its time."""
    clock = Clock()
    wait = starts(order(storm(PACED), run_s=1.0), clock)
    while wait(0) is not None:
        pass
    clock.rests.clear()
    assert (wait(0), len(clock.rests)) == (None, 1)
    assert clock.rests[0] > 0


@pytest.mark.parametrize("late_s", [0.0, 9.99])
def test_starts_that_somebody_was_free_for_are_not_missed(late_s: float) -> None:
    """Not even those that came late, as long as they came in their phase."""
    clock, of = Clock(), order(storm(PACED))
    clock.now_s = late_s
    seen_to = all_starts(of, clock)
    while seen_to.wait(0, clock.at_s) is not None:
        pass
    drawn = list(arrivals(of.seed, of.storm.phases[0], 3.0, 10.0))
    assert seen_to.paced(clock.now_s) == Share(0, len(drawn))


def test_starts_that_nobody_was_free_for_are_missed() -> None:
    """Who comes back when the phase is over finds them gone, and they are counted."""
    clock, of = Clock(), order(storm(PACED, CLOSED))
    seen_to = all_starts(of, clock)
    seen_to.wait(0, clock.at_s)
    clock.now_s = 9.0
    assert seen_to.wait(0, clock.at_s) == 0.0  # in the closed loop behind it
    drawn = list(arrivals(of.seed, of.storm.phases[0], 3.0, 5.0))
    assert seen_to.paced(clock.now_s) == Share(len(drawn) - 1, len(drawn))


def test_a_start_that_was_given_away_and_did_not_begin_is_missed() -> None:
    """The run was over before, and only what had begun by then counts as begun."""
    clock, of = Clock(), order(storm(PACED))
    seen_to = all_starts(of, clock)
    clock.is_over = True
    assert seen_to.wait(0, clock.at_s) is None
    assert seen_to.paced(clock.now_s + 1e-6) == Share(1, 1)


def test_starts_that_were_not_due_are_not_missed() -> None:
    """A run that ends early owes nobody what would have come later."""
    assert all_starts(order(storm(PACED)), Clock()).paced(0.0) == Share(0, 0)


@pytest.mark.parametrize("phase", [CLOSED, {**PACED, "users": 0}])
def test_where_nobody_is_meant_to_begin_nothing_is_missed(phase: object) -> None:
    """A closed loop has no starts to miss, and a phase without users none either."""
    of = order(storm(phase, {**PACED, "name": "end"}))  # type: ignore[arg-type]
    assert all_starts(of, Clock()).paced(5.0) == Share(0, 0)


def test_load_generators_share_what_is_missed() -> None:
    """Each counts its own part, whether it has any user or not."""
    of = order(storm(PACED), workers=3)
    parts = [all_starts(of, Clock(), index).paced(10.0) for index in range(3)]
    drawn = list(arrivals(of.seed, of.storm.phases[0], 3.0, 10.0))
    assert sum(part.whole for part in parts) == len(drawn)
    assert all(part.part == part.whole for part in parts)
