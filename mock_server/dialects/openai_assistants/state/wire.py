"""JSON as the API writes it.

Recorded: REST bodies are indented by two spaces; the data of events is compact, raw
UTF-8 without escapes.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import msgspec

from midstream.mock_server.core import sse
from midstream.mock_server.core.roles import Role

Obj: TypeAlias = dict[str, Any]
"""A JSON object of the API."""


def pretty(obj: Obj) -> bytes:
    """Return the body of a REST response."""
    return msgspec.json.format(msgspec.json.encode(obj), indent=2)


def event(name: str, obj: Obj) -> bytes:
    """Return the frame of an event."""
    return sse.frame(name, msgspec.json.encode(obj).decode())


def read_back(name: str | None, data: bytes) -> Obj | None:
    """Return the object in the frame *data* of event *name*, None if there is none."""
    json = data[len(f"event: {name}\ndata: ") : -len("\n\n")]
    return msgspec.json.decode(json, type=Obj) if json.startswith(b"{") else None


DONE = sse.frame("done", "[DONE]")
"""The frame that ends every stream."""

ROLES: Final[Mapping[str, Role]] = {
    "thread.message.delta": "text",
    "thread.run.step.delta": "tool_arguments",
    "thread.run.requires_action": "terminal",
    "thread.run.completed": "terminal",
    "thread.run.incomplete": "terminal",
    "thread.run.failed": "terminal",
    "thread.run.cancelled": "terminal",
    "thread.run.expired": "terminal",
    "error": "terminal",
    "done": "last",
}
"""What events are for, by their names; any other one is for something else."""


def role_of(name: str | None) -> Role:
    """Return what an event called *name* is for."""
    return ROLES.get(name or "", "other")
