"""Leave events out; nothing else on the wire shows that they are missing.

Source: docs/research/faults.md SEM-01, SEM-11; docs/research/wire.md, Odd events.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Step

from ._shared import until_event


@FAULTS.register
class DropEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Leave out the next *count* events, then go on."""

    proof: ClassVar[str] = "missing"
    disruptive: ClassVar[bool] = True
    commits: ClassVar[bool] = True

    count: int = 1

    def __post_init__(self) -> None:
        """Check that there is something to leave out."""
        if self.count < 1:
            raise ValueError(f"count must be 1 or more, not {self.count}")

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Pass *steps* without the first events among them."""
        for _ in range(self.count):
            yield from until_event(steps)
        yield from steps
