"""Fall silent with the connection open: for a while, or for good.

A client must bear a silence that is shorter than its timeout. It must notice an endless
one by a watchdog, since no packet will arrive. A middlebox has a timeout of its own and
closes a connection that was idle for so long.

Source: docs/research/faults.md TRN-07, TRN-09, TRN-17, PRX-03, PRX-04.
"""

from collections.abc import Iterator
from typing import ClassVar, Literal

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Abort, Hold, Pause, Step


@FAULTS.register
class Stall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send nothing for *seconds* (0 means for good), *then* go on or close."""

    proof: ClassVar[str] = "gap"
    commits: ClassVar[bool] = True

    seconds: float = 0.0
    then: Literal["continue", "fin", "rst"] = "continue"

    def __post_init__(self) -> None:
        """Check that the silence has a length."""
        if not 0 <= self.seconds < float("inf"):
            raise ValueError(
                f"seconds must be 0 (for good) or more, not {self.seconds}"
            )
        if self.then != "continue" and not self.seconds:
            raise ValueError(f"seconds must be above 0 for then = {self.then!r}")

    @property
    def disruptive(self) -> bool:
        """Whether even a client that waits long enough loses something."""
        return not self.seconds or self.then != "continue"

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Wait before *steps*, or in place of them."""
        if not self.seconds:
            yield Hold()
            return
        yield Pause(self.seconds)
        if self.then == "continue":
            yield from steps
        else:
            yield Abort(self.then)
