"""End lines in another of the ways that the event stream format allows.

Source: WHATWG HTML 9.2.5, "end-of-line = ( cr lf / cr / lf )";
docs/research/faults.md FRM-05, FRM-06, FRM-07.
"""

from collections.abc import Iterator
from typing import ClassVar, Literal

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Send, Step


@FAULTS.register
class LineEndings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From here on, end lines with CR LF or with CR alone.

    The data of events never holds a line end of its own: JSON escapes it.
    """

    proof: ClassVar[str] = "altered"
    disruptive: ClassVar[bool] = False
    commits: ClassVar[bool] = True

    style: Literal["crlf", "cr"] = "crlf"

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Pass *steps* with other line ends."""
        end = b"\r\n" if self.style == "crlf" else b"\r"
        for step in steps:
            if isinstance(step, Send):
                data = step.data.replace(b"\n", end)
                yield step.recoded(data)
            else:
                yield step
