"""Send an error as an event, in the middle of a response that began with 200.

In Assistants the documented data is flat, `{"code", "message", "param", "type"}`; SDKs
were written for `{"error": {…}}`; gateways drop the `event:` line. The run itself goes
on: its fate must be read from the server.

Source: docs/research/wire.md, Error event shapes;
docs/research/faults.md SEM-03, SEM-04, SEM-05, SEM-06; openai/openai-python#2943.
"""

from collections.abc import Iterator
from functools import partial
from typing import ClassVar, Literal

import msgspec

from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.shapes import (
    WORDLESS,
    ErrorShape,
    ErrorWords,
    Shapes,
)
from midstream.mock_server.core.steps import Fault, Finish, Hold, Send, Step

from ._shared import past_head

_USUAL = ErrorWords()


@FAULTS.register
class ErrorEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Send one error event, *then* end, hold the connection open, or go on.

    Attributes:
        shape: "flat": the error's fields; "wrapped": the same under ``error``;
            "bare": wrapped, and without the ``event:`` line.
        then: What follows: a clean "end", silence ("hold"), or the true events.
        message: The error's text; *type* and *code* are its other fields. They and
            *shape* are for APIs that say errors so; a declared dialect has one of its
            own.
    """

    proof: ClassVar[str] = "foreign_bytes"
    commits: ClassVar[bool] = True

    shape: ErrorShape = _USUAL.shape
    then: Literal["end", "hold", "continue"] = "end"
    message: str = _USUAL.message
    type: str = _USUAL.type
    code: str | None = _USUAL.code

    @property
    def disruptive(self) -> bool:
        """Whether ignoring it loses anything: not if the stream goes on."""
        return self.then != "continue"

    def speaking(self, shapes: Shapes) -> Fault:
        """Return the fault as it says the error in the words of an API.

        Raises:
            SettingsError: The API has no error event, or another one.
        """
        words = ErrorWords(
            shape=self.shape, message=self.message, type=self.type, code=self.code
        )
        data = shapes.error(words)
        return partial(self._act, data)

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Raise `SettingsError`: it needs words."""
        return self.speaking(WORDLESS)(steps)

    def _act(self, data: bytes, steps: Iterator[Step]) -> Iterator[Step]:
        """Send the error before *steps*, or in place of them; a head comes first."""
        rest = yield from past_head(steps)
        yield Send(data)
        if self.then == "continue":
            yield from rest
        else:
            yield Hold() if self.then == "hold" else Finish()
