"""The mark ``process``: who starts a process has it, and `make quick` leaves it out.

A test that needs a program has the mark by that. Without it, starting one fails, so
that what is called quick starts no process, browser or proxy, whoever starts it.
"""

import platform
import sys
from collections.abc import Generator, Sequence

import pytest

MARK = "process"
_BY_NEED = frozenset({"toxiproxy", "chromium", "node", "cc", "alone"})
"""Marks for what a test needs that mean a process, too."""
_STARTS = frozenset(
    {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system"}
)
"""Python's own names, in its table of audit events, for ways to start one."""


class UnmarkedProcessError(RuntimeError):
    """A test without the mark has started a process."""


class _Guard:
    """Who runs, and whether it has started what it has no mark for."""

    def __init__(self) -> None:
        self.unmarked: str | None = None
        self.caught: UnmarkedProcessError | None = None

    def hear(self, event: str, _args: object) -> None:
        """Refuse to start a process for a test without the mark."""
        if self.unmarked is not None and event in _STARTS:
            self.caught = UnmarkedProcessError(
                f"{self.unmarked} starts a process ({event}) and is not marked so: "
                f"pytest.mark.{MARK} keeps it out of make quick"
            )
            raise self.caught


_GUARD = _Guard()
sys.addaudithook(_GUARD.hear)  # there is no way to take it away again
platform.processor()  # Python asks `uname` once and remembers: no test is to blame


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Mark what needs a program, before tests are selected by their marks."""
    for item in items:
        if not _BY_NEED.isdisjoint(mark.name for mark in item.iter_markers()):
            item.add_marker(MARK)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Listen while a test without the mark runs, fixtures and all."""
    _GUARD.unmarked = None if item.get_closest_marker(MARK) else item.nodeid
    _GUARD.caught = None
    try:
        return (yield)
    finally:
        _GUARD.unmarked = None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Fail a test that has swallowed the refusal."""
    result = yield
    if _GUARD.caught is not None:
        raise _GUARD.caught
    return result
