"""Put comment lines between the events, as proxies do to keep a connection alive.

Source: WHATWG HTML 9.2.7, "authors can include a comment line (one starting with a
':' character) every 15 seconds or so"; docs/research/faults.md FRM-09, PRX-09.
"""

from collections.abc import Iterator
from typing import ClassVar, Literal

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Send, Step

from ._shared import until_event


@FAULTS.register
class Comments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send a comment of *text* before every event from here on, or before one.

    With *is_block* an empty line follows, so that the comment is a block of its own;
    otherwise it is the first line of the event's block.
    """

    proof: ClassVar[str] = "foreign_bytes"
    disruptive: ClassVar[bool] = False
    commits: ClassVar[bool] = True

    text: str = "keep-alive"
    every: Literal["event", "once"] = "event"
    is_block: bool = True

    def __post_init__(self) -> None:
        """Check that the comment is one line."""
        if "\n" in self.text or "\r" in self.text:
            raise ValueError(f"text must be a single line, not {self.text!r}")

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Pass *steps* with comments among them."""
        comment = f": {self.text}\n" + ("\n" if self.is_block else "")
        while (send := (yield from until_event(steps))) is not None:
            if not send.start:
                yield Send(comment.encode())
            yield send
            if self.every == "once":
                break
        yield from steps
