import asyncio
from collections.abc import AsyncGenerator

import pytest

from midstream.harness.load.metrics.stepping import stepped


class Source:
    """Yields numbers, and knows whether it could clean up."""

    def __init__(self) -> None:
        self.is_closed = False

    async def numbers(self) -> AsyncGenerator[int, None]:
        """Yield three numbers."""
        try:
            for number in range(3):
                yield number
        finally:
            self.is_closed = True


def test_yields_what_async_code_yields() -> None:
    """All of it, in order, without an event loop."""
    source = Source()
    assert list(stepped(source.numbers())) == [0, 1, 2]
    assert source.is_closed


def test_who_leaves_in_the_middle_lets_it_clean_up() -> None:
    """Closing the iterator closes the source."""
    source = Source()
    steps = stepped(source.numbers())
    assert next(steps) == 0
    assert not source.is_closed
    steps.close()  # type: ignore[attr-defined]  # a generator
    assert source.is_closed


async def failing() -> AsyncGenerator[int, None]:
    """Yield once, then fail."""
    yield 1
    raise LookupError("gone")


def test_what_it_raises_is_raised() -> None:
    """An error comes where it would come without us."""
    steps = stepped(failing())
    assert next(steps) == 1
    with pytest.raises(LookupError, match="gone"):
        next(steps)


def test_code_that_waits_is_our_mistake() -> None:
    """There is no event loop: that is said instead of hanging, and it cleans up."""
    cleaned: list[bool] = []

    async def waiting() -> AsyncGenerator[int, None]:
        try:
            await asyncio.sleep(0)
            yield 1
        finally:
            cleaned.append(True)

    with pytest.raises(RuntimeError, match="waits for an event loop"):
        list(stepped(waiting()))
    assert cleaned
