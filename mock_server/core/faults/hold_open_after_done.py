"""Send everything, and then do not end the response.

A client that waits for the end of the body, and not for the run's last event, hangs.

Source: docs/research/faults.md TRN-15; docs/research/wire.md, Stream endings;
openai/codex#43140.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Hold, Step

from ._shared import is_end


@FAULTS.register
class HoldOpenAfterDone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Leave the connection open where the response should end."""

    proof: ClassVar[str] = "held"
    disruptive: ClassVar[bool] = False
    commits: ClassVar[bool] = True

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Pass *steps*, but hold in place of the end."""
        for step in steps:
            if is_end(step):
                yield Hold()
                return
            yield step
