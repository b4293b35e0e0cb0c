"""The record bodies that the harness and its tap write.

The server's record bodies are the entries of its journal, the client's are its
operations. `harness.record.history` has all of them.
"""

from typing import Final, Literal

import msgspec

from .case import Case

FORMAT: Final = 3
"""How histories are written now; those of another format are not read.

1: texts were written as they were sent, and each event by its index alone.
"""


class CaseBegin(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="case.begin",
):
    """The first record: what the run should be. *format* is the history's."""

    case: Case
    tool: str
    toxiproxy: str
    format: int = FORMAT


class HistoryEnd(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="history.end",
):
    """The last record: how many there are before it, and the SHA-256 of their lines."""

    count: int
    sha256: str


class Phase(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="phase"
):
    """The run enters a phase: first faults strike, then they heal, then it ends."""

    name: Literal["safety", "heal", "liveness", "drain"]


class Invoked(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="intent.invoke",
):
    """The user's turn *turn* was handed to the client."""

    turn: int
    text: str


class PathFired(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="path.fire",
):
    """Toxiproxy acknowledged the change that lets path fault *fault* act.

    *cut_at* is the exact offset of the cut on the connection that waits at the gate: a
    number of bytes from the server since the connection opened. It is None for a fault
    that cuts at no offset.
    """

    fault: str
    cut_at: int | None = None


class PathHealed(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="path.heal",
):
    """Toxiproxy acknowledged that *fault* is over."""

    fault: str


class Probed(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="path.probe",
):
    """The nemesis itself tried to connect where the client connects."""

    fault: str
    is_refused: bool


class HarnessTrouble(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="harness.error",
):
    """Something in the harness failed, so the run proves nothing."""

    text: str


class ClientExit(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="cl.exit"
):
    """The client's program ended: by itself, by an exception, or because we ended it.

    *how*: "returned", "raised" (an exception that its documentation does not
    announce), "killed" (still busy at the end of the budget). *text* is the exception,
    if any.
    """

    how: Literal["returned", "raised", "killed"]
    text: str = ""


class CaseEnd(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="case.end",
):
    """The last record. *runs* maps each run to its status at the end."""

    runs: dict[str, str]


class Opened(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="conn.open",
):
    """The client opened connection *conn* to the tap."""

    conn: int


class Crossed(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="bytes.cross",
):
    """One read of *size* bytes crossed the tap.

    *total* counts the bytes of this direction, with this read.
    """

    conn: int
    way: Literal["up", "down"]
    size: int
    total: int


class Ended(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="conn.end",
):
    """One side of connection *conn* ended it.

    *how* is "refused" if the path could not be opened at all.
    """

    conn: int
    who: Literal["client", "server"]
    how: Literal["fin", "rst", "refused"]
