import asyncio
from typing import Literal

from midstream.mock_server.serving.pacer import _is_set


class SetAtTheDeadline(asyncio.Event):
    """Is set in the same turn of the loop in which its waiter's time is up."""

    async def wait(self) -> Literal[True]:
        """Be set, and let the deadline win all the same."""
        self.set()
        raise TimeoutError


async def test_a_change_that_comes_with_the_deadline_is_not_missed() -> None:
    """A plan that was cut short at that moment must be looked at again."""
    assert await _is_set(SetAtTheDeadline(), 1.0)


async def test_without_a_change_the_deadline_passes() -> None:
    """Nothing came: the entry is due."""
    assert not await _is_set(asyncio.Event(), 0.001)
