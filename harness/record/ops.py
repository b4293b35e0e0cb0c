"""The operations that a client under test reports: changes of what its user sees.

A client adapter yields these; the runner stores them in the history as they are.
In any other language a program writes the same objects as JSON Lines. *message* is
the client's own name for a message (the server's id if it knows it), *part* the
index of the content block, *turn* counts the user's turns from 0. Text is raw: as
received, never as rendered.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

from midstream.mock_server.core.roles import RequestRole

Claim: TypeAlias = Literal["complete", "incomplete", "failed", "cancelled"]


class Append(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="cl.append",
):
    """*text* was added at the end of part *part* of *message*."""

    message: str
    text: str
    part: int = 0


class Replace(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="cl.replace",
):
    """Part *part* of *message* shows *text* instead of its old text."""

    message: str
    text: str
    part: int = 0


class Retract(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="cl.retract",
):
    """The last *count* characters (Unicode scalars) of a part were taken back."""

    message: str
    count: int
    part: int = 0


class Notice(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="cl.notice",
):
    """The user was told something that is not the answer, such as an error."""

    text: str
    level: Literal["info", "warning", "error"] = "error"


class ToolExec(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="cl.tool.exec",
):
    """The client ran a tool, a side effect. *arguments*: the JSON text as received."""

    call_id: str
    name: str
    arguments: str


class ToolSubmit(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="cl.tool.submit",
):
    """The client sends the outputs of these calls."""

    call_ids: tuple[str, ...]


class Attempt(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="cl.attempt",
):
    """The client starts an attempt to *what*: of `ATTEMPTED`, "poll", … (level 2)."""

    what: str


ATTEMPTED: Mapping[str, RequestRole] = {
    "say": "say",
    "generate": "generate",
    "submit": "submit",
    "add_message": "say",
    "create_run": "generate",
    "create_thread_and_run": "generate",
    "submit_tools": "submit",
    "submit_tool_outputs": "submit",
}
"""What an attempt of a client is for, by its words; the last ones are Assistants'."""


class ClientError(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="cl.error",
):
    """The client noticed an error; *is_definite*: the request surely had no effect."""

    text: str
    is_definite: bool | None = None


class Settle(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="cl.settle",
):
    """The client claims how turn *turn* ended; once for each turn."""

    turn: int
    claim: Claim
    reason: str = ""


class FinalMessage(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """One assistant message as the client has it at the end."""

    message: str
    parts: dict[int, str]


class Final(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="cl.final",
):
    """The whole transcript as the client has it at the end, in display order.

    The live text comes from append, replace and retract; the final text is this one.
    They may differ: SDK helpers repair the snapshot, not what was printed.
    """

    messages: tuple[FinalMessage, ...]


Op: TypeAlias = (
    Append
    | Replace
    | Retract
    | Notice
    | ToolExec
    | ToolSubmit
    | Attempt
    | ClientError
    | Settle
    | Final
)
