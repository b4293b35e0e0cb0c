import asyncio
import time

import pytest

from midstream.harness.runs.loop_lag import LoopLagMonitor


async def test_a_loop_that_was_blocked_was_late() -> None:
    """What keeps the loop from running shows in how late a beat comes."""
    async with LoopLagMonitor() as lag:
        await asyncio.sleep(0)
        time.sleep(0.2)  # noqa: ASYNC251  # the very thing to be noticed
        await asyncio.sleep(0.06)
    assert 0.1 < lag.worst_s < 5
    assert lag.trouble(idle_s=0.1).startswith("OVERLOADED: the machine was 0.")


@pytest.mark.parametrize(("worst_s", "is_late"), [(0.5, False), (0.51, True)])
def test_half_the_bearable_silence_is_too_much(
    worst_s: float, is_late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that bears one second must not be kept waiting half of it by us."""
    monkeypatch.setattr(LoopLagMonitor, "worst_s", worst_s)
    lag = LoopLagMonitor()
    assert bool(lag.trouble(idle_s=1.0)) is is_late
