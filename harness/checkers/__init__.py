"""One invariant a file: a fold over the records of one history.

A checker is fed the records it reads, in order, then asked once. It judges a stored
history and a live stream alike, holds what it needs and no more, and sees nothing
else. It never raises for what the client did; if it does raise, the oracle says
UNKNOWN.
"""

from typing import ClassVar, Protocol

from harness.history import Record
from harness.registry import Registry
from harness.verdict import Finding


class Checker(Protocol):
    """The shape of a checker; its module's docstring is the invariant in words."""

    code: ClassVar[str]
    """The invariant's number: "I1", …"""
    level: ClassVar[int]
    """The least a client must be able to tell; below it, UNSUPPORTED."""
    reads: ClassVar[tuple[type, ...]]
    """The kinds of record it is fed; the oracle keeps all others from it."""

    def feed(self, record: Record) -> None:
        """Take note of *record*, whose body is one of what it reads."""

    def finish(self) -> Finding:
        """Return the answer; called once, after the last record."""


CHECKERS: Registry[type[Checker]] = Registry("invariant", __name__)
