"""The history of a run: records in one total order, stored as JSON Lines.

Sources: the harness, the server's journal, the tap, the client. A checker sees
records and nothing else. Only a run's `Recorder` numbers and stamps records, so no
times of two processes are ever compared.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
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
    Knowledge,
    Received,
    Rejected,
    ResponseEnd,
    ResponseHead,
    RunStatus,
    Sent,
    ServerFailed,
    TextDropped,
    TextPlanned,
)

from .bodies import (
    FORMAT,
    CaseBegin,
    CaseEnd,
    ClientExit,
    Crossed,
    Ended,
    HarnessTrouble,
    HistoryEnd,
    Invoked,
    Opened,
    PathFired,
    PathHealed,
    Phase,
    Probed,
)
from .case import Case
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
    "HistoryEnd",
    "Invoked",
    "Knowledge",
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
    "ServerFailed",
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
    | HistoryEnd
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
        self._digest = sha256()
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
        self._digest.update(self._buffer)
        self._file.write(self._buffer)
        self._file.flush()
        self._buffer.clear()

    def close(self) -> None:
        """Write the last record and close the file; safe to call twice."""
        if not self._file.closed:
            self.flush()
            t_ns = self._clock_ns() - self._zero_ns
            self._file.write(_last_line(self._seq, t_ns, self._digest.hexdigest()))
            self._file.close()


def line(record: Record) -> bytes:
    """Return *record* as a line; lone surrogates, which UTF-8 lacks, become U+FFFD."""
    try:
        return _ENCODER.encode(record) + b"\n"
    except UnicodeEncodeError:
        text = json.dumps(msgspec.to_builtins(record), ensure_ascii=False)
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole.encode() + b"\n"


def history_file(records: Sequence[Record]) -> bytes:
    """Return what ``history.jsonl`` says of a run with these *records*."""
    lines = b"".join(map(line, records))
    t_ns = records[-1].t_ns if records else 0
    return lines + _last_line(len(records), t_ns, sha256(lines).hexdigest())


def _last_line(count: int, t_ns: int, digest: str) -> bytes:
    end = HistoryEnd(count=count, sha256=digest)
    return line(Record(seq=count, t_ns=t_ns, src="harness", body=end))


def case_file(case: Case) -> bytes:
    """Return what ``case.json`` says: *case*, and the format of its history."""
    said = {"format": FORMAT, **msgspec.to_builtins(case)}
    return msgspec.json.format(msgspec.json.encode(said), indent=2) + b"\n"


def read(path: Path) -> Iterator[Record]:
    """Yield the records of *path* one by one; the file is never whole in memory.

    The last record, which vouches for the others, is checked and not yielded.

    Raises:
        HistoryError: The file does not exist, is of another format, was cut off or
            edited, or a line is no record.
    """
    decoder = msgspec.json.Decoder(Record)
    number, digest, is_ended = 0, sha256(), False
    try:
        with path.open("rb") as lines:
            for text in lines:
                number += 1  # the except clause needs it
                if number == 1:
                    _require_format(path, text)
                record = decoder.decode(text)
                if is_ended:
                    raise HistoryError(f"{path}, line {number}: it is behind the end")
                if isinstance(record.body, HistoryEnd):
                    _require_whole(path, record.body, number, digest.hexdigest())
                    is_ended = True
                    continue
                digest.update(text)
                yield record
    except OSError as error:
        raise HistoryError(f"{path}: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise HistoryError(f"{path}, line {number}: {error}") from error
    if not is_ended:
        raise HistoryError(f"{path}, line {number}: the history is cut off behind it")


_BEGIN = CaseBegin.__struct_config__.tag


class _Begin(msgspec.Struct):
    """What the first record says of its format, whichever that is."""

    type: str = ""
    format: int = 1


class _First(msgspec.Struct):
    body: _Begin


def _require_format(path: Path, first: bytes) -> None:
    """Make sure that the history is of our format.

    Raises:
        HistoryError: It is of another one.
    """
    found = msgspec.json.decode(first, type=_First).body
    if found.type == _BEGIN and found.format != FORMAT:
        raise HistoryError(
            f"{path}: written by format {found.format}; this midstream reads format "
            f"{FORMAT}: judge it with the one that wrote it, or run the scenario again"
        )


def _require_whole(path: Path, end: HistoryEnd, number: int, digest: str) -> None:
    """Make sure that nothing before the last record, at line *number*, was changed.

    Raises:
        HistoryError: A line is missing, was added, or is another than was written.
    """
    if end.count != number - 1:
        raise HistoryError(
            f"{path}, line {number}: it counts {end.count} records before it, "
            f"there are {number - 1}: lines were removed or added"
        )
    if end.sha256 != digest:
        raise HistoryError(
            f"{path}, line {number}: the records before it are not those that were "
            "written: a line was edited"
        )
