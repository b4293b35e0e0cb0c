"""What a client under test tells us: operations on the text its user sees.

A client adapter yields these; the runner stores them in the history as they are.
In any other language a program writes the same objects as JSON Lines. *message* is
the client's own name for a message (the server's id where it knows it), *part* the
index of the content block, *turn* counts the user's turns from 0. Text is raw: as
received, never as rendered.
"""

from typing import Literal, TypeAlias

import msgspec

Claim: TypeAlias = Literal["complete", "incomplete", "failed", "cancelled"]


class Append(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="cl.append",
):
    """*text* was added behind what part *part* of *message* showed."""

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
    """Part *part* of *message* shows *text* instead of what it showed."""

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
    """The client ran a tool: a side effect. *arguments* as it got them, JSON text."""

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
    """The client begins to *what*: "create_run", "poll", "list", … (level 2)."""

    what: str


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
    """The client is done with turn *turn* and claims how it ended; once a turn."""

    turn: int
    claim: Claim
    reason: str = ""


class FinalMessage(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """One assistant message as the client holds it in the end."""

    message: str
    parts: dict[int, str]


class Final(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="cl.final",
):
    """The whole transcript as the client holds it in the end, in display order.

    The live judgement looks at append, replace and retract; the final judgement at
    this, where it differs (SDK helpers repair the snapshot, not what was printed).
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
