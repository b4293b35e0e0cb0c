"""Assistants objects, with the fields and in the order seen on the wire.

Where the wire and the specification disagree, both are served: steps have
``expires_at`` (wire) as well as ``expired_at`` and ``metadata`` (specification), and
a run's ``instructions`` are never null, so that strict clients can read them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from .source import Source

Obj: TypeAlias = dict[str, Any]

LIFETIME_S = 600
"""A run expires ten minutes after its creation."""


@dataclass(frozen=True, slots=True)
class Names:
    """The ids that all objects of a conversation share."""

    assistant: str
    thread: str
    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRun:
    """A run at one moment; times in Unix seconds.

    *tools* are those of its *source*, and *ended_at* is when it reached a status that
    ends it.
    """

    source: Source
    tools: Sequence[Obj]
    names: Names
    created_at: int
    status: str = "queued"
    started_at: int | None = None
    ended_at: int | None = None
    action: Obj | None = None
    usage: Obj | None = None
    max_tokens: int | None = None

    @property
    def expires_at(self) -> int:
        """When the run expires unless it has ended before."""
        return self.created_at + LIFETIME_S

    def at(self, status: str, **changes: Any) -> "MadeRun":  # noqa: ANN401 (fields)
        """Return the run with another *status* and other fields changed."""
        return replace(self, status=status, action=None, **changes)

    def waiting(self, action: Obj) -> "MadeRun":
        """Return the run as it waits for *action*."""
        return replace(self, status="requires_action", action=action)

    def when(self, status: str) -> int | None:
        """Return when the run ended, if with *status*."""
        return self.ended_at if self.status == status else None

    def as_object(self) -> Obj:
        """Return the run as the wire has it."""
        incomplete = self.status == "incomplete"
        return {
            "id": self.names.run,
            "object": "thread.run",
            "created_at": self.created_at,
            "assistant_id": self.names.assistant,
            "thread_id": self.names.thread,
            "status": self.status,
            "started_at": self.started_at,
            "expires_at": None if self.ended_at else self.expires_at,
            "cancelled_at": self.when("cancelled"),
            "failed_at": self.when("failed"),
            "completed_at": self.when("completed") or self.when("incomplete"),
            "required_action": self.action,
            "last_error": ERROR if self.status == "failed" else None,
            "model": self.source.model,
            "instructions": self.source.instructions,
            "tools": self.tools,
            "tool_resources": {"code_interpreter": {"file_ids": []}},
            "metadata": {},
            "temperature": 1.0,
            "top_p": 1.0,
            "reasoning_effort": None,
            "max_completion_tokens": self.max_tokens,
            "max_prompt_tokens": None,
            "truncation_strategy": {"type": "auto", "last_messages": None},
            "incomplete_details": (
                {"reason": "max_completion_tokens"} if incomplete else None
            ),
            "usage": self.usage,
            "response_format": "auto",
            "tool_choice": "auto",
            "parallel_tool_calls": True,
        }


ERROR: Obj = {
    "code": "server_error",
    "message": "The model stopped working on this run.",
}
"""The ``last_error`` of a run or step that failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeStep:
    """A step at one moment; times in Unix seconds."""

    id: str
    names: Names
    created_at: int
    expires_at: int
    details: Obj
    status: str = "in_progress"
    ended_at: int | None = None
    usage: Obj | None = None

    def when(self, status: str) -> int | None:
        """Return when the step ended, if with *status*."""
        return self.ended_at if self.status == status else None

    def ended(
        self, status: str, at: int, used: Obj, details: Obj | None = None
    ) -> "MadeStep":
        """Return the step ended with *status* at *at*; *details* if they changed."""
        return replace(
            self,
            status=status,
            ended_at=at,
            usage=used,
            details=details or self.details,
        )

    def as_object(self) -> Obj:
        """Return the step as the wire has it."""
        return {
            "id": self.id,
            "object": "thread.run.step",
            "created_at": self.created_at,
            "run_id": self.names.run,
            "assistant_id": self.names.assistant,
            "thread_id": self.names.thread,
            "type": self.details["type"],
            "status": self.status,
            "cancelled_at": self.when("cancelled"),
            "completed_at": self.when("completed"),
            "expires_at": self.expires_at,
            "expired_at": self.when("expired"),
            "failed_at": self.when("failed"),
            "last_error": ERROR if self.status == "failed" else None,
            "step_details": self.details,
            "usage": self.usage,
            "metadata": {},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeMessage:
    """A message of the assistant's at one moment; times in Unix seconds.

    *reason* is why it is incomplete, None if it is not.
    """

    id: str
    names: Names
    created_at: int
    content: tuple[Obj, ...] = ()
    status: str = "in_progress"
    ended_at: int | None = None
    reason: str | None = None

    def ended(
        self, content: tuple[Obj, ...], at: int, reason: str | None
    ) -> "MadeMessage":
        """Return the message ended at *at* with its *content*."""
        status = "incomplete" if reason else "completed"
        return replace(self, status=status, content=content, ended_at=at, reason=reason)

    def as_object(self) -> Obj:
        """Return the message as the stream has it."""
        return {
            "id": self.id,
            "object": "thread.message",
            "created_at": self.created_at,
            "assistant_id": self.names.assistant,
            "thread_id": self.names.thread,
            "run_id": self.names.run,
            "status": self.status,
            "incomplete_details": {"reason": self.reason} if self.reason else None,
            "incomplete_at": self.ended_at if self.reason else None,
            "completed_at": None if self.reason else self.ended_at,
            "role": "assistant",
            "content": list(self.content),
            "attachments": [],
            "metadata": {},
        }


def usage(prompt_tokens: int, completion_tokens: int) -> Obj:
    """Return a usage object; "prompt_token_details" is what the wire calls it."""
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
        "prompt_token_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }
