import asyncio
from functools import partial
from typing import Any

from midstream.mock_server.serving.timer_wheel import TimerWheel
from tests.helpers import until


class Counter:
    """An entry that runs *times* times, *every_s* seconds apart, and logs each run."""

    def __init__(self, name: str, log: list[str], times: int, every_s: float) -> None:
        self.name, self.log, self.left, self.every_s = name, log, times, every_s
        self.at_s: list[float] = []

    def run_due(self, now_s: float) -> float | None:
        """Come once more."""
        self.log.append(self.name)
        self.at_s.append(now_s)
        self.left -= 1
        return now_s + self.every_s if self.left else None


async def test_those_who_are_due_together_take_turns() -> None:
    """Nobody is served twice before everybody was served once."""
    log: list[str] = []
    wheel = TimerWheel()
    for name in "abc":
        wheel.add(Counter(name, log, 3, 0.0), 0.0)
    await until(lambda: len(log) == 9)
    assert log == [*"abc", *"abc", *"abc"]


async def test_who_only_wants_more_is_served_behind_those_who_are_due() -> None:
    """Also if it has wanted it for longer."""
    log: list[str] = []
    wheel = TimerWheel()
    wheel.add_more(Counter("more", log, 1, 0))
    wheel.add(Counter("due", log, 1, 0), 0.0)
    await until(lambda: len(log) == 2)
    assert log == ["due", "more"]


async def test_one_look_at_the_clock_serves_several() -> None:
    """However many are due in one tick, each is served once, and counted."""
    log: list[str] = []
    wheel, due_s = TimerWheel(), asyncio.get_running_loop().time() + 0.3
    for number in range(100):
        wheel.add(Counter(str(number), log, 1, 0), due_s)
    await until(lambda: len(log) == 100)
    assert log == [str(number) for number in range(100)]
    assert wheel.lateness.count == 100


async def test_nobody_is_served_before_the_time() -> None:
    """Entries run when they are due, in the order of the times."""
    log: list[str] = []
    wheel, now_s = TimerWheel(), asyncio.get_running_loop().time()
    late, soon = Counter("late", log, 1, 0), Counter("soon", log, 1, 0)
    wheel.add(late, now_s + 0.03)
    wheel.add(soon, now_s + 0.01)
    await until(lambda: len(log) == 2)
    assert log == ["soon", "late"]
    assert soon.at_s[0] >= now_s + 0.01
    assert late.at_s[0] >= now_s + 0.03


async def test_the_loop_goes_on_while_many_are_due() -> None:
    """However much there is to do at once, others get their turns in between."""
    log: list[str] = []
    wheel, beats = TimerWheel(), 0
    entry = Counter("a", log, 50_000, 0.0)
    wheel.add(entry, 0.0)
    while entry.left:
        await asyncio.sleep(0)
        beats += 1
    assert beats > 10


async def test_who_has_nothing_more_to_do_is_not_served_again() -> None:
    """None means never; the wheel then stands still."""
    log: list[str] = []
    wheel = TimerWheel()
    wheel.add(Counter("a", log, 2, 0.002), 0.0)
    await until(lambda: len(log) == 2)
    assert wheel.lateness.count == 2
    assert not wheel.is_busy
    wheel.add(Counter("b", log, 1, 0.0), 0.0)
    await until(lambda: len(log) == 3)


async def test_it_knows_how_late_it_is() -> None:
    """What was due a second ago is served a second late."""
    log: list[str] = []
    wheel = TimerWheel()
    wheel.add(Counter("a", log, 1, 0.0), asyncio.get_running_loop().time() - 1.0)
    await until(lambda: bool(log))
    assert 1.0 <= wheel.lateness.percentile_s(99) < 2.0


def _is_served(entry: Counter) -> bool:
    return not entry.left


async def test_it_has_one_timer_however_often_it_is_asked_at_once() -> None:
    """What is due now between two ticks leaves no timer behind."""
    loop: Any = asyncio.get_running_loop()
    log, wheel, far_s = list[str](), TimerWheel(), loop.time() + 60
    wheel.add(Counter("later", log, 1, 0.0), far_s)
    for _ in range(20):
        now = Counter("now", log, 1, 0.0)
        wheel.add(now, 0.0)
        await until(partial(_is_served, now))
    timers = [timer for timer in loop._scheduled if timer.when() >= far_s]
    assert sum(not timer.cancelled() for timer in timers) == 1
