"""Send an error as an event, in the middle of a response that began with 200.

The documented data is flat, `{"code", "message", "param", "type"}`; SDKs were written
for `{"error": {…}}`; gateways drop the `event:` line. The run itself goes on: its fate
must be read from the server.

Source: docs/research/wire.md, Error event shapes;
docs/research/faults.md SEM-03, SEM-04, SEM-05, SEM-06; openai/openai-python#2943.
"""

from collections.abc import Iterator
from typing import ClassVar, Literal

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.sse import frame
from midstream.mock_server.core.steps import Finish, Hold, Send, Step

from ._shared import past_head


@FAULTS.register
class ErrorEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Send one error event, *then* end, hold the connection open, or go on.

    Attributes:
        shape: "flat": the error's fields; "wrapped": the same under ``error``;
            "bare": wrapped, and without the ``event:`` line.
        then: What follows: a clean "end", silence ("hold"), or the true events.
        message: The error's text; *type* and *code* are its other fields.
    """

    proof: ClassVar[str] = "foreign_bytes"
    commits: ClassVar[bool] = True

    shape: Literal["wrapped", "flat", "bare"] = "wrapped"
    then: Literal["end", "hold", "continue"] = "end"
    message: str = "The server had an error processing your request."
    type: str = "server_error"
    code: str | None = "server_error"

    @property
    def disruptive(self) -> bool:
        """Whether ignoring it loses anything: not if the stream goes on."""
        return self.then != "continue"

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Send the error before *steps*, or in place of them; a head comes first."""
        rest = yield from past_head(steps)
        yield Send(self._data())
        if self.then == "continue":
            yield from rest
        else:
            yield Hold() if self.then == "hold" else Finish()

    def _data(self) -> bytes:
        error: dict[str, object] = {
            "code": self.code,
            "message": self.message,
            "param": None,
            "type": self.type,
        }
        data = error if self.shape == "flat" else {"error": error}
        text = msgspec.json.encode(data).decode()
        return frame(None if self.shape == "bare" else "error", text)
