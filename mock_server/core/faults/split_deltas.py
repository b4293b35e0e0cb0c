"""Send the answer letter by letter: each delta becomes one for every character.

This is legal and changes only the number of events. A display that draws everything
again at each event takes time that grows with the square of the answer.

Source: docs/research/wire.md, Delta payloads: a delta holds any part of the text.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from midstream.mock_server.core import sse
from midstream.mock_server.core.faults import FAULTS
from midstream.mock_server.core.steps import Send, Step


@FAULTS.register
class SplitDeltas(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Replace each delta of text from here on by one for every character."""

    proof: ClassVar[str] = "altered"
    disruptive: ClassVar[bool] = False
    commits: ClassVar[bool] = True

    def __call__(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Pass *steps*, the text in them in pieces of one character."""
        for step in steps:
            if isinstance(step, Send) and step.role == "text":
                yield from _letters(step)
            else:
                yield step


def _letters(send: Send) -> Iterator[Step]:
    """Yield *send* letter by letter, or unchanged if it is not one plain text."""
    frames = [] if send.start else sse.frames(send.data)
    payload: dict[str, Any] = msgspec.json.decode(frames[0][1]) if frames else {}
    match payload:
        case {"delta": {"content": [{"text": {"annotations": [_, *_]}}]}}:
            yield send
        case {"delta": {"content": [{"text": {"value": str(value)} as text}]}}:
            for letter in value:
                text["value"] = letter
                data = msgspec.json.encode(payload).decode()
                yield send.altered(sse.frame(send.name or "", data))
        case _:
            yield send
