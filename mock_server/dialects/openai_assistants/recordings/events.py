"""The parts of Assistants events that `check` reads, and no others.

Fields that are not named here pass unchecked: real objects have many, which change
from year to year. Source: OpenAI's specification, AssistantStreamEvent.
"""

from typing import Any, Literal, TypeAlias

import msgspec

RUN_STATUSES = (
    "queued",
    "in_progress",
    "requires_action",
    "cancelling",
    "cancelled",
    "failed",
    "completed",
    "incomplete",
    "expired",
)


class DisorderError(ValueError):
    """An event is malformed, out of order, or contradicts an earlier one."""


class RecordedThread(msgspec.Struct, frozen=True):
    """The data of ``thread.created``."""

    id: str
    object: Literal["thread"]


class RecordedFunction(msgspec.Struct, frozen=True):
    """A call of the user's function; a delta holds a fragment of the arguments."""

    arguments: str = ""


class Interpreter(msgspec.Struct, frozen=True):
    """Code the model runs itself; a delta holds a fragment of the input."""

    input: str = ""


class RecordedCall(msgspec.Struct, frozen=True):
    """A tool call, whole or as a delta at *index*."""

    type: str
    id: str | None = None
    index: int = 0
    function: RecordedFunction | None = None
    code_interpreter: Interpreter | None = None

    @property
    def written(self) -> str:
        """What the model wrote token by token: arguments or code."""
        if self.function is not None:
            return self.function.arguments
        return self.code_interpreter.input if self.code_interpreter else ""


class RecordedCalls(msgspec.Struct, frozen=True):
    """The calls a run waits for."""

    tool_calls: tuple[RecordedCall, ...]


class Action(msgspec.Struct, frozen=True):
    """What a run waits for."""

    submit_tool_outputs: RecordedCalls


class RecordedRun(msgspec.Struct, frozen=True):
    """The data of ``thread.run.*``."""

    id: str
    object: Literal["thread.run"]
    thread_id: str
    status: str
    required_action: Action | None = None

    def __post_init__(self) -> None:
        if self.status not in RUN_STATUSES:
            raise ValueError(f"no run has status {self.status!r}")


class Creation(msgspec.Struct, frozen=True):
    """Which message a step creates."""

    message_id: str


class Details(msgspec.Struct, frozen=True):
    """What a step does."""

    type: Literal["message_creation", "tool_calls"]
    message_creation: Creation | None = None
    tool_calls: tuple[RecordedCall, ...] = ()


class RecordedStep(msgspec.Struct, frozen=True):
    """The data of ``thread.run.step.*`` but the delta."""

    id: str
    object: Literal["thread.run.step"]
    run_id: str
    thread_id: str
    step_details: Details


class StepChange(msgspec.Struct, frozen=True):
    """The inner part of a step's delta."""

    step_details: Details


class RecordedStepDelta(msgspec.Struct, frozen=True):
    """The data of ``thread.run.step.delta``."""

    id: str
    object: Literal["thread.run.step.delta"]
    delta: StepChange


class Annotation(msgspec.Struct, frozen=True):
    """A mark on a part of a text, from one code point to another."""

    text: str
    start_index: int
    end_index: int


class Text(msgspec.Struct, frozen=True):
    """The text of a block, whole or a fragment."""

    value: str = ""
    annotations: tuple[Annotation, ...] = ()


class RecordedBlock(msgspec.Struct, frozen=True):
    """A part of a message, whole or as a delta at *index*."""

    type: str
    index: int = 0
    text: Text | None = None
    refusal: str | None = None

    @property
    def written(self) -> str:
        """What the model wrote token by token; nothing for an image."""
        return self.text.value if self.text else self.refusal or ""


class RecordedMessage(msgspec.Struct, frozen=True):
    """The data of ``thread.message.*`` but the delta."""

    id: str
    object: Literal["thread.message"]
    thread_id: str
    run_id: str | None
    content: tuple[RecordedBlock, ...]


class MessageChange(msgspec.Struct, frozen=True):
    """The inner part of a message's delta."""

    content: tuple[RecordedBlock, ...] = ()


class RecordedMessageDelta(msgspec.Struct, frozen=True):
    """The data of ``thread.message.delta``."""

    id: str
    object: Literal["thread.message.delta"]
    delta: MessageChange


Data: TypeAlias = (
    RecordedThread
    | RecordedRun
    | RecordedStep
    | RecordedStepDelta
    | RecordedMessage
    | RecordedMessageDelta
    | dict[str, Any]
    | None
)

_TYPES: dict[str, Any] = {
    "thread.created": RecordedThread,
    "thread.run.created": RecordedRun,
    **{f"thread.run.{status}": RecordedRun for status in RUN_STATUSES},
    **{
        f"thread.run.step.{verb}": RecordedStep
        for verb in (
            "created",
            "in_progress",
            "completed",
            "failed",
            "cancelled",
            "expired",
        )
    },
    "thread.run.step.delta": RecordedStepDelta,
    **{
        f"thread.message.{verb}": RecordedMessage
        for verb in ("created", "in_progress", "completed", "incomplete")
    },
    "thread.message.delta": RecordedMessageDelta,
    "error": dict[str, Any],
}


def decode(name: str, data: str) -> Data:
    """Return the decoded *data* of event *name*; ``done`` has None.

    Raises:
        DisorderError: No event has this name, or the data is not as specified.
    """
    if name == "done":
        if data != "[DONE]":
            raise DisorderError("the data of done must be [DONE]")
        return None
    if name not in _TYPES:
        raise DisorderError("the Assistants API has no event of this name")
    try:
        decoded: Data = msgspec.json.decode(data, type=_TYPES[name])
    except (msgspec.DecodeError, RecursionError) as error:
        raise DisorderError(
            f"its data does not fit the specification: {error}"
        ) from error
    return decoded
