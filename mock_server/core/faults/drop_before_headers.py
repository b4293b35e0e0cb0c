"""Read the request, let it take effect, and close without a byte of response.

The client cannot tell whether the request took effect: the classic ambiguous POST. With
commit = "before" it did not, which looks the same.

Source: docs/research/faults.md CON-02, CON-03, RUN-01; RFC 9110 section 9.2.2 on
retrying what is not idempotent.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Abort, CloseHow, Step

from ._shared import Commit


@FAULTS.register
class DropBeforeHeaders(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Close by FIN or RST, before or after the request takes effect (*commit*)."""

    proof: ClassVar[str] = "no_head"
    disruptive: ClassVar[bool] = True

    how: CloseHow = "fin"
    commit: Commit = "after"

    @property
    def commits(self) -> bool:
        """Whether the request takes effect all the same."""
        return self.commit == "after"

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:  # noqa: ARG002 - the true response is dropped
        """Close in place of all *steps*."""
        yield Abort(self.how)
