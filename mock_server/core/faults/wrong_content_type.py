"""Answer 200 with a page for people: a captive portal, a login form.

A client that only looks for events finds none, and may take the empty answer as whole.

Source: docs/research/faults.md HTT-05; docs/research/wire.md, Stream endings.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Finish, Head, Send, Step

from ._shared import Commit

_PAGE = "<!doctype html><title>Sign in</title><p>Please sign in to the network.</p>\n"


@FAULTS.register
class WrongContentType(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """Answer 200 with *body*, before or after the request takes effect (*commit*)."""

    proof: ClassVar[str] = "status"
    disruptive: ClassVar[bool] = True

    body: str = _PAGE
    content_type: str = "text/html; charset=utf-8"
    commit: Commit = "before"

    @property
    def commits(self) -> bool:
        """Whether the request takes effect all the same."""
        return self.commit == "after"

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:  # noqa: ARG002 - the true response is dropped
        """Send the page in place of all *steps*."""
        data = self.body.encode()
        headers = {
            "content-type": self.content_type,
            "content-length": str(len(data)),
        }
        yield Head(200, headers)
        if data:
            yield Send(data)
        yield Finish()
