"""The history of a run: records in one total order, stored as JSON Lines.

Sources: the harness, the server's journal, the tap, the client. A checker sees
records and nothing else. Only a run's `Recorder` numbers and stamps records; times
of two processes are never compared but through it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from mock_server.journal import Entry

from .case import Case
from .errors import HistoryError
from .ops import Op

Source: TypeAlias = Literal["harness", "server", "proxy", "tap", "client"]


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


Body: TypeAlias = (
    Entry
    | Op
    | CaseBegin
    | Phase
    | Invoked
    | PathFired
    | PathHealed
    | Probed
    | HarnessTrouble
    | ClientExit
    | CaseEnd
    | Opened
    | Crossed
    | Ended
)


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that happened. *t_ns*: nanoseconds since the run's first record."""

    seq: int
    t_ns: int
    src: Source
    body: Body


class Recorder:
    """Numbers, stamps and writes the records of one run; cheap to call.

    Records are encoded at once and written in blocks. *clock_ns* is a monotonic
    clock. Listeners see each record right after it was numbered.
    """

    _BLOCK_BYTES = 1 << 16

    def __init__(self, path: Path, clock_ns: Callable[[], int]) -> None:
        """Open *path* for writing; the caller closes the recorder."""
        self._file = path.open("wb")
        self._clock_ns, self._zero_ns = clock_ns, clock_ns()
        self._seq = 0
        self._buffer = bytearray()
        self._encoder = msgspec.json.Encoder()
        self.listeners: list[Callable[[Record], None]] = []

    def add(self, src: Source, body: Body) -> Record:
        """Append *body* as the next record and return it."""
        record = Record(
            seq=self._seq, t_ns=self._clock_ns() - self._zero_ns, src=src, body=body
        )
        self._seq += 1
        self._buffer += self._encoder.encode(record)
        self._buffer += b"\n"
        if len(self._buffer) > self._BLOCK_BYTES:
            self.flush()
        for listener in self.listeners:
            listener(record)
        return record

    def flush(self) -> None:
        """Write out what is buffered."""
        self._file.write(self._buffer)
        self._file.flush()
        self._buffer.clear()

    def close(self) -> None:
        """Write out and close the file; safe to call twice."""
        if not self._file.closed:
            self.flush()
            self._file.close()


def read(path: Path) -> Iterator[Record]:
    """Yield the records of *path* one by one; the file is never whole in memory.

    Raises:
        HistoryError: The file is not there, or a line is no record.
    """
    decoder = msgspec.json.Decoder(Record)
    number = 0
    try:
        with path.open("rb") as lines:
            for line in lines:
                number += 1  # the except clause needs it
                yield decoder.decode(line)
    except OSError as error:
        raise HistoryError(f"{path}: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise HistoryError(f"{path}, line {number}: {error}") from error
