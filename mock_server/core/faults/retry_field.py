"""Send a block that only says how soon to reconnect; it is no event.

Source: WHATWG HTML 9.2.6, "If the data buffer is an empty string, set the data buffer
and the event type buffer to the empty string and return.";
docs/research/faults.md FRM-11; openai/openai-python#2722: such a block crashes the SDK.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Step

from ._insert import insert


@FAULTS.register
class RetryField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send ``retry: <retry_ms>`` and an empty line before the next event."""

    proof: ClassVar[str] = "foreign_bytes"
    disruptive: ClassVar[bool] = False
    commits: ClassVar[bool] = True

    retry_ms: int = 3000

    def __post_init__(self) -> None:
        """Check that the field can hold the value: ASCII digits only."""
        if self.retry_ms < 0:
            raise ValueError(f"retry_ms must be 0 or more, not {self.retry_ms}")

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Pass *steps* with the block before the first event."""
        return insert(f"retry: {self.retry_ms}\n\n".encode(), steps)
