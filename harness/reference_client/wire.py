"""The parts of Assistants v2 objects that the client reads, and how it reads them.

Unlike our other structs, these accept unknown fields: "We may add additional events
over time, so we recommend handling unknown events gracefully" (OpenAPI specification,
AssistantStreamEvent), and real objects have fields that the specification lacks. A
field named here must have the declared type, or the object counts as unreadable.
"""

import re
from typing import Any, TypeVar

import msgspec

from midstream.harness.record.ops import Claim

TERMINAL: dict[str, Claim] = {
    "completed": "complete",
    "incomplete": "incomplete",
    "failed": "failed",
    "expired": "failed",
    "cancelled": "cancelled",
}
"""The terminal run statuses, and the claim of a client for each."""

T = TypeVar("T")

# "Thread thread_X already has an active run run_Y." is all that a 400 tells.
_ACTIVE_RUN = re.compile(r"already has an active run (run_\w+)")
_MESSAGE_MAX_CHARS = 300


class WireFunction(msgspec.Struct, frozen=True):
    """A function call's name and arguments, or in a delta the added part of them."""

    name: str | None = None
    arguments: str | None = None


class ToolCall(msgspec.Struct, frozen=True, kw_only=True):
    """A complete function call that the run asks for, taken from `required_action`."""

    id: str
    function: WireFunction

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.name or ""

    @property
    def arguments(self) -> str:
        """The arguments as JSON text, exactly as the server sent them."""
        return self.function.arguments or ""


class _ToolCalls(msgspec.Struct, frozen=True):
    tool_calls: tuple[ToolCall, ...] = ()


class _RequiredAction(msgspec.Struct, frozen=True):
    submit_tool_outputs: _ToolCalls | None = None


class _Details(msgspec.Struct, frozen=True):
    code: str | None = None
    message: str | None = None
    reason: str | None = None


class WireRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run, from a stream's event or from a response."""

    id: str
    thread_id: str
    status: str
    metadata: dict[str, Any] | None = None
    required_action: _RequiredAction | None = None
    last_error: _Details | None = None
    incomplete_details: _Details | None = None

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The tool calls that the run waits for; none unless it requires action."""
        action = self.required_action
        if self.status != "requires_action" or not action:
            return ()
        return (
            action.submit_tool_outputs.tool_calls if action.submit_tool_outputs else ()
        )

    @property
    def complaint(self) -> str:
        """The server's reason why the run did not complete; may be empty."""
        told = (self.last_error, self.incomplete_details)
        texts = [t for d in told if d for t in (d.code, d.message, d.reason) if t]
        return ": ".join(texts)


class _Text(msgspec.Struct, frozen=True):
    value: str = ""


class WireBlock(msgspec.Struct, frozen=True, kw_only=True):
    """A content block."""

    type: str = ""
    text: _Text | None = None
    refusal: str | None = None

    @property
    def shown(self) -> str:
        """The text for the user; "" for an image."""
        return self.refusal or (self.text.value if self.text else "")

    @property
    def is_text(self) -> bool:
        """Whether the block has text for the user."""
        return self.text is not None or self.refusal is not None


class WireMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message, from a stream's event or from a list."""

    id: str
    thread_id: str
    role: str
    run_id: str | None = None
    metadata: dict[str, Any] | None = None
    content: tuple[WireBlock, ...] = ()

    @property
    def parts(self) -> dict[int, str]:
        """The texts of the message by content index."""
        return {i: b.shown for i, b in enumerate(self.content) if b.is_text}


class BlockDelta(msgspec.Struct, frozen=True, kw_only=True):
    """The part that is added to the content block at *index*, which is required."""

    index: int
    type: str = ""
    text: _Text | None = None
    refusal: str | None = None

    @property
    def shown(self) -> str:
        """The text that is added for the user; "" for an image."""
        return self.refusal or (self.text.value if self.text else "")


class _Content(msgspec.Struct, frozen=True):
    content: tuple[BlockDelta, ...] = ()


class WireMessageDelta(msgspec.Struct, frozen=True, kw_only=True):
    """The part that is added to a message; it names neither run nor thread."""

    id: str
    delta: _Content


class _Creation(msgspec.Struct, frozen=True):
    message_id: str | None = None


class CallDelta(msgspec.Struct, frozen=True, kw_only=True):
    """The part that is added to the tool call at *index* of a step."""

    index: int = 0
    id: str | None = None
    function: WireFunction | None = None


class _StepDetails(msgspec.Struct, frozen=True):
    message_creation: _Creation | None = None
    tool_calls: tuple[CallDelta, ...] = ()


class WireStep(msgspec.Struct, frozen=True, kw_only=True):
    """A run step, which may announce a message."""

    id: str
    thread_id: str
    run_id: str
    step_details: _StepDetails

    @property
    def message_id(self) -> str | None:
        """The id of the message that the step creates, or None."""
        creation = self.step_details.message_creation
        return creation.message_id if creation else None


class _StepChange(msgspec.Struct, frozen=True):
    step_details: _StepDetails = _StepDetails()


class WireStepDelta(msgspec.Struct, frozen=True, kw_only=True):
    """The part that is added to a run step."""

    id: str
    delta: _StepChange


class Made(msgspec.Struct, frozen=True):
    """A created object of which only the id matters."""

    id: str


class RunPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list of runs."""

    data: tuple[WireRun, ...]


class MessagePage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list of messages; *has_more* is None if the server omits it."""

    data: tuple[WireMessage, ...]
    has_more: bool | None = None


class _Trouble(msgspec.Struct, frozen=True):
    message: str | None = None
    code: str | int | None = None
    type: str | None = None


class _Envelope(msgspec.Struct, frozen=True):
    error: _Trouble | str | None = None
    message: str | None = None
    code: str | int | None = None
    type: str | None = None


def decode(data: bytes | str, kind: type[T]) -> T | None:
    """Return *data*, read as the JSON of a *kind*, or None if it is not."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def error_in(data: bytes | str) -> _Trouble | None:
    """Return the error in a body or an event, wrapped in "error" or flat, if any."""
    envelope = decode(data, _Envelope)
    if envelope is None:
        return None
    if isinstance(envelope.error, str):
        return _Trouble(message=envelope.error)
    flat = _Trouble(envelope.message, envelope.code, envelope.type)
    return envelope.error or (flat if envelope.message or envelope.code else None)


def error_text(data: bytes | str) -> str:
    """Return the error in *data* as one line; "" if there is none."""
    error = error_in(data)
    text = (error.message or str(error.code or "")) if error else ""
    return text[:_MESSAGE_MAX_CHARS]


def active_run(text: str) -> str | None:
    """Return the id of the active run that an error message names, or None."""
    found = _ACTIVE_RUN.search(text)
    return found[1] if found else None


def has_key(metadata: dict[str, Any] | None, client_key: str) -> bool:
    """Say whether an object has the key with which we asked to create it."""
    return (metadata or {}).get("client_key") == client_key
