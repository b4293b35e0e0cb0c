"""Exchange two neighbouring events.

Source: docs/research/faults.md SEM-10; docs/research/wire.md, Odd events.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Send, Step

from ._shared import is_end, until_event


@FAULTS.register
class SwapEvents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold the next event back until the one after it has been sent.

    If no event comes after it, it is sent at the end and nothing has changed.
    """

    proof: ClassVar[str] = "swap"
    disruptive: ClassVar[bool] = True
    commits: ClassVar[bool] = True

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Pass *steps*, the first two events among them in the other order."""
        held = yield from until_event(steps)
        if held is None:
            return
        for step in steps:
            if isinstance(step, Send) and step.event is not None:
                yield from (step, held)
                break
            if is_end(step):
                yield from (held, step)
                break
            yield step
        else:
            yield held
        yield from steps
