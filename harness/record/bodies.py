"""What the harness and its tap write down themselves, as record bodies.

The server's bodies are its journal's entries, the client's are its operations; how
all of them become one history stands in `harness.record.history`, which hands them on.
"""

from typing import Literal

import msgspec

from .case import Case


class CaseBegin(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="case.begin",
):
    """The first record: what the run is meant to be. *format* is the file's."""

    case: Case
    tool: str
    toxiproxy: str
    format: int = 1


class Phase(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="phase"
):
    """The run enters a phase: faults strike, then heal, then the client may end."""

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

    *cut_at* is the exact wire offset asked for, on the connection that was gated, in
    bytes from the server since the connection opened; None where there is none.
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
    """Something of ours failed; the run can prove nothing."""

    text: str


class ClientExit(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="cl.exit"
):
    """The client's program ended: by itself, by an exception, or ended by us.

    *how*: "returned", "raised" (an exception no documentation announces), "killed"
    (still busy when the budget ran out). *text* is the exception, if any.
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
    """The last record. *runs* maps each run to its status when all was quiet."""

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
    """One read of *size* bytes crossed the tap; *total* counts this way, included."""

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
    """One side of *conn* ended it: *who* did, and *how*.

    "refused": the path could not be opened at all.
    """

    conn: int
    who: Literal["client", "server"]
    how: Literal["fin", "rst", "refused"]
