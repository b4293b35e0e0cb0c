"""Send an event of a name that no client knows.

Source: OpenAPI specification, AssistantStreamEvent, "We may add additional events over
time, so we recommend handling unknown events gracefully";
docs/research/faults.md FRM-24.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.sse import frame
from midstream.mock_server.core.steps import Step

from ._insert import insert


@FAULTS.register
class UnknownEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send an event called *name* with *data* before the next event."""

    proof: ClassVar[str] = "foreign_bytes"
    disruptive: ClassVar[bool] = False
    commits: ClassVar[bool] = True

    name: str = "thread.run.sparkled"
    data: str = '{"object":"thread.run.sparkle"}'

    def __post_init__(self) -> None:
        """Check that name and data are one line each, by framing them."""
        frame(self.name, self.data)

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Pass *steps* with the event before the first one."""
        return insert(frame(self.name, self.data), steps)
