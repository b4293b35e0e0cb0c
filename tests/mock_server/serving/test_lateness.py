import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from midstream.mock_server.serving.lateness import Beats, Lateness, Standstill


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


def test_the_worst_is_known_however_many_were_in_time() -> None:
    """One of a thousand is beyond every usual percentile, and is not cut off."""
    late = Lateness()
    for delay_s in (*[0.001] * 999, 60.0):
        late.add(delay_s)
    assert late.percentile_s(99) < 0.01
    assert late.worst_s == 60.0


class Clock:
    """The running loop's clock, which can jump as if the process had been stopped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.jump_s = 0.0
        loop = asyncio.get_running_loop()
        real = loop.time
        monkeypatch.setattr(loop, "time", lambda: real() + self.jump_s)


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock of the test's loop."""
    return Clock(monkeypatch)


@pytest.fixture
async def standstill(clock: Clock) -> AsyncIterator[Standstill]:  # noqa: ARG001 (first)
    """Return what measures the loop of the test, and has begun."""
    measured = Standstill()
    measured.begin()
    await asyncio.sleep(0)
    yield measured
    measured.close()


async def test_a_loop_that_stood_still_says_so_at_once(
    clock: Clock, standstill: Standstill
) -> None:
    """Also to who wakes up before the next beat does; and it says it once."""
    clock.jump_s = 60.0
    assert 59 < standstill.take_s() < 90
    assert standstill.take_s() < 30


async def test_a_loop_that_stood_still_remembers(
    clock: Clock, standstill: Standstill
) -> None:
    """Until somebody asks, however well it went on."""
    clock.jump_s = 60.0
    for _ in range(5):  # the beat comes, and notes
        await asyncio.sleep(0)
    clock.jump_s = 0.0
    assert 59 < standstill.take_s() < 90
    assert standstill.take_s() < 30


async def test_a_loop_that_was_blocked_was_late() -> None:
    """What keeps the loop from running shows in how late a beat comes."""
    with Standstill(0.05) as measured:
        await asyncio.sleep(0)
        time.sleep(0.2)  # noqa: ASYNC251  # the very thing to be noticed
        await asyncio.sleep(0.06)
    assert 0.1 < measured.worst_s < 5


def test_the_same_delay_is_told_once() -> None:
    """Whoever looks between two beats counts up to then, and the beat the rest."""
    beats = Beats(0.5, now_s=10.0)
    beats.expect(10.0)
    assert not beats.is_due(10.5)
    assert beats.is_due(12.0)
    assert (beats.late_s(12.0), beats.late_s(12.5)) == (1.5, 0.5)
