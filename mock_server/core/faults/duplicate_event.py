"""Send an event more than once, as a proxy does that retries unseen.

Assistants events carry no sequence number: a client can see the repetition only by
comparing with the finished message.

Source: docs/research/faults.md SEM-09; docs/research/wire.md, Odd events.
"""

from collections.abc import Iterator
from itertools import repeat
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Step

from ._shared import until_event


@FAULTS.register
class DuplicateEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send the next event and then *copies* more of it."""

    proof: ClassVar[str] = "duplicate"
    disruptive: ClassVar[bool] = True
    commits: ClassVar[bool] = True

    copies: int = 1

    def __post_init__(self) -> None:
        """Check that there is something to send again."""
        if self.copies < 1:
            raise ValueError(f"copies must be 1 or more, not {self.copies}")

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Pass *steps*, the first event among them repeated."""
        send = yield from until_event(steps)
        if send is not None:
            yield from repeat(send, 1 + self.copies)
        yield from steps
