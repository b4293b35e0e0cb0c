"""Begin the stream with a byte order mark.

Source: WHATWG HTML 9.2.5, "stream = [ bom ] *event"; docs/research/faults.md FRM-08.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Step

from ._insert import insert


@FAULTS.register
class Bom(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send the three bytes of U+FEFF before the next event."""

    proof: ClassVar[str] = "foreign_bytes"
    disruptive: ClassVar[bool] = False
    commits: ClassVar[bool] = True

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Pass *steps* with the mark before the first event."""
        return insert("\ufeff".encode(), steps)
