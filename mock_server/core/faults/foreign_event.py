"""Send a text delta that belongs to a message of somebody else's run.

Source: docs/research/faults.md SEM-12; docs/research/wire.md, Odd events.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.sse import frame
from midstream.mock_server.core.steps import Step

from ._insert import insert


@FAULTS.register
class ForeignEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send a delta of *text* for *message*, which is no message of this thread."""

    proof: ClassVar[str] = "foreign_bytes"
    disruptive: ClassVar[bool] = True
    commits: ClassVar[bool] = True

    text: str = " (from another conversation)"
    message: str = "msg_of_another_thread"

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Pass *steps* with the delta before the first event."""
        part = {"index": 0, "type": "text", "text": {"value": self.text}}
        delta = {
            "id": self.message,
            "object": "thread.message.delta",
            "delta": {"content": [part]},
        }
        data = msgspec.json.encode(delta).decode()
        return insert(frame("thread.message.delta", data), steps)
