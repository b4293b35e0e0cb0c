"""End the response by all the rules of HTTP, but before the run's last events.

Nothing on the wire is wrong: only the missing terminal event shows it. A
broken connection is another fault, `abort`.

Source: docs/research/faults.md TRN-03; docs/research/wire.md, Stream endings.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Finish, Step

from ._shared import past_head


@FAULTS.register
class EarlyEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send the last chunk here, and nothing after it."""

    proof: ClassVar[str] = "early_end"
    disruptive: ClassVar[bool] = True
    commits: ClassVar[bool] = True

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Finish in place of all *steps* but the head."""
        yield from past_head(steps)
        yield Finish()
