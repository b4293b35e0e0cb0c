"""Send the body compressed, as a server or a proxy in between may at any time.

A compressor that is not flushed keeps what it gets until a block is full: a short
answer arrives all at once, at its end. A compressed body ends with a last block and a
checksum; where they are missing, the body was cut off, however well HTTP ends.

Source: RFC 9110 section 8.4.1 for the codings, where "deflate" is the zlib format, and
section 12.5.3, "If no Accept-Encoding header field is in the request, any content
coding is considered acceptable by the user agent."; RFC 1952 section 2.3;
docs/research/faults.md FRM-26, PRX-02.
"""

import zlib
from collections.abc import Iterator
from typing import ClassVar, Literal

import msgspec

from midstream.mock_server.core.coding import Coding, compressor
from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Finish, Head, Send, Step


@FAULTS.register
class Compress(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Compress the body by *coding*; it strikes a head, for that says so.

    Attributes:
        coding: What ``content-encoding`` says.
        flush: After each "event", so that it can be read as it comes, or only at the
            "end".
        cut: Leave out the end of the compressed stream: all that was not flushed, the
            last block, the checksum.
    """

    proof: ClassVar[str] = "compressed"
    commits: ClassVar[bool] = True
    needs_head: ClassVar[bool] = True

    coding: Coding = "gzip"
    flush: Literal["event", "end"] = "event"
    cut: bool = False

    @property
    def disruptive(self) -> bool:
        """Whether ignoring it loses anything: if the end is missing."""
        return self.cut

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Pass *steps*, their bytes compressed."""
        coder, last = compressor(self.coding), Send(b"")
        for step in steps:
            if isinstance(step, Head):
                yield step.coded(self.coding)
            elif isinstance(step, Send):
                last = step
                data = coder.compress(step.data)
                if self.flush == "event":
                    yield step.recoded(data + coder.flush(zlib.Z_SYNC_FLUSH))
                elif data:
                    yield step.altered(data)
            elif isinstance(step, Finish) and not self.cut:
                yield last.recoded(coder.flush())
                yield step
            else:
                yield step
