"""Runs async code that never waits, without an event loop."""

from collections.abc import AsyncGenerator, Iterator
from typing import TypeVar

T = TypeVar("T")


def stepped(source: AsyncGenerator[T, None]) -> Iterator[T]:
    """Yield what *source* yields.

    Raises:
        RuntimeError: *source* waits for something.
    """
    try:
        while True:
            step = source.__anext__()
            try:
                step.send(None)
            except StopIteration as done:
                yield done.value
            except StopAsyncIteration:
                return
            else:  # raise where it waits, so that it cleans up
                step.throw(RuntimeError("this waits for an event loop; there is none"))
    finally:
        _close(source)


def _close(source: AsyncGenerator[T, None]) -> None:
    """Let *source* clean up if it has not ended."""
    closing = source.aclose()
    try:
        closing.send(None)
    except (StopIteration, StopAsyncIteration):
        return
