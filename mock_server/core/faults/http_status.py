"""Answer with an error status instead of the true response.

Either before the request has taken effect, or after: then the state has changed
and the client is told that it has not. Bodies are the API's error envelope,
`{"error": {"message", "type", "param", "code"}}`, or any raw text, such as the HTML
page of a proxy in between. Not for 429 with a waiting time: that is `retry_after`.

Source: docs/research/wire.md, Error bodies; RFC 9110 section 15.
"""

from collections.abc import Iterator
from typing import ClassVar

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Finish, Head, Send, Step

from ._shared import JSON_TYPE, Commit

_LOWEST, _HIGHEST = 200, 599
_DEFAULT_MESSAGE = (
    "The server had an error while processing your request. Sorry about that!"
)


@FAULTS.register
class HttpStatus(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Answer *status* with *body*, or with an error object made of the other fields.

    Attributes:
        status: 200 to 599.
        message: The error object's message; *type*, *code* and *param* are fields
            beside it.
        body: Raw text in place of the error object; empty is allowed.
        content_type: The media type of *body*; JSON where there is none.
        headers: Further headers; they replace the usual ones of the same name.
        commit: "before": the request takes no effect; "after": it does.
    """

    proof: ClassVar[str] = "status"
    disruptive: ClassVar[bool] = True

    status: int = 500
    message: str = _DEFAULT_MESSAGE
    type: str = "server_error"
    code: str | None = None
    param: str | None = None
    body: str | None = None
    content_type: str = ""
    headers: dict[str, str] = {}
    commit: Commit = "before"

    def __post_init__(self) -> None:
        """Check that the status can stand in a final response."""
        if not _LOWEST <= self.status <= _HIGHEST:
            raise ValueError(f"status must be 200 to 599, not {self.status}")

    @property
    def commits(self) -> bool:
        """Whether the request takes effect all the same."""
        return self.commit == "after"

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:  # noqa: ARG002 - the true response is dropped
        """Send the error response in place of all *steps*."""
        data = self._data()
        usual = {
            "content-type": self.content_type or JSON_TYPE,
            "content-length": str(len(data)),
        }
        yield Head(self.status, usual | {k.lower(): v for k, v in self.headers.items()})
        if data:
            yield Send(data)
        yield Finish()

    def _data(self) -> bytes:
        if self.body is not None:
            return self.body.encode()
        error = {
            "message": self.message,
            "type": self.type,
            "param": self.param,
            "code": self.code,
        }
        return msgspec.json.encode({"error": error})
