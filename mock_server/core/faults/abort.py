"""Close the connection in the middle of the response, without the last chunk.

The server itself closes it; the toxic `cut` does what a network would do. Whether an
RST reaches the client as an RST depends on the proxy in between.

Source: RFC 9112 section 8, "A message body that uses the chunked transfer coding is
incomplete if the zero-sized chunk that terminates the encoding has not been
received."; docs/research/faults.md TRN-01, TRN-02.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Abort as AbortStep
from midstream.mock_server.core.steps import CloseHow, Step


@FAULTS.register
class AbortFault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Close at once, by FIN or RST."""

    proof: ClassVar[str] = "cut"
    disruptive: ClassVar[bool] = True
    commits: ClassVar[bool] = True

    how: CloseHow = "fin"

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:  # noqa: ARG002 - what was left is never sent
        """Close in place of all *steps*."""
        yield AbortStep(self.how)
