"""The history of a run: records in one total order, stored as JSON Lines.

Sources: the harness, the server's journal, the tap, the client. A checker sees
records and nothing else. Only a run's `Recorder` numbers and stamps records, so no
times of two processes are ever compared.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from midstream.harness.errors import HistoryError
from midstream.mock_server.core.journal import (
    Asked,
    Closed,
    Committed,
    Entry,
    FaultFired,
    Received,
    Rejected,
    ResponseEnd,
    ResponseHead,
    RunStatus,
    Sent,
    TextDropped,
    TextPlanned,
)

from .bodies import (
    CaseBegin,
    CaseEnd,
    ClientExit,
    Crossed,
    Ended,
    HarnessTrouble,
    Invoked,
    Opened,
    PathFired,
    PathHealed,
    Phase,
    Probed,
)
from .ops import Op

__all__ = [
    "Asked",
    "Body",
    "CaseBegin",
    "CaseEnd",
    "ClientExit",
    "Closed",
    "Committed",
    "Crossed",
    "Ended",
    "FaultFired",
    "HarnessTrouble",
    "Invoked",
    "Opened",
    "PathFired",
    "PathHealed",
    "Phase",
    "Probed",
    "Received",
    "Record",
    "Recorder",
    "Rejected",
    "ResponseEnd",
    "ResponseHead",
    "RunStatus",
    "Sent",
    "Source",
    "TextDropped",
    "TextPlanned",
    "line",
    "read",
]

Source: TypeAlias = Literal["harness", "server", "proxy", "tap", "client"]


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
    """One event of a run. *t_ns*: nanoseconds since the run's first record."""

    seq: int
    t_ns: int
    src: Source
    body: Body


_ENCODER = msgspec.json.Encoder()


class Recorder:
    """Numbers, stamps and writes the records of one run; cheap to call.

    Records are encoded at once and written in blocks. *clock_ns* is a monotonic clock.
    Listeners get each record right after it was numbered.
    """

    _BLOCK_BYTES = 1 << 16

    def __init__(self, path: Path, clock_ns: Callable[[], int]) -> None:
        """Open *path* for writing; the caller closes the recorder."""
        self._file = path.open("wb")
        self._clock_ns, self._zero_ns = clock_ns, clock_ns()
        self._seq = 0
        self._buffer = bytearray()
        self.listeners: list[Callable[[Record], None]] = []

    def add(self, src: Source, body: Body) -> Record:
        """Append *body* as the next record and return it."""
        record = Record(
            seq=self._seq, t_ns=self._clock_ns() - self._zero_ns, src=src, body=body
        )
        self._seq += 1
        self._buffer += line(record)
        if len(self._buffer) > self._BLOCK_BYTES:
            self.flush()
        for listener in self.listeners:
            listener(record)
        return record

    def flush(self) -> None:
        """Write the buffered records to the file."""
        self._file.write(self._buffer)
        self._file.flush()
        self._buffer.clear()

    def close(self) -> None:
        """Flush and close the file; safe to call twice."""
        if not self._file.closed:
            self.flush()
            self._file.close()


def line(record: Record) -> bytes:
    """Return *record* as a line; lone surrogates, which UTF-8 lacks, become U+FFFD."""
    try:
        return _ENCODER.encode(record) + b"\n"
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(record), ensure_ascii=False)
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole.encode() + b"\n"


def read(path: Path) -> Iterator[Record]:
    """Yield the records of *path* one by one; the file is never whole in memory.

    Raises:
        HistoryError: The file does not exist, or a line is no record.
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
