"""Send a piece of text that belongs to a message of somebody else's answer.

Source: docs/research/faults.md SEM-12; docs/research/wire.md, Odd events.
"""

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.shapes import WORDLESS, Shapes
from midstream.mock_server.core.steps import Fault, Step

from ._insert import insert


@FAULTS.register
class ForeignEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send a piece of *text* for *message*, which is no message of this answer."""

    proof: ClassVar[str] = "foreign_bytes"
    disruptive: ClassVar[bool] = True
    commits: ClassVar[bool] = True

    text: str = " (from another conversation)"
    message: str = "msg_of_another_thread"

    def speaking(self, shapes: Shapes) -> Fault:
        """Return the fault as it says the text in the words of an API.

        Raises:
            SettingsError: No shape of a piece of text is known.
        """
        return partial(insert, shapes.foreign_text(self.text, self.message))

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Raise `SettingsError`: it needs words."""
        return self.speaking(WORDLESS)(steps)
