"""A fault that breaks nothing: it stops the response at a gate until it is released.

The nemesis uses it to change the path, by Toxiproxy, at an exact place of a stream.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from .steps import Gate, Send, Step


class StopAtGate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stop at gate *name* and report the bytes sent next; then go on unchanged."""

    proof: ClassVar[str] = "none"
    disruptive: ClassVar[bool] = False
    commits: ClassVar[bool] = True

    name: str

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Yield the gate before the first of *steps*."""
        first = next(steps, None)
        yield Gate(self.name, first.data if isinstance(first, Send) else b"")
        if first is not None:
            yield first
        yield from steps
