"""What faults say in Assistants: a letter, a foreign delta, an error.

Source: docs/research/wire.md, Delta payloads, and Error event shapes.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from midstream.mock_server.core import sse
from midstream.mock_server.core.shapes import ErrorWords

_DELTA = "thread.message.delta"


class SpokenAssistants:
    """The `Shapes` of Assistants."""

    def letters(self) -> Callable[[bytes], Sequence[bytes]]:
        """Return what says a delta letter by letter."""
        return _letters

    def foreign_text(self, text: str, message: str) -> bytes:
        """Return a delta of *text* for *message*."""
        part = {"index": 0, "type": "text", "text": {"value": text}}
        delta = {
            "id": message,
            "object": _DELTA,
            "delta": {"content": [part]},
        }
        return sse.frame(_DELTA, msgspec.json.encode(delta).decode())

    def error(self, words: ErrorWords) -> bytes:
        """Return an error event."""
        error: dict[str, object] = {
            "code": words.code,
            "message": words.message,
            "param": None,
            "type": words.type,
        }
        data = error if words.shape == "flat" else {"error": error}
        text = msgspec.json.encode(data).decode()
        return sse.frame(None if words.shape == "bare" else "error", text)


def _letters(event: bytes) -> Sequence[bytes]:
    """Return *event* letter by letter, or alone if it is not one plain text."""
    ((name, json),) = sse.frames(event)
    payload: dict[str, Any] = msgspec.json.decode(json)
    match payload:
        case {"delta": {"content": [{"text": {"annotations": [_, *_]}}]}}:
            return [event]
        case {"delta": {"content": [{"text": {"value": str(value)} as text}]}}:
            return [_with(payload, text, letter, name) for letter in value]
        case _:
            return [event]


def _with(
    payload: dict[str, Any], text: dict[str, Any], letter: str, name: str | None
) -> bytes:
    """Return the event of *payload*, whose *text* is *letter*."""
    text["value"] = letter
    return sse.frame(name, msgspec.json.encode(payload).decode())
