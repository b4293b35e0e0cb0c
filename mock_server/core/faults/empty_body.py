"""Answer with the head of a stream and end it without a single event.

Source: docs/research/faults.md HTT-07; docs/research/wire.md, Stream endings.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Finish, Step

from ._shared import past_head


@FAULTS.register
class EmptyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send the head, if it is still to come, and then the end."""

    proof: ClassVar[str] = "early_end"
    disruptive: ClassVar[bool] = True
    commits: ClassVar[bool] = True

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Finish right behind the head."""
        yield from past_head(steps)
        yield Finish()
